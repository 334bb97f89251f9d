"""Which lines of a frame's function cannot have run in the call that failed: those below its line, outside every loop
around it, and in no handler."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from tree_sitter import Node

from tools.impact.frame_site import FrameSite
from tools.source.grammar import last_line_of, line_of
from tools.source.outline import Outline
from tools.source.parsed import Parsed, parse

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
_AGAIN: Final = re.compile(r"\b(?:retry|redo|goto)\b")
_LOOP_WORDS: Final = re.compile(r"\b(?:for|foreach|forEach|while|until|loop|repeat|each|map|times|do)\b|=>|->")
_OUT_OF_ORDER: Final = re.compile(
    r"\b(?:finally|except|catch|rescue|ensure|after|defer|func|function|def|fun|macro|block|define|section)\b"
)
_MOST_NODES: Final = 12_000


def may_have_run(outline: Outline, frame: FrameSite) -> Callable[[int], bool]:
    """Whether a line of the file may have run when `frame`'s failed. All may where that line is not known, or is the
    head of its function: some languages print that for any line of it."""
    if not frame.exact or (frame.function is not None and frame.line == frame.start):
        return lambda _line: True
    if _AGAIN.search(outline.text(frame.start, frame.end)):
        return lambda _line: True
    parsed = parse(outline.path, outline.source)
    until, handlers = _read(parsed, outline, frame) if parsed else _guessed(outline, frame)
    return lambda line: line <= until or any(first <= line <= last for first, last in handlers)


def _read(parsed: Parsed, outline: Outline, frame: FrameSite) -> tuple[int, tuple[tuple[int, int], ...]]:
    until = max((_reach(node, frame) for node in _around(parsed, outline, frame)), default=frame.last)
    return max(until, frame.last), tuple(_out_of_order(parsed.tree.root_node, frame))


def _around(parsed: Parsed, outline: Outline, frame: FrameSite) -> Iterator[Node]:
    """The nodes around the frame's line that begin inside its function, innermost first."""
    row = outline.lines[frame.line - 1]
    start = frame.line - 1, len(row.encode()) - len(row.lstrip().encode())
    node = parsed.tree.root_node.descendant_for_point_range(start, start)
    while node is not None and node.parent is not None and line_of(node) >= frame.start:
        yield node
        node = node.parent


def _reach(node: Node, frame: FrameSite) -> int:
    """The last line that may have run because `node` is around the frame's line."""
    if _LOOP.fullmatch(node.type) or (_CLOSED_AT_END.fullmatch(node.type) and line_of(node) == frame.line):
        return last_line_of(node)
    inside = line_of(node) > frame.start or frame.function is None
    # Code in a function literal may run when all around it has.
    literal = _CLOSURE.fullmatch(node.type) or _DEFINED.fullmatch(node.type) or _is_block_of_call(node)
    return frame.end if inside and literal else frame.last


def _is_block_of_call(node: Node) -> bool:
    return node.type == "do_block" or (node.type == "block" and node.parent is not None and node.parent.type == "call")


def _out_of_order(root: Node, frame: FrameSite) -> Iterator[tuple[int, int]]:
    """First and last line of what runs, or is defined, although it stands below."""
    left, waiting = _MOST_NODES, [root]
    while waiting and left:
        node = waiting.pop()
        left -= 1
        if line_of(node) > frame.last and (_HANDLER.fullmatch(node.type) or _DEFINED.fullmatch(node.type)):
            yield line_of(node), last_line_of(node)
            continue
        waiting += [n for n in node.children if line_of(n) <= frame.end and last_line_of(n) > frame.last]
    if waiting:
        yield frame.line, frame.end


def _guessed(outline: Outline, frame: FrameSite) -> tuple[int, tuple[tuple[int, int], ...]]:
    """The same without a grammar: every line may have run where a word tells of a loop above or of a handler below."""
    above, below = outline.text(frame.start, frame.last), outline.text(frame.last + 1, frame.end)
    ordered = not _LOOP_WORDS.search(above) and not _OUT_OF_ORDER.search(below)
    return frame.last if ordered else frame.end, ()
