"""What a construction gives under a name: `Order(total=find(x))`, `Event.new(place: row)`, `{total: find(x)}`, `Order{Total: x}`.

The same code for all grammars, as in `tools.source.dataflow`: a table tells which nodes hold a name and its value.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from tree_sitter import Node

from tools.source.grammar import last_line_of, line_of
from tools.source.parsed import Parsed

_MOST_NODES: Final = 12_000
_LONGEST: Final = 400  # characters of a value that are compared
_OUTER: Final = 6  # nodes between a name and the construction around it
_SHORT: Final = 80

_PAIRS: Final = {
    "keyword_argument": ("name", "value"),  # Python
    "pair": ("key", "value"),  # Python, Ruby, JavaScript
    "keyed_element": ("key", "value"),  # Go
    "field_initializer": ("field", "value"),  # Rust
    "assignment_expression": ("left", "right"),  # C#: `new Order { Total = x }`
    "argument": ("name", ""),  # PHP, C#
    "value_argument": ("", ""),  # Kotlin
    "array_element_initializer": ("", ""),  # PHP
}
_INITIALISER: Final = ("initializer_expression", "field_initializer_list")
_MARKS: Final = frozenset("=:") | {"=>"}
_NAMELESS: Final = frozenset(["dictionary", "hash", "object", "array_creation_expression", "literal_value"])
_CALLS: Final = ("call", "invocation", "object_creation", "new_expression", "composite_literal", "struct_expression")
_ARGUMENTS: Final = ("arguments", "argument_list", "value_arguments")
_HEADS: Final = ("receiver", "object", "scope", "function", "constructor", "type", "name", "method")
_COPIES: Final = frozenset(
    [
        "dict",
        "replace",
        "copy",
        "update",
        "assign",
        "merge",
        "evolve",
        "make",
        "build",
        "create",
        "new",
        "with",
        "object",
        "Object",
        "Map",
        "Hash",
    ]
)
"""What makes or changes a thing of any type by the names that it is given."""
_SETTER: Final = re.compile(r"(?:set|with)(?:_(\w+)|([A-Z]\w*))$")
_BUILDERS: Final = frozenset(["builder", "newBuilder", "Builder", "toBuilder"])
_WORDS: Final = ("identifier", "constant", "name")


@dataclass(frozen=True, slots=True)
class Given:
    """One value given to what is constructed, on lines `line`..`last`: under a name, or at a place (0 the first).

    `owner` is the name of the constructed type; empty where it has none, as a table of keys and values. `head` is the
    line on which the construction begins. `value` is its text without blanks, `source` its node.
    """

    owner: str
    name: str | int
    value: str
    line: int
    last: int
    head: int
    source: Node


def givens(parsed: Parsed, start: int, end: int) -> Iterator[Given]:
    """What constructions that touch lines `start`..`end` are given there, outer ones first."""
    for node in _nodes(parsed.tree.root_node, start, end):
        found = named_value(node)
        if found is not None:
            name, value = found
            around = _around(node)
            owner = _owner(around) if around is not None and _is_call(around) else ""
            if around is not None and owner is not None:
                yield Given(owner, name, _ink(value), line_of(node), last_line_of(node), line_of(around), value)
        elif _is_call(node) and (setting := _set_by_call(node)):
            yield setting
        elif _is_call(node) and _owner(node):
            yield from _placed(node)


def _nodes(root: Node, start: int, end: int) -> Iterator[Node]:
    left, waiting = _MOST_NODES, [root]
    while waiting and left:
        node = waiting.pop()
        left -= 1
        yield node
        waiting += [n for n in reversed(node.named_children) if n.start_point[0] < end and n.end_point[0] >= start - 1]


def named_value(node: Node) -> tuple[str, Node] | None:
    """The name and the value of a node that holds both."""
    sides = _PAIRS.get(node.type)
    if sides is None or node.named_child_count < 2 or not any(each.type in _MARKS for each in node.children):
        return None
    if node.type == "assignment_expression" and (node.parent is None or node.parent.type not in _INITIALISER):
        return None
    key, value = (node.child_by_field_name(side) if side else None for side in sides)
    key, value = key or node.named_children[0], value or node.named_children[-1]
    name = _text(key).strip("\"'`: ")
    return (name, value) if name.isidentifier() and key != value else None


def _around(node: Node) -> Node | None:
    """The call or the table of keys and values to which the named value is given."""
    around, steps = node.parent, 0
    while around is not None and steps < _OUTER:
        literal = around.parent is not None and around.parent.type == "composite_literal"
        if _is_call(around) or (around.type in _NAMELESS and not literal):
            return around
        if not (around.type in _ARGUMENTS or around.type in _NAMELESS or around.type in _INITIALISER):
            return None
        around, steps = around.parent, steps + 1
    return None


def _is_call(node: Node) -> bool:
    return _calls(node.type)


@cache
def _calls(kind: str) -> bool:
    return any(word in kind for word in _CALLS)


def _owner(call: Node) -> str | None:
    """The type that a call makes, by its capital letter: `Order(`, `new Order(`, `Event.new(`, `models.Order{`. Empty of
    what makes a thing of any type."""
    words = [_text(word) for head in _heads(call) for word in _leaves(head)]
    types = [word for word in words if word[:1].isupper() and not word.isupper()]
    if types:
        return types[-1]
    return "" if words and words[-1] in _COPIES else None


def _heads(call: Node) -> Iterator[Node]:
    named = [child for head in _HEADS if (child := call.child_by_field_name(head)) is not None]
    first = call.named_children[:1] if call.named_child_count else []
    if call.type.startswith(("object_creation", "call_expression")) and not named:
        named = [child for child in first if child.type not in _ARGUMENTS]
    yield from named


def _leaves(node: Node) -> list[Node]:
    waiting, found = [node], list[Node]()
    while waiting and len(found) < _SHORT:
        each = waiting.pop(0)
        if each.type.endswith(_WORDS) and not each.named_child_count:
            found.append(each)
        waiting[:0] = [child for child in each.named_children if not child.type.endswith(_ARGUMENTS)]
    return found


def _placed(call: Node) -> Iterator[Given]:
    """The values that a construction is given by their place."""
    body = next((child for child in call.named_children if child.type in (*_ARGUMENTS, "literal_value")), None)
    owner = _owner(call) or ""
    for place, argument in enumerate(body.named_children if body is not None else ()):
        if named_value(argument) is None and "comment" not in argument.type:
            yield Given(
                owner, place, _ink(argument), line_of(argument), last_line_of(argument), line_of(call), argument
            )


def _set_by_call(call: Node) -> Given | None:
    """`order.setTotal(x)`, `order.withTotal(x)` and `Order.builder().total(x)`: a call that sets one attribute."""
    body = next((child for child in call.named_children if child.type in _ARGUMENTS), None)
    words = [_text(word) for head in _heads(call) for word in _leaves(head)] if body is not None else []
    if body is None or body.named_child_count != 1 or len(words) < 2:
        return None
    setter = _SETTER.match(words[-1])
    if setter is None and not any(word in _BUILDERS for word in words[:-1]):
        return None
    name = setter[1] or setter[2] if setter else words[-1]
    types = [word for word in words[:-1] if word[:1].isupper()] or words[:-1]
    argument = body.named_children[0]
    name = name[:1].lower() + name[1:]
    return Given(types[-1], name, _ink(argument), line_of(argument), last_line_of(argument), line_of(call), argument)


def _text(node: Node) -> str:
    return (node.text or b"")[:_LONGEST].decode("utf-8", errors="replace")


def _ink(node: Node) -> str:
    return "".join(_text(node).split())
