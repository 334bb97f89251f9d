"""From a name an agent asks for to the definition it means, or to a refusal that tells what to ask instead."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from incidents.errors import ToolError
from tools.git.repository import Repository
from tools.source.index import SourceIndex
from tools.source.listing import printable
from tools.source.naming import sought
from tools.source.syntax import Symbol, SymbolKind

NAME_CHARACTERS: Final = 300
FUNCTIONS: Final[tuple[SymbolKind, ...]] = ("function", "method")
CLASSES: Final[tuple[SymbolKind, ...]] = ("class",)
_LISTED: Final = 8
_COMPARED: Final = 20_000  # paths that are compared with one that does not exist: about a second

Frames = Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Found:
    """The definition most likely meant, and the others of that name, likeliest first."""

    symbol: Symbol
    others: tuple[Symbol, ...] = ()


class Lookup:
    """Resolves names at one revision. Definitions that a frame of the trace runs through come first."""

    def __init__(self, index: SourceIndex, repository: Repository, frames: Frames) -> None:
        self._index = index
        self._repository = repository
        self._frames = frames

    def function(self, name: str, path: str | None = None) -> Found:
        """A function or method by its (possibly qualified) name."""
        wanted = sought(checked(name, "name"))
        found = self._definitions(name, None, FUNCTIONS, path)
        if wanted.class_name and (inside := [symbol for symbol in found if _is_in(symbol, wanted.class_name)]):
            found = inside
        if not found:
            raise ToolError(self._no_function(name, path))
        return Found(found[0], tuple(found[1:]))

    def method(self, class_name: str, name: str, path: str | None = None) -> Found:
        """A method of one class."""
        checked(class_name, "class_name")
        owner = sought(checked(name, "name"), class_name).class_name or class_name
        found = self._definitions(name, class_name, FUNCTIONS, path)
        inside = [symbol for symbol in found if _is_in(symbol, owner)]
        if not inside:
            raise ToolError(self._no_method(class_name, name, found, path))
        return Found(inside[0], tuple(inside[1:]))

    def class_(self, class_name: str, path: str | None = None) -> Found:
        """A class, trait, interface, enum or type."""
        found = self._definitions(checked(class_name, "class_name"), None, CLASSES, path)
        if not found:
            raise ToolError(
                f"no class {printable(class_name)!r} is defined at the deployed revision{self._like(class_name)}"
            )
        return Found(found[0], tuple(found[1:]))

    def source_path(self, path: str) -> str:
        """`path`, or the only file of that name elsewhere, if the revision has one that can be read as source."""
        checked(path, "path")
        if self._index.text(path) is not None:
            return path
        known = [file.path for file in self._index.files]
        only = self._only(path, known)
        if only is not None and self._index.text(only) is not None:
            return only
        raise ToolError(self._no_path(path, known, "is not source code"))

    def file(self, path: str) -> str:
        """`path`, or the only file of that name elsewhere, source or not, if the revision has one."""
        checked(path, "path")
        paths = self._repository.paths(self._index.revision)
        only = self._only(path, paths)
        found = path if only is None else only
        if self._repository.text(self._index.revision, found) is None:
            raise ToolError(self._no_path(path, paths, "is too large, or no text"))
        return found

    def text(self, path: str) -> str:
        """The text of any file of the revision, source or not."""
        return self._repository.text(self._index.revision, self.file(path)) or ""

    def _only(self, path: str, known: Collection[str]) -> str | None:
        """The only file of that name, where none lies at the path itself."""
        if path in known:
            return None
        name = path.rsplit("/", 1)[-1]
        same = [other for other in known if other.rsplit("/", 1)[-1] == name]
        return same[0] if len(same) == 1 else None

    def _no_path(self, path: str, known: Sequence[str], unreadable: str) -> str:
        name = path.rsplit("/", 1)[-1]
        same = [other for other in known if other.rsplit("/", 1)[-1] == name and other != path]
        alike = same[:_LISTED] or get_close_matches(path, known[:_COMPARED], n=5)
        hint = f"; there is {_listed(alike)}" if alike else ""
        there = path in self._repository.paths(self._index.revision)
        why = f"{unreadable} that can be read" if there else "does not exist"
        return f"{printable(path)} {why} at the deployed revision{hint}"

    def focus(self, path: str) -> frozenset[int]:
        """The lines of a file the trace names."""
        return frozenset(line for frame, line in self._frames if frame == path)

    def _definitions(
        self, name: str, class_name: str | None, kinds: Collection[SymbolKind], path: str | None
    ) -> list[Symbol]:
        path = self.source_path(path) if path else path
        near = path or next((frame for frame, _ in self._frames), None)
        found = [symbol for symbol in self._index.find(name, class_name, near) if symbol.kind in kinds]
        chosen = [symbol for symbol in found if not path or symbol.path == path]
        # Stable: otherwise as found. A declaration of one line comes after what implements it.
        return sorted(chosen, key=lambda symbol: (not self._runs_through(symbol), symbol.end == symbol.start))

    def _runs_through(self, symbol: Symbol) -> bool:
        return any(path == symbol.path and symbol.start <= line <= symbol.end for path, line in self._frames)

    def _no_function(self, name: str, path: str | None) -> str:
        where = f"in {printable(path)}" if path else "at the deployed revision"
        classes = [symbol for symbol in self._index.find(name) if symbol.kind == "class"]
        if classes:
            return f"{printable(name)!r} is a class ({place(classes[0])}), not a function: ask for its source"
        return f"no function {printable(name)!r} is defined {where}{self._like(name)}"

    def _no_method(self, class_name: str, name: str, elsewhere: Sequence[Symbol], path: str | None) -> str:
        classes = self._definitions(class_name, None, CLASSES, path)
        if not classes:
            return f"no class {printable(class_name)!r} is defined at the deployed revision{self._like(class_name)}"
        members = [symbol for symbol in self._index.outline(classes[0].path) if symbol.class_name == classes[0].name]
        own = [symbol.name for symbol in sorted(members, key=lambda symbol: symbol.kind not in FUNCTIONS)]
        alike = get_close_matches(sought(name).name, own, n=3) or own[:_LISTED]
        text = f"class {printable(class_name)} ({place(classes[0])}) has no method {printable(name)!r} of its own"
        if alike:
            text += f"; it has {_listed(alike)}"
        if elsewhere:
            text += f"; {sought(name).name} is defined in {_listed([place(symbol) for symbol in elsewhere[:_LISTED]])}"
        return text

    def _like(self, name: str) -> str:
        alike = [place(symbol) for symbol in self._index.similar(name)]
        return f"; did you mean {_listed(alike)}?" if alike else "; nothing there has a similar name"


def checked(text: str, field: str) -> str:
    """`text` if it can be a name or a path at all."""
    if not text.strip():
        raise ToolError(f"{field} is empty: give one")
    if len(text) > NAME_CHARACTERS or not text.isprintable():
        raise ToolError(f"{field} is no name: at most {NAME_CHARACTERS} printable characters")
    return text


def place(symbol: Symbol) -> str:
    """Where and what a definition is, in one phrase."""
    return printable(f"{symbol.qualified_name} at {symbol.path}:{symbol.start}")


def _is_in(symbol: Symbol, class_name: str) -> bool:
    return symbol.class_name == class_name or class_name in symbol.scope


def _listed(items: Sequence[str]) -> str:
    return ", ".join(map(printable, items))
