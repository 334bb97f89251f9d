"""The attributes that a type takes by their place: parameters of its constructor, of a record, fields of a struct."""

from collections.abc import Iterator
from functools import cache
from typing import Final
from weakref import WeakKeyDictionary

from tree_sitter import Node

from tools.source.parsed import Parsed

_MOST_NODES: Final = 12_000
_TYPES: Final = ("class", "record", "struct", "type_spec", "data")
_CONSTRUCTORS: Final = frozenset(["__init__", "__construct", "constructor", "initialize"])
_OF_CLASS: Final = ("constructor_declaration",)
_PARAMETERS: Final = (
    "parameters",
    "formal_parameters",
    "parameter_list",
    "method_parameters",
    "class_parameters",
    "primary_constructor",
)
_RECEIVERS: Final = frozenset(["self", "cls"])
_STRUCTS: Final = frozenset(["Struct", "Data", "namedtuple", "NamedTuple"])
_NAMES: Final = ("identifier", "name", "property_identifier", "simple_symbol", "hash_key_symbol")


_known: Final = WeakKeyDictionary[Parsed, dict[str, tuple[str, ...]]]()
"""What was found in a parsed file, as long as that is cached: the errors of one deploy ask for the same types."""


def fields_of(parsed: Parsed, owner: str) -> tuple[str, ...]:
    """The attributes of the type `owner` in the order in which a construction is given them; empty when it is not here."""
    known = _known.setdefault(parsed, {})
    if owner not in known:
        known[owner] = _fields_of(parsed, owner)
    return known[owner]


def _fields_of(parsed: Parsed, owner: str) -> tuple[str, ...]:
    if owner.encode(errors="replace") not in parsed.source:
        return ()
    for node in _below(parsed.tree.root_node):
        if _is_made_of_names(node, owner):
            return tuple(_symbols(node))
        if _is_type(node.type) and _name(node.child_by_field_name("name")) == owner:
            return tuple(_taken(node))
    return ()


@cache
def _is_type(kind: str) -> bool:
    return any(word in kind for word in _TYPES)


def _below(root: Node, most: int = _MOST_NODES) -> Iterator[Node]:
    waiting = [root]
    while waiting and most:
        node = waiting.pop()
        most -= 1
        yield node
        waiting += reversed(node.named_children)


def _is_made_of_names(node: Node, owner: str) -> bool:
    """`Event = Struct.new(:at, :place)`, `Event = Data.define(:at)`."""
    if node.type != "assignment" or _name(node.child_by_field_name("left")) != owner:
        return False
    value = node.child_by_field_name("right")
    return value is not None and any(_text(each) in _STRUCTS for each in _below(value, 6))


def _symbols(assignment: Node) -> Iterator[str]:
    for node in _below(assignment):
        if node.type == "simple_symbol":
            yield _text(node).lstrip(":")


def _taken(type_: Node) -> Iterator[str]:
    """The parameters of the type itself or of its constructor; else its fields with a declared type."""
    own = next((child for child in type_.named_children if child.type in _PARAMETERS), None)
    body = own or _constructor_parameters(type_)
    if body is not None:
        names = (_name_of_parameter(each) for each in _flat(body))
        yield from (name for name in names if name and name not in _RECEIVERS)
        return
    for node in _below(type_):
        if node.type == "field_declaration":
            yield from (_text(name) for name in node.children_by_field_name("name"))
        elif node.type == "assignment" and node.child_by_field_name("type") is not None:
            yield _name(node.child_by_field_name("left"))


def _constructor_parameters(type_: Node) -> Node | None:
    for node in _below(type_):
        name = node.child_by_field_name("name")
        if node.type in _OF_CLASS or (name is not None and _text(name) in _CONSTRUCTORS):
            return next((child for child in node.named_children if child.type in _PARAMETERS), None)
    return None


def _flat(body: Node) -> Iterator[Node]:
    for child in body.named_children:
        yield from child.named_children if child.type in _PARAMETERS else (child,)


def _name_of_parameter(node: Node) -> str:
    named = node.child_by_field_name("name") or node.child_by_field_name("pattern")
    if named is not None:
        return _name(named)
    if node.type.endswith(_NAMES):
        return _text(node)
    return next((_text(child) for child in _below(node, 8) if child.type in ("identifier", "simple_identifier")), "")


def _name(node: Node | None) -> str:
    return _text(node).lstrip("$@_") if node is not None and len(node.text or b"") < 80 else ""


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", errors="replace")
