"""What the code says to readers: followed from their pages through whatever these call.

A sentence belongs to the desk alone when only the desk's own pages and the command line lead to it. A refusal does
when nothing that a reader's page calls raises its code. What cannot be told apart counts as met.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

# A module and the name in it; an empty name is the module's own statements.
Place = tuple[str, str]

# Where readers come in: their pages, errors, what templates may call, and mail.
ENTRANCES = (
    "widget.mail",
    "widget.publication",
    "widget.text",
    "widget.web.account",
    "widget.web.assets",
    "widget.web.embed",
    "widget.web.errors",
    "widget.web.reading",
)
# Where nobody goes who is not on the staff, or only looks at a demo.
CLOSED = ("widget.cli", "widget.demo", "widget.web.demo", "widget.web.desk")

# The sentences of all refusals stand in one table, read by codes: only those raised on the way are met.
TABLE: Place = ("widget.web.refusals", "REFUSALS")
RAISERS = {"Refusal", "NotFound", "Forbidden", "Stale", "Malformed", "Busy", "Finding"}
# `accounts.line` makes its codes of the field, and is asked for names and places alone.
FIELDS = ("name", "place")
SAYING = {"_", "gettext", "ngettext", "lazy_gettext", "_l", "lazy_ngettext", "pgettext"}


class Program:
    """Every statement of the package by its module and name, and what each module calls by which name."""

    def __init__(self, root: Path) -> None:
        self.nodes: dict[Place, list[ast.AST]] = {}
        self.imported: dict[Place, Place] = {}
        paths = sorted((root / "widget").rglob("*.py"))
        self.modules = {self._module(root, path) for path in paths}
        for path in paths:
            self._read(self._module(root, path), ast.parse(path.read_text("utf-8"), str(path)))

    @staticmethod
    def _module(root: Path, path: Path) -> str:
        parts = path.relative_to(root).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def _read(self, module: str, tree: ast.Module) -> None:
        for node in tree.body:
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    self.imported[module, alias.asname or alias.name] = (node.module or "", alias.name)
            else:
                for name in _names(node):
                    self.nodes.setdefault((module, name), []).append(node)

    def met(self) -> set[Place]:
        """Return everything that a reader's page leads to."""
        found: set[Place] = set()
        ahead = [place for place in self.nodes if _is_in(place[0], ENTRANCES)]
        while ahead:
            place = ahead.pop()
            if place in found or place == TABLE or _is_in(place[0], CLOSED):
                continue
            found.add(place)
            ahead += (there for node in self.nodes[place] for there in self._named(place[0], node))
        return found

    def _named(self, module: str, node: ast.AST) -> Iterator[Place]:
        """Yield what a statement names of its own module, or of another as `module.name`."""
        for part in ast.walk(node):
            there: Place | None = None
            if isinstance(part, ast.Name):
                there = self._resolved((module, part.id))
            elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
                outer = self.imported.get((module, part.value.id))
                if outer is not None and ".".join(outer) in self.modules:
                    there = self._resolved((".".join(outer), part.attr))
            if there is not None:
                yield there

    def _resolved(self, place: Place) -> Place | None:
        """Return where a name is made, through however many modules that only pass it on."""
        while place not in self.nodes:
            there = self.imported.get(place)
            # A package that imports its own module names it as itself.
            if there is None or there == place:
                return None
            place = there
        return place

    def said(self) -> set[str]:
        """Return the messages that readers can meet in the code, each by its singular."""
        nodes = [node for place in self.met() for node in self.nodes[place]]
        codes = set(_codes(nodes))
        for table in self.nodes[TABLE]:
            entries = next(part for part in ast.walk(table) if isinstance(part, ast.Dict))
            nodes += (
                sentence
                for key, sentence in zip(entries.keys, entries.values, strict=True)
                if isinstance(key, ast.Constant) and key.value in codes
            )
        return set(_messages(nodes))


def _names(node: ast.stmt) -> list[str]:
    """Return what a statement at a module's top makes; nothing of its own is called an empty name."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)] or [""]


def _is_in(module: str, packages: Iterable[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def _calls(nodes: Iterable[ast.AST], names: set[str]) -> Iterator[ast.Call]:
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id in names:
                yield part


def _codes(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the codes of the refusals that are made here."""
    for call in _calls(nodes, RAISERS):
        for argument in call.args:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value
            elif isinstance(argument, ast.JoinedStr):
                tail = "".join(str(part.value) for part in argument.values if isinstance(part, ast.Constant))
                yield from (field + tail for field in FIELDS)


def _messages(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for call in _calls(nodes, SAYING):
        for argument in call.args[1 if ast.unparse(call.func) == "pgettext" else 0 :][:1]:
            if isinstance(argument, ast.Constant):
                yield str(argument.value)
