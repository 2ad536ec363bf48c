"""Short names for what only the embed script itself knows; they save a fifteenth of what readers load.

A name need not stand here: one that does not is served as it was written.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from string import ascii_letters

# Members of the script's own objects. None may be a name that a browser, the server's JSON, a query or a message
# uses, nor one that the script looks up by a string.
MEMBERS = (
    "about", "ago", "box", "compare", "composing", "emit", "fail", "fit", "frame", "known", "left", "load",
    "loaded", "look", "miss", "number", "pager", "path", "post", "ready", "render", "seen", "settle", "show",
    "sight", "space", "stale", "stop", "talk", "turn", "visit", "wait", "watch", "which",
)  # fmt: skip
# What is declared outside every function, and may be used in all of them.
SHARED = (
    "LOST", "ORIGIN", "Thread", "actions", "ask", "asked", "canonical", "count", "dark", "end", "forms", "isDark", "isOurs",
    "language", "link", "make", "nodes", "piece", "query", "reach", "script", "scroll", "style", "subject",
    "threads",
)  # fmt: skip
# Variables and parameters, of one function or of several that have nothing to do with one another. None may stand
# alone in braces, where its name is a key as well.
LOCALS = (
    "after", "again", "articles", "away", "back", "before", "colour", "each", "entries", "entry", "error", "event",
    "first", "label", "links", "mark", "node", "now", "other", "part", "parts", "path", "props", "read", "run",
    "sentence", "shown", "side", "sites", "span", "stop", "styles", "tag", "talks", "time", "turn", "twin", "unit",
    "used", "value", "values", "was", "what", "which", "words",
)  # fmt: skip

# What stays as it is: a string, a pattern; a template, but for what is filled in; a member after its point; any
# other name, and whether a member is defined there.
_TOKEN = re.compile(
    r'(?P<kept>"(?:[^"\\\n]|\\.)*"|(?:(?<=[(,=:!&|?{};>])|(?<=return))/(?:[^/\\\n]|\\.)+/)'
    r"|(?P<template>`[^`]*`)"
    r"|(?<=[^.]\.)(?P<member>[A-Za-z_]\w*)"
    r"|(?<![\w$#])(?P<name>[A-Za-z_]\w*)(?P<defined>(?=[(:]))?"
)
_FILLED_IN = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}")
_NAMES = (*ascii_letters, *map("".join, product(ascii_letters, "0123456789")))


def shorten(functions: Sequence[str]) -> str:
    """Return a script, given function by function and without its remarks, with the names above made short.

    Two variables that never meet in a function may get the same short name, which compresses best.
    """
    members: Counter[str] = Counter()
    names: Counter[str] = Counter()
    met: defaultdict[str, set[int]] = defaultdict(set)
    for at, function in enumerate(functions):
        for token in _tokens(function):
            (members if token["member"] else names)[token[0]] += 1
            if token["name"]:
                met[token[0]].add(at)
    taken = {name for name in (*members, *names) if len(name) < 3}

    def meets(one: str, other: str) -> bool:
        return bool(met[one] & met[other]) or (one in SHARED and other in SHARED)

    short = _named(sorted(MEMBERS, key=lambda name: -members[name]), taken, lambda *_: True)
    own = _named(sorted(SHARED + LOCALS, key=lambda name: -names[name]), taken, meets)

    def rename(token: re.Match[str]) -> str:
        if token["kept"]:
            return token[0]
        if token["template"]:
            return _FILLED_IN.sub(lambda part: _TOKEN.sub(rename, part[0]), token[0])
        if token["member"] or (token["defined"] is not None and token[0] not in own):
            return short.get(token[0], token[0])
        return own.get(token[0], token[0])

    return _TOKEN.sub(rename, "".join(functions))


def _tokens(script: str) -> Iterator[re.Match[str]]:
    """Go through the names in a script."""
    for token in _TOKEN.finditer(script):
        if token["template"]:
            for part in _FILLED_IN.findall(token[0]):
                yield from _tokens(part)
        elif not token["kept"]:
            yield token


def _named(names: Iterable[str], taken: set[str], meet: Callable[[str, str], bool]) -> dict[str, str]:
    """Give each name the first short one that is free wherever it is used."""
    given: dict[str, str] = {}
    for name in names:
        unfree = taken | {short for other, short in given.items() if meet(name, other)}
        given[name] = next(short for short in _NAMES if short not in unfree)
    return given
