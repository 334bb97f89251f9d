"""Which lines of a function run, by its syntax tree, after or before one of them: loops, handlers, literals."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from tree_sitter import Node

from tools.source.grammar import last_line_of, line_of
from tools.source.parsed import Parsed

_LOOP: Final = re.compile(
    r"(?:for|foreach|while|until|do|loop|repeat|enhanced_for|labeled)(?:_in|_each)?(?:_\w*stat\w*|_expr\w*)?"
)
_CLOSURE: Final = re.compile(
    r"\w*(?:lambda|closure|arrow_function|function_expression|anonymous_function|func_literal)\w*"
)
_DEFINED: Final = re.compile(
    r"(?:local_)?(?:function|method)_(?:declaration|definition|item|statement)|method|singleton_method"
)
_HANDLER: Final = re.compile(r"(?:finally|except|catch|rescue|ensure)(?:_\w+)?")
_CLOSED_AT_END: Final = re.compile(r"with_statement|using_statement|try_with_resources_statement|lock_statement")
_MOST_NODES: Final = 12_000


class Statement(NamedTuple):
    """The statement on the lines `line`..`last` of a function on `start`..`end`; not `named`: of no function."""

    start: int
    line: int
    last: int
    end: int
    named: bool


def run_beside(parsed: Parsed, statement: Statement) -> tuple[int, tuple[tuple[int, int], ...]]:
    """The last line that a loop or a function literal around the statement lets run after it, and the first and last
    lines of what may run although it stands below: handlers, and functions that are defined there."""
    until = max((_reach(node, statement) for node in _around(parsed, statement)), default=statement.last)
    return max(until, statement.last), tuple(_out_of_order(parsed.tree.root_node, statement))


def _around(parsed: Parsed, statement: Statement) -> Iterator[Node]:
    """The nodes around the statement's line that begin inside its function, innermost first."""
    row = parsed.source.split(b"\n", statement.line)[statement.line - 1]
    start = statement.line - 1, len(row) - len(row.lstrip())
    node = parsed.tree.root_node.descendant_for_point_range(start, start)
    while node is not None and node.parent is not None and line_of(node) >= statement.start:
        yield node
        node = node.parent


def _reach(node: Node, statement: Statement) -> int:
    """The last line that may have run because `node` is around the statement's line."""
    if _LOOP.fullmatch(node.type) or (_CLOSED_AT_END.fullmatch(node.type) and line_of(node) == statement.line):
        return last_line_of(node)
    inside = line_of(node) > statement.start or not statement.named
    # Code in a function literal may run when all around it has.
    literal = _CLOSURE.fullmatch(node.type) or _DEFINED.fullmatch(node.type) or _is_block_of_call(node)
    return statement.end if inside and literal else statement.last


def _is_block_of_call(node: Node) -> bool:
    return node.type == "do_block" or (node.type == "block" and node.parent is not None and node.parent.type == "call")


def _out_of_order(root: Node, statement: Statement) -> Iterator[tuple[int, int]]:
    """First and last line of what runs, or is defined, although it stands below."""
    left, waiting = _MOST_NODES, [root]
    while waiting and left:
        node = waiting.pop()
        left -= 1
        if line_of(node) > statement.last and (_HANDLER.fullmatch(node.type) or _DEFINED.fullmatch(node.type)):
            yield line_of(node), last_line_of(node)
            continue
        waiting += [n for n in node.children if line_of(n) <= statement.end and last_line_of(n) > statement.last]
    if waiting:
        yield statement.line, statement.end
