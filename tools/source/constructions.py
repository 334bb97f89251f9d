"""What a construction gives under a name: `Order(total=find(x))`, `Event.new(place: row)`, `{total: find(x)}`, `Order{Total: x}`.

The same code for all grammars, as in `tools.source.dataflow`: a table tells which nodes hold a name and its value.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from tree_sitter import Node

from tools.source.grammar import last_line_of, line_of
from tools.source.parsed import Parsed

_MOST_NODES: Final = 60_000
_LONGEST: Final = 400  # characters of a value that are compared
_OUTER: Final = 6  # nodes between a name and the construction around it
_SHORT: Final = 80  # nodes of a call's head
_ENDS: Final = 8  # names at both ends of a chain
_WORDS_KEPT: Final = 2 * _ENDS

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


class Budget:
    """How many nodes of syntax trees may still be looked at, in whatever files."""

    def __init__(self, left: int = _MOST_NODES) -> None:
        self.left = left

    def spend(self, nodes: int) -> bool:
        """Whether there was anything left to look at them."""
        self.left -= nodes
        return self.left > 0


def givens(parsed: Parsed, spans: Sequence[tuple[int, int]], budget: Budget | None = None) -> Iterator[Given]:
    """What constructions are given that touch one of these spans of lines (the first and the last, in order), outer
    constructions first."""
    return _Walk(parsed, spans, budget or Budget()).givens()


class _Place(NamedTuple):
    """A node with those around it: a tree finds the parent of a node only from its root."""

    node: Node
    above: "_Place | None"

    @property
    def parent(self) -> Node | None:
        """The node around it."""
        return self.above.node if self.above is not None else None


class _Walk:
    """One way through a tree, in which each node is looked at a bounded number of times."""

    def __init__(self, parsed: Parsed, spans: Sequence[tuple[int, int]], budget: Budget) -> None:
        self._root, self._source, self._spans, self._budget = parsed.tree.root_node, parsed.source, spans, budget
        self._ends = [end for _, end in spans]
        self._known: dict[int, tuple[str, ...]] = {}

    def givens(self) -> Iterator[Given]:
        """What is given, outer constructions first."""
        for place in self._places():
            node = place.node
            found = named_value(node, place.parent)
            if found is not None:
                name, value = found
                around = _around(place)
                owner = self._owner(around) if around is not None and _is_call(around) else ""
                if around is not None and owner is not None:
                    yield self._given(owner, name, node, around, value)
            elif _is_call(node) and (setting := self._set_by_call(node)):
                yield setting
            elif _is_call(node) and (owner := self._owner(node)):
                yield from self._placed(node, owner)

    def _places(self) -> Iterator[_Place]:
        waiting = [_Place(self._root, None)]
        while waiting:
            place = waiting.pop()
            yield place
            children = place.node.named_children
            if not self._budget.spend(1 + len(children)):
                return
            waiting += [_Place(child, place) for child in reversed(children) if self._touches(child)]

    def _touches(self, node: Node) -> bool:
        at = bisect_left(self._ends, node.start_point[0] + 1)
        return at < len(self._spans) and self._spans[at][0] <= node.end_point[0] + 1

    def _given(self, owner: str, name: str | int, node: Node, head: Node, value: Node) -> Given:
        text = self._source[value.start_byte : min(value.end_byte, value.start_byte + _LONGEST)]
        ink = "".join(text.decode("utf-8", errors="replace").split())
        return Given(owner, name, ink, line_of(node), last_line_of(node), line_of(head), value)

    def _owner(self, call: Node) -> str | None:
        """The type that a call makes, by its capital letter: `Order(`, `new Order(`, `Event.new(`, `models.Order{`. Empty of
        what makes a thing of any type."""
        words = self._words(call)
        types = [word for word in words if word[:1].isupper() and not word.isupper()]
        if types:
            return types[-1]
        return "" if words and words[-1] in _COPIES else None

    def _placed(self, call: Node, owner: str) -> Iterator[Given]:
        """The values that a construction is given by their place."""
        body = next((child for child in call.named_children if child.type in (*_ARGUMENTS, "literal_value")), None)
        for place, argument in enumerate(body.named_children if body is not None else ()):
            if self._touches(argument) and named_value(argument, body) is None and "comment" not in argument.type:
                yield self._given(owner, place, argument, call, argument)

    def _set_by_call(self, call: Node) -> Given | None:
        """`order.setTotal(x)`, `order.withTotal(x)` and `Order.builder().total(x)`: a call that sets one attribute."""
        body = next((child for child in call.named_children if child.type in _ARGUMENTS), None)
        words = self._words(call) if body is not None else ()
        if body is None or body.named_child_count != 1 or len(words) < 2:
            return None
        setter = _SETTER.match(words[-1])
        if setter is None and not any(word in _BUILDERS for word in words[:-1]):
            return None
        name = setter[1] or setter[2] if setter else words[-1]
        types = [word for word in words[:-1] if word[:1].isupper()] or words[:-1]
        argument = body.named_children[0]
        return self._given(types[-1], name[:1].lower() + name[1:], argument, call, argument)

    def _words(self, call: Node) -> tuple[str, ...]:
        """The names before a call's arguments: of a long chain of calls only the first and the last.

        A chain is followed to its beginning once, and what each call in it begins with is kept.
        """
        chain, known = list[tuple[int, list[str]]](), self._known.get(call.id)
        inner: Node | None = call
        while inner is not None and known is None:
            node = inner
            own, inner = self._own_words(node)
            chain.append((node.id, own))
            known = self._known.get(inner.id) if inner is not None else ()
        words = known or ()
        for key, own in reversed(chain):
            words = (*words, *own)
            words = self._known[key] = words if len(words) <= _WORDS_KEPT else (*words[:_ENDS], *words[-_ENDS:])
        return words

    def _own_words(self, call: Node) -> tuple[list[str], Node | None]:
        """The names at a call's head behind the first call there, and that call."""
        waiting, found, inner = list(_heads(call)), list[str](), None
        for _ in range(_SHORT):
            if not waiting or not self._budget.spend(1):
                break
            node = waiting.pop()
            if _is_call(node):
                inner = node
            elif node.type.endswith(_WORDS) and not node.named_child_count:
                found.append(_text(node))
            else:
                waiting += [child for child in node.named_children if not child.type.endswith(_ARGUMENTS)]
        return found[::-1], inner


