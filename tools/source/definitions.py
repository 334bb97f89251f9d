"""From a syntax tree to the symbols it defines."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from tree_sitter import Node, Tree

from tools.source.grammar import Match, last_line_of, line_of, matches
from tools.source.languages import Language
from tools.source.parameters import parameters_of
from tools.source.syntax import Symbol, SymbolKind

SIGNATURE_CHARACTERS = 300
_RANKS = ("class", "function", "constant")
_CLASS, _FUNCTION, _CONSTANT = range(3)


@dataclass(slots=True)
class _Definition:
    """One match of the definitions query, before it is known what it stands in."""

    rank: int
    name: Node
    node: Node
    captures: Match
    start_byte: int
    start_line: int

    @property
    def end_byte(self) -> int:
        return self.node.end_byte


def symbols_of(language: Language, path: str, source: bytes, tree: Tree) -> tuple[Symbol, ...]:
    """Every definition of a file in the order of the text, outer ones before what they hold."""
    definitions = sorted(_definitions(language, tree), key=lambda found: (found.start_byte, -found.end_byte))
    around: list[_Definition] = []
    symbols: list[Symbol] = []
    for definition in definitions:
        while around and not _holds(around[-1], definition):
            around.pop()
        symbols.append(_symbol(language, path, source, definition, around))
        around.append(definition)
    return tuple(symbols)


def _holds(outer: _Definition, inner: _Definition) -> bool:
    """Whether one definition stands in another. A constant holds functions (of an object literal), never constants."""
    if outer.end_byte < inner.end_byte:
        return False
    return outer.rank != _CONSTANT or (inner.rank != _CONSTANT and outer.node.id != inner.node.id)


def _definitions(language: Language, tree: Tree) -> Iterable[_Definition]:
    """One definition for each name that is defined, whichever patterns matched it."""
    best: dict[int, _Definition] = {}
    wrappers: dict[int, Node] = {}
    for captured in matches(language, "definitions", tree):
        if "wrapper" in captured:
            _note_wrapper(wrappers, captured["wrapped"][0], captured["wrapper"][0])
        elif "name" in captured:
            found = _definition(captured)
            known = best.get(found.name.start_byte)
            if known is None or _precedence(found) < _precedence(known):
                best[found.name.start_byte] = found
    for definition in best.values():
        wrapper = wrappers.get(definition.start_byte)
        if wrapper is not None:
            definition.start_byte, definition.start_line = wrapper.start_byte, line_of(wrapper)
    return best.values()


def _note_wrapper(wrappers: dict[int, Node], wrapped: Node, wrapper: Node) -> None:
    """Of several wrappers (a decorator each) the first in the text counts."""
    known = wrappers.get(wrapped.start_byte)
    if known is None or wrapper.start_byte < known.start_byte:
        wrappers[wrapped.start_byte] = wrapper


def _definition(captured: Match) -> _Definition:
    rank, kind = next((rank, kind) for rank, kind in enumerate(_RANKS) if kind in captured)
    node = captured[kind][0]
    return _Definition(rank, captured["name"][0], node, captured, node.start_byte, line_of(node))


def _precedence(definition: _Definition) -> tuple[int, bool, bool]:
    captured = definition.captures
    return definition.rank, "owner" not in captured, "returns" not in captured


def _symbol(language: Language, path: str, source: bytes, definition: _Definition, around: list[_Definition]) -> Symbol:
    captured = definition.captures
    name = text_of(definition.name).lstrip("$:@").strip("\"'")
    owner = _owner(captured, around)
    kind = _kind(definition, owner)
    parameters = parameters_of(language, captured["parameters"][0]) if "parameters" in captured else ()
    if kind == "method" and parameters and parameters[0].name in language.receivers:
        parameters = parameters[1:]
    explicit = (owner,) if "owner" in captured and owner else ()
    return Symbol(
        name=name,
        kind=kind,
        class_name=owner,
        path=path,
        start=definition.start_line,
        end=last_line_of(definition.node),
        signature=_signature(source, definition),
        parameters=parameters,
        returns=_returns(captured),
        scope=explicit or tuple(text_of(outer.name) for outer in around),
    )


def _owner(captured: Match, around: list[_Definition]) -> str | None:
    """The class something belongs to: named by its pattern, or the definition right around it when that is a class."""
    if "owner" in captured:
        return text_of(captured["owner"][0])
    if not around or around[-1].rank != _CLASS:
        return _constructor_owner(captured, around)
    return text_of(around[-1].name)


def _constructor_owner(captured: Match, around: list[_Definition]) -> str | None:
    """A property declared in a constructor's parameter list belongs to the constructor's class."""
    promoted = "constant" in captured and captured["constant"][0].type.endswith("parameter")
    if promoted and len(around) > 1 and around[-2].rank == _CLASS:
        return text_of(around[-2].name)
    return None


def _kind(definition: _Definition, owner: str | None) -> SymbolKind:
    match _RANKS[definition.rank]:
        case "class":
            return "class"
        case "function":
            return "method" if owner else "function"
        case _:
            return "constant"


def _signature(source: bytes, definition: _Definition) -> str:
    """The head of a definition on one line: up to its body, or its first line when it has none."""
    start = definition.node.start_byte
    body = definition.captures.get("body")
    end = _before_comments(definition.node, body[0].start_byte) if body else definition.end_byte
    head = source[start : min(end, start + 4 * SIGNATURE_CHARACTERS)].decode("utf-8", errors="replace")
    if not body:
        head = head.strip().partition("\n")[0]
    return " ".join(head.split())[:SIGNATURE_CHARACTERS].rstrip(" {:=")


def _before_comments(node: Node, body: int) -> int:
    """Where the head ends: Python's grammar puts comments at the top of a body before it."""
    before = body
    last = node.child_by_field_name("body")
    while last is not None and (last := last.prev_sibling) is not None and last.type == "comment":
        before = last.start_byte
    return before


def _returns(captured: Match) -> str | None:
    nodes = captured.get("returns")
    return text_of(nodes[0]).removeprefix(":").strip() or None if nodes else None


def text_of(node: Node, limit: int = SIGNATURE_CHARACTERS) -> str:
    """The text of a node on one line, at most `limit` characters."""
    text = (node.text or b"")[: 4 * limit].decode("utf-8", errors="replace")
    return " ".join(text.split())[:limit]


def innermost(symbols: Iterable[Symbol], line: int) -> Symbol | None:
    """The smallest function or method that spans `line`."""
    around = [
        symbol for symbol in symbols if symbol.kind in ("function", "method") and symbol.start <= line <= symbol.end
    ]
    return max(around, key=attrgetter("start"), default=None)
