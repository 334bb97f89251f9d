"""From a syntax tree to what sets a value: assignments and returns, the same code for all grammars.

tree-sitter's grammars name the parts of an assignment with few field names (`left` and `right`, `name` and `value`,
`pattern` and `value`), and a member access by its node type. That is all that is asked here: no query per language.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from tree_sitter import Node

from tools.source.grammar import line_of
from tools.source.parsed import Parsed

_MOST_NODES: Final = 12_000
_SIDES: Final = (("left", "right"), ("pattern", "value"), ("name", "value"), ("alias", ""), ("name", ""))
_SETTERS: Final = (
    "assign",
    "declarator",
    "declaration",
    "named_expression",
    "for",
    "range_clause",
    "var_spec",
    "as_pattern",
    "element",
    "from_clause",
)
_NO_SETTERS: Final = ("parameter", "binary", "function", "class", "method", "literal_element", "keyed")
_WORDS: Final = (
    "identifier",
    "identifier_pattern",
    "name",
    "instance_variable",
    "class_variable",
    "global_variable",
    "constant",
    "implicit_parameter",
)
_MEMBERS: Final = (
    "attribute",
    "member",
    "selector",
    "field",
    "navigation",
    "property_access",
    "instance_variable",
    "class_variable",
)
_LAMBDAS: Final = (
    "lambda",
    "arrow_function",
    "function_expression",
    "anonymous_function",
    "do_block",
    "closure",
    "closure_expression",
    "lambda_expression",
    "lambda_literal",
    "anonymous_function_creation_expression",
    "func_literal",
)
_UNNAMED: Final = {"lambda_literal": ("it",)}
"""What a parameter is called that a function literal does not name."""
_INNER_LOOPS: Final = ("for_in_clause", "from_clause")
_CALLS: Final = ("call", "invocation", "object_creation", "new_expression")
_CALLEES: Final = ("function", "method", "name", "constructor", "type")
_RECEIVERS: Final = frozenset({"self", "this", "cls", "super", "parent", "static"})


@dataclass(frozen=True, slots=True)
class Names:
    """What a piece of code uses: variables, attributes (without their owner) and the names that it calls."""

    variables: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()


def all_names(found: Iterable[Names]) -> Names:
    """What several pieces of code use together."""
    together = tuple(found)
    return Names(
        frozenset().union(*(each.variables for each in together)),
        frozenset().union(*(each.attributes for each in together)),
        frozenset().union(*(each.calls for each in together)),
    )


@dataclass(frozen=True, slots=True)
class Flow:
    """One place where values flow: into `targets` (empty: out of the function, by `return`) from `sources`.

    `line`..`last` are 1-based. A target that is an attribute stands in `attributes` of the targets. `since`: the
    line from which on the targets can be used, where that is above `line`.
    """

    line: int
    last: int
    targets: Names
    sources: Names
    returns: bool = False
    since: int = 0


def flows(parsed: Parsed, start: int, end: int) -> tuple[Flow, ...]:
    """The assignments, loops and returns on lines `start`..`end`, in the order of the text."""
    found = (flow for node in _nodes(parsed.tree.root_node, start, end) if (flow := _flow(node, start, end)))
    return tuple(sorted(found, key=lambda flow: (flow.line, flow.last)))


def names_on(parsed: Parsed, start: int, end: int) -> Names:
    """What the code on lines `start`..`end` uses."""
    return _names(node for node in _nodes(parsed.tree.root_node, start, end) if start <= line_of(node) <= end)


def names_in(node: Node) -> Names:
    """What the code of a node uses."""
    return _names(_below(node))


def _nodes(root: Node, start: int, end: int) -> Iterator[Node]:
    """The nodes that touch the lines, outer ones first, at most 12,000."""
    left, waiting = _MOST_NODES, [root]
    while waiting and left:
        node = waiting.pop()
        left -= 1
        yield node
        waiting += [n for n in reversed(node.children) if n.start_point[0] < end and n.end_point[0] >= start - 1]


def _below(node: Node) -> Iterator[Node]:
    return _nodes(node, node.start_point[0] + 1, node.end_point[0] + 1)


def _flow(node: Node, start: int, end: int) -> Flow | None:
    if not node.is_named or not start <= line_of(node) <= end:
        return None
    if node.type.startswith("return") or node.type == "yield":
        return Flow(line_of(node), node.end_point[0] + 1, Names(), names_in(node), returns=True)
    if node.type in _LAMBDAS or node.type == "block":
        return _given_to_lambda(node)
    sides = _mutated(node) or _sides(node)
    if sides is None:
        return None
    into, value = sides
    targets = names_in(into)
    if not targets.variables and not targets.attributes:
        return None
    last = min(node.end_point[0], (value or node).end_point[0]) + 1
    sources = names_in(value) if value is not None else Names()
    return Flow(line_of(node), last, targets, sources, since=_since(node))


def _since(node: Node) -> int:
    """The first line of the comprehension around a loop that stands in one: its value can be used above it."""
    within = node.parent if node.type in _INNER_LOOPS else None
    return line_of(within) if within is not None else 0


def _sides(node: Node) -> tuple[Node, Node | None] | None:
    """What is set and what with: by the names of the fields, or first and last child where a grammar has none."""
    kind = node.type
    if not _has_word(kind, _SETTERS) or _has_word(kind, _NO_SETTERS):
        return None
    for into, value in _SIDES:
        target = node.child_by_field_name(into)
        if target is not None and (not value or (source := node.child_by_field_name(value)) is not None):
            return target, source if value else _other(node, target)
    if kind.startswith(("foreach", "for_each", "foreach_statement")):
        return _around(node, "as") or _around(node, "in")
    if kind.startswith(("property_declaration", "assignment", "variable_declarator")) and node.named_child_count > 1:
        return node.named_children[0], node.named_children[-1]
    return _around(node, "in") if kind == "for_statement" else None


def _other(node: Node, target: Node) -> Node | None:
    others = [child for child in node.named_children if child != target]
    return others[-1] if others else None


def _around(node: Node, word: str) -> tuple[Node, Node] | None:
    """The loop variable and what is looped over, around `as` (value first) or `in`."""
    children = node.children
    place = next((n for n, child in enumerate(children) if child.type == word), None)
    if place is None or not 0 < place < len(children) - 1:
        return None
    before, after = children[place - 1], children[place + 1]
    return (after, before) if word == "as" else (before, after)


def _mutated(node: Node) -> tuple[Node, Node] | None:
    """`rows.append(x)` alone on its line changes what `rows` is."""
    if node.type != "expression_statement" or node.named_child_count != 1:
        return None
    call = node.named_children[0]
    if not _is_call(call) or call.named_child_count < 2:
        return None
    head = call.named_children[0]
    return (head, call.named_children[-1]) if _is_member(head) or call.child_by_field_name("object") else None


def _given_to_lambda(node: Node) -> Flow | None:
    """The parameters of a function literal come from what the call around it is made on, and from its other arguments:
    `rows.map(row => ...)`, `array_map(fn ($row) => ..., $rows)`."""
    into = _parameters_of(node)
    call = node.parent
    while call is not None and ("argument" in call.type or call.type == "annotated_lambda"):
        call = call.parent
    if call is None or not _is_call(call):
        return None
    targets = names_in(into) if into is not None else Names(frozenset(_UNNAMED.get(node.type, ())))
    if not targets.variables:
        return None
    sources = _names(each for beside in _beside(call, node) for each in _below(beside))
    return Flow(line_of(node), line_of(into or node), targets, sources)


def _parameters_of(node: Node) -> Node | None:
    named = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
    return named or next((child for child in node.named_children if child.type == "lambda_parameters"), None)


def _beside(call: Node, inside: Node) -> Iterator[Node]:
    """The parts of a call without the one that holds `inside`: callee and other arguments, no function literals."""
    for child in call.named_children:
        if not child.start_byte <= inside.start_byte < child.end_byte:
            yield child
        elif "argument" in child.type:
            yield from (each for each in child.named_children if not _is_lambda(each))


def _is_lambda(argument: Node) -> bool:
    inner = argument.named_children[-1] if argument.type.endswith("argument") and argument.named_children else argument
    return inner.type in _LAMBDAS


def _names(nodes: Iterator[Node]) -> Names:
    variables, attributes, calls = set[str](), set[str](), set[str]()
    for node in nodes:
        if node.child_count and node.type not in ("variable_name", "instance_variable", "class_variable"):
            continue
        if not node.is_named or not node.type.endswith(_WORDS) or node.type == "type_identifier":
            continue
        text = (node.text or b"").decode("utf-8", errors="replace").lstrip("$@")
        if not text or len(text) > 80:
            continue
        if is_called(node):
            calls.add(text)
        elif _is_attribute(node):
            attributes.add(text)
        elif text not in _RECEIVERS:
            variables.add(text)
    return Names(frozenset(variables), frozenset(attributes), frozenset(calls))


def _is_member(node: Node) -> bool:
    return _has_word(node.type, _MEMBERS)


def _is_attribute(node: Node) -> bool:
    """Whether a word stands behind its owner: `total` of `cart.total`, `@total`."""
    if node.type in ("instance_variable", "class_variable"):
        return True
    parent = node.parent
    if parent is not None and parent.type == "variable_name":
        return _is_attribute(parent)
    return parent is not None and _is_member(parent) and parent.children[0] != node


def is_called(node: Node) -> bool:
    """Whether a word is the name of a call: the callee itself, or the last part of a callee that is a member."""
    parent = node.parent
    if parent is None:
        return False
    if _is_call(parent):
        return node == _callee(parent)
    last_part = _is_member(parent) and parent.children[0] != node
    return last_part and parent.parent is not None and _is_call(parent.parent) and parent == _callee(parent.parent)


def _is_call(node: Node) -> bool:
    return _has_word(node.type, _CALLS)


@cache
def _has_word(kind: str, words: tuple[str, ...]) -> bool:
    return any(word in kind for word in words)


def _callee(call: Node) -> Node | None:
    named = (call.child_by_field_name(name) for name in _CALLEES)
    return next((node for node in named if node is not None), call.children[0] if call.children else None)
