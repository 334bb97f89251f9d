"""tree-sitter: from bytes to a syntax tree, and questions to it. Nothing here recurses, whatever the nesting."""

import time
from collections.abc import Iterator
from functools import cache
from typing import Literal

from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Query, QueryCursor, Tree

from tools.source.languages import Language

Question = Literal["definitions", "calls", "names"]
Unparsed = Literal["late", "unaskable"]
"""Why there is no tree: a faster machine may parse in time, while what cannot be asked stays so."""
Match = dict[str, list[Node]]
Lines = tuple[int, int]

PARSE_SECONDS = 2.0  # a megabyte parses in 0.2 s; only hostile text takes longer
_CHUNK = 1 << 16
_MATCHES_IN_PROGRESS = 256
_MAX_DEPTH = 500  # every node costs as many steps as patterns are open above it; people nest 100 deep
_MAX_SIBLING_WORK = 50_000_000  # about 50 ms


@cache
def _grammar(language: Language) -> Grammar:
    return Grammar(language.grammar())


@cache
def _query(language: Language, question: Question) -> Query:
    texts = {
        "definitions": language.definitions,
        "calls": language.calls,
        "names": language.names,
    }
    return Query(_grammar(language), texts[question])


def make_ready(language: Language) -> None:
    """Load a grammar and compile its definitions query (20 to 40 ms), so that a first question need not."""
    _query(language, "definitions")


def parse_tree(language: Language, source: bytes, seconds: float = PARSE_SECONDS) -> Tree | Unparsed:
    """The syntax tree of `source` (errors become ERROR nodes); "late" when parsing takes more than `seconds` of the
    processor: what a file says does not depend on what else the machine does."""
    deadline = time.thread_time() + seconds
    parser = Parser(_grammar(language))
    try:
        tree = parser.parse(
            lambda offset, _point: source[offset : offset + _CHUNK],
            progress_callback=lambda _offset, _error: time.thread_time() > deadline,
        )
    except ValueError:  # tree-sitter's word for having been stopped
        return "late"
    if not _is_askable(tree):
        return "unaskable"
    # Only reading through a callback can be stopped, and only a tree over bytes gives a node's text in no time:
    # parsing again with every node reused costs 0.3 ms for 10,000 lines and saves a second for each 10,000 names.
    return parser.parse(source, tree)


def _is_askable(tree: Tree) -> bool:
    """Whether queries can run over a tree in reasonable time.

    They look at all later siblings of every node. Siblings lie in balanced trees, except under ERROR nodes, where
    that costs the square of their number: 20,000 unclosed brackets would take half a second for each query.
    """
    work = 0
    cursor = tree.walk()
    while True:
        node = cursor.node
        if node is not None and node.has_error:
            if node.is_error:
                work += node.child_count**2
            if work > _MAX_SIBLING_WORK:
                return False
            if cursor.goto_first_child():
                continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return True


def matches(language: Language, question: Question, tree: Tree, lines: Lines | None = None) -> Iterator[Match]:
    """Every match of a query by capture name, in the order of the text; only those that touch `lines`, if given."""
    for _, captured in _cursor(language, question, lines).matches(tree.root_node):
        yield captured


def captures(language: Language, question: Question, tree: Tree, lines: Lines | None = None) -> Match:
    """Every captured node by capture name: cheaper than `matches` where it does not matter what goes with what."""
    return _cursor(language, question, lines).captures(tree.root_node)


def _cursor(language: Language, question: Question, lines: Lines | None) -> QueryCursor:
    """A query ready to run. Bounded by the size of the tree: giving it a progress callback crashes tree-sitter 0.26."""
    cursor = QueryCursor(_query(language, question), match_limit=_MATCHES_IN_PROGRESS)
    cursor.set_max_start_depth(_MAX_DEPTH)
    if lines is not None:
        cursor.set_point_range((max(lines[0] - 1, 0), 0), (max(lines[1], 0), 0))
    return cursor


def line_of(node: Node) -> int:
    """The 1-based line a node starts on."""
    return node.start_point[0] + 1


def last_line_of(node: Node) -> int:
    """The 1-based line a node ends on; a node that ends with a line feed ends on the line before."""
    row, column = node.end_point
    return max(row if column == 0 else row + 1, line_of(node))