def named_value(node: Node, parent: Node | None) -> tuple[str, Node] | None:
    """The name and the value of a node that holds both; `parent` is the node around it."""
    sides = _PAIRS.get(node.type)
    if sides is None or node.named_child_count < 2 or not any(each.type in _MARKS for each in node.children):
        return None
    if node.type == "assignment_expression" and (parent is None or parent.type not in _INITIALISER):
        return None
    key, value = (node.child_by_field_name(side) if side else None for side in sides)
    key, value = key or node.named_children[0], value or node.named_children[-1]
    name = _text(key).strip("\"'`: ")
    return (name, value) if name.isidentifier() and key != value else None


def _around(place: _Place) -> Node | None:
    """The call or the table of keys and values to which the named value is given."""
    around = place.above
    for _ in range(_OUTER):
        if around is None:
            return None
        node, parent = around.node, around.parent
        literal = parent is not None and parent.type == "composite_literal"
        if _is_call(node) or (node.type in _NAMELESS and not literal):
            return node
        if not (node.type in _ARGUMENTS or node.type in _NAMELESS or node.type in _INITIALISER):
            return None
        around = around.above
    return None


def _is_call(node: Node) -> bool:
    return _calls(node.type)


@cache
def _calls(kind: str) -> bool:
    return any(word in kind for word in _CALLS)


def _heads(call: Node) -> Iterator[Node]:
    named = [child for head in _HEADS if (child := call.child_by_field_name(head)) is not None]
    first = call.named_children[:1] if call.named_child_count else []
    if call.type.startswith(("object_creation", "call_expression")) and not named:
        named = [child for child in first if child.type not in _ARGUMENTS]
    yield from named


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", errors="replace") if node.end_byte - node.start_byte <= _LONGEST else ""
