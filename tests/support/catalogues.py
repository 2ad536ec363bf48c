"""The translation catalogues: brought in step with the sources, and checked.

`python -m tests.support.catalogues update` writes them, `check` prints what is wrong and fails.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po

from tests.support.reach import Program

ROOT = Path(__file__).resolve().parents[2]
TRANSLATIONS = ROOT / "widget" / "translations"

# English is the language of the sources: its catalogue exists, and an empty entry in it means "as written".
SOURCE_LANGUAGE = "en"
LANGUAGES = (SOURCE_LANGUAGE, "fr", "es", "ar", "zh")

# The templates that readers meet, as beginnings of paths; what the code says to them is followed by `reach`.
# A message used in any of these, or said by that code, is translated into every language.
READER_FACING = (
    "templates/_macros",
    "templates/account",
    "templates/email",
    "templates/embed",
    "templates/errors",
    "templates/reading",
)

KEYWORDS = ("_", "gettext", "ngettext:1,2", "lazy_gettext", "_l", "lazy_ngettext:1,2", "pgettext:1c,2")

# Folders that hold no sources. Babel's own rule would leave out every folder that begins with `_`.
IGNORED_FOLDERS = (".*", "__pycache__", "bench", "build", "dist", "docs", "instance", "static", "tests")

# Lines that change although no message did, or that hold nothing but a form to fill in.
WANDERING = re.compile(
    rb'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team|'
    rb"Report-Msgid-Bugs-To|Project-Id-Version): .*\n",
    re.MULTILINE,
)

# Babel numbers the last two forms of Arabic the other way round from what translators are used to.
PLURALS = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
    "n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
}

PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]")
# Some languages say "one comment" without the figure, so a plural's form may leave it out.
COUNTS = {"n", "num", "count"}
# What a sentence names by its words, such as a button.
NAMED = re.compile("“([^”%]+)”")


def path_of(language: str) -> Path:
    """Return where the catalogue of a language is kept."""
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def extract() -> Catalog:
    """Return every message that the sources hold, with the files it is in.

    Raises `subprocess.CalledProcessError` when a source cannot be parsed.
    """
    with tempfile.TemporaryDirectory() as directory:
        template = Path(directory) / "messages.pot"
        arguments = ["--mapping-file", "pyproject.toml", "--output-file", str(template)]
        arguments += [
            "--no-default-keywords",
            "--add-location",
            "file",
            "--add-comments",
            "Translators:",
            "--sort-by-file",
        ]
        arguments += ["--ignore-dirs", " ".join(IGNORED_FOLDERS)]
        for keyword in KEYWORDS:
            arguments += ["--keyword", keyword]
        pybabel = [sys.executable, "-m", "babel.messages.frontend", "--quiet"]
        subprocess.run([*pybabel, "extract", *arguments, "."], cwd=ROOT, check=True)
        with template.open("rb") as stream:
            return read_po(stream)


def update() -> None:
    """Bring every catalogue in step with the sources: nothing is guessed, what is no longer used goes."""
    template = extract()
    for language in LANGUAGES:
        catalogue = _read(language) or Catalog(locale=language)
        catalogue.update(template, no_fuzzy_matching=True, keep_user_comments=True)
        catalogue.header_comment, catalogue.fuzzy = "# Byline.", False
        if language in PLURALS:
            catalogue.mime_headers = [("Plural-Forms", PLURALS[language])]
        path_of(language).parent.mkdir(parents=True, exist_ok=True)
        path_of(language).write_bytes(_serialised(catalogue))


def problems() -> Iterator[str]:
    """Yield one sentence for everything that is wrong with the catalogues."""
    template = extract()
    readers = set(for_readers(template))
    for language in LANGUAGES:
        try:
            catalogue = _read(language)
        except PoFileError as error:
            yield f"{language}: {error}"
            continue
        if catalogue is None:
            yield f"{language}: no catalogue; run make messages"
            continue
        yield from (f"{language}: {problem}" for problem in _out_of_step(catalogue, template))
        yield from (f"{language}: {problem}" for problem in _mistakes(catalogue))
        if language != SOURCE_LANGUAGE:
            yield from (f"{language}: {problem}" for problem in _untranslated(catalogue, template, readers))
            yield from (f"{language}: {problem}" for problem in _misnamed(catalogue))


def _read(language: str) -> Catalog | None:
    """Return the catalogue of a language, or None where there is none."""
    path = path_of(language)
    if not path.exists():
        return None
    with path.open("rb") as stream:
        return read_po(stream, locale=language, abort_invalid=True)


def _serialised(catalogue: Catalog) -> bytes:
    """Return a catalogue as text whose bytes depend on nothing but its messages."""
    text = BytesIO()
    write_po(text, catalogue, width=110, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    return WANDERING.sub(b"", text.getvalue())


def _messages(catalogue: Catalog) -> dict[tuple[str, str], Message]:
    """Return the messages by context and (singular) id, without the header."""
    return {(message.context or "", _ids(message)[0]): message for message in catalogue if message.id}


def _out_of_step(catalogue: Catalog, template: Catalog) -> Iterator[str]:
    """Yield the messages that only the sources, or only the catalogue, have."""
    ours, theirs = _messages(catalogue), _messages(template)
    for key in sorted(theirs.keys() - ours.keys()):
        yield f"not in the catalogue: {key[1]!r}; run make messages"
    for key in sorted(ours.keys() - theirs.keys()):
        yield f"no longer in the sources: {key[1]!r}; run make messages"
    for key in sorted(ours.keys() & theirs.keys()):
        if _ids(ours[key]) != _ids(theirs[key]):
            yield f"the plural of {key[1]!r} has changed; run make messages"


def _mistakes(catalogue: Catalog) -> Iterator[str]:
    """Yield what would show wrongly: fuzzy entries, wrong numbers of plural forms, wrong placeholders."""
    for message in _messages(catalogue).values():
        if message.fuzzy:
            yield f"fuzzy: {_ids(message)[0]!r}"
        for error in message.check(catalogue):
            yield f"{error}: {_ids(message)[0]!r}"
        if any(_forms(message)):
            yield from _wrong_placeholders(message)


def _wrong_placeholders(message: Message) -> Iterator[str]:
    """Yield a sentence for each form of a message that lacks a placeholder or has one too many."""
    in_ids = [set(PLACEHOLDER.findall(text)) for text in _ids(message)]
    allowed = set.union(*in_ids)
    needed = set.intersection(*in_ids) - (COUNTS if len(in_ids) > 1 else set())
    for form in _forms(message):
        found = set(PLACEHOLDER.findall(form))
        if not needed <= found <= allowed:
            names = ", ".join(sorted((needed - found) | (found - allowed)))
            yield f"placeholders differ ({names}): {form!r} for {_ids(message)[0]!r}"


def for_readers(template: Catalog) -> Iterator[tuple[str, str]]:
    """Yield context and id of every message that readers can meet, by where the sources use it."""
    said = Program(ROOT).said()
    for key, message in _messages(template).items():
        if key[1] in said or any(place.startswith(READER_FACING) for place, _ in message.locations):
            yield key


def _untranslated(
    catalogue: Catalog, template: Catalog, readers: Collection[tuple[str, str]]
) -> Iterator[str]:
    """Yield the messages readers meet that have no translation; the places are those of the sources."""
    ours = _messages(catalogue)
    for key, message in sorted(_messages(template).items()):
        if key in readers and key in ours and not all(_forms(ours[key])):
            yield f"not translated, though readers meet it in {message.locations[0][0]}: {key[1]!r}"


def _misnamed(catalogue: Catalog) -> Iterator[str]:
    """Yield the messages that name a button or a heading in other words than stand on it."""
    known = {key[1]: _forms(message)[0] for key, message in _messages(catalogue).items()}
    for key, message in sorted(_messages(catalogue).items()):
        for name in NAMED.findall(key[1]):
            for form in _forms(message):
                if form and known.get(name) and known[name] not in form:
                    yield f"“{name}” is called “{known[name]}”, not so in {form!r}"


def _ids(message: Message) -> tuple[str, ...]:
    """Return the message's text as written: one, or singular and plural."""
    return tuple(message.id) if isinstance(message.id, list | tuple) else (str(message.id),)


def _forms(message: Message) -> tuple[str, ...]:
    """Return the translations: one, or as many as the language has plural forms."""
    if isinstance(message.string, list | tuple):
        return tuple(message.string)
    return (str(message.string or ""),)


def main(arguments: list[str]) -> int:
    """Do what the one argument says; return the status for the shell."""
    if arguments == ["update"]:
        update()
        return 0
    if arguments != ["check"]:
        print(__doc__, file=sys.stderr)
        return 2
    found = list(problems())
    for problem in found:
        print(problem, file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
