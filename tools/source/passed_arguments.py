"""What a call passes for some of the parameters of what it calls: the arguments at their places, or under their names."""

from collections.abc import Iterator, Set
from typing import Final

from tree_sitter import Node

from tools.source.constructions import named_value
from tools.source.dataflow import Names, all_names, is_called, names_in
from tools.source.parsed import Parsed
from tools.source.syntax import Parameter

_MOST_NODES: Final = 2_000
_ARGUMENTS: Final = ("arguments", "argument_list", "value_arguments")
_SPREAD: Final = ("splat", "spread", "variadic", "block_argument")


def passed_for(
    parsed: Parsed, lines: tuple[int, int], callee: str, parameters: tuple[Parameter, ...], wanted: Set[str]
) -> Names | None:
    """The names in what the only call of `callee` on the lines passes for the `wanted` ones of its parameters; None where
    that cannot be told."""
    calls = [each for each in _nodes(parsed.tree.root_node, *lines) if _calls(each, callee)]
    body = _arguments(calls[0]) if len(calls) == 1 else None
    places = [place for place, each in enumerate(parameters) if each.name.lstrip("$") in wanted]
    if body is None or len(places) != len(wanted) or any(parameters[place].variadic for place in places):
        return None
    arguments = [child for child in body.named_children if "comment" not in child.type]
    if any(word in each.type for each in arguments for word in _SPREAD):
        return None
    named = {found[0]: found[1] for each in arguments if (found := named_value(each, body)) is not None}
    plain = [each for each in arguments if named_value(each, body) is None]
    nodes = [named.get(parameters[place].name) or (plain[place] if place < len(plain) else None) for place in places]
    passed = [names_in(node) for node in nodes if node is not None]
    return all_names(passed) if passed else None


def _nodes(root: Node, start: int, end: int) -> Iterator[Node]:
    left, waiting = _MOST_NODES, [root]
    while waiting and left:
        node = waiting.pop()
        left -= 1
        yield node
        waiting += [n for n in reversed(node.named_children) if n.start_point[0] < end and n.end_point[0] >= start - 1]


def _calls(node: Node, callee: str) -> bool:
    return _arguments(node) is not None and any(
        is_called(word) and word.text == callee.encode() for word in _head_words(node)
    )


def _head_words(call: Node) -> Iterator[Node]:
    waiting = [child for child in call.named_children if child.type not in _ARGUMENTS]
    for _ in range(20):
        if not waiting:
            return
        node = waiting.pop()
        yield node
        waiting += [child for child in node.named_children if child.type not in _ARGUMENTS and not _arguments(child)]


def _arguments(call: Node) -> Node | None:
    return next((child for child in call.named_children if child.type in _ARGUMENTS), None)
