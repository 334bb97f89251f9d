"""The conditions that decide whether a line is reached."""

from tree_sitter import Node

from tools.source.dataflow import Names, all_names, names_in
from tools.source.grammar import line_of
from tools.source.parsed import Parsed


def conditions_around(parsed: Parsed, line: int, start: int) -> Names:
    """What the conditions use that decide whether `line` is reached, up to the line `start` of its function."""
    return all_names(map(names_in, _conditions(parsed, line, start)))


def condition_on(parsed: Parsed, row: int, line: int) -> Names:
    """What the condition uses that stands on `row` and decides whether `line`, below it, is reached; nothing where none does."""
    return all_names(names_in(each) for each in _conditions(parsed, line, row) if line_of(each) == row < line)


def _conditions(parsed: Parsed, line: int, start: int) -> list[Node]:
    text = parsed.source.split(b"\n", line)[line - 1].rstrip()
    first = line - 1, len(text) - len(text.lstrip())
    node = parsed.tree.root_node.descendant_for_point_range(first, (line - 1, len(text)))
    found: list[Node] = []
    while node is not None and line_of(node) >= start and len(found) < 3:
        condition = node.child_by_field_name("condition")
        if condition is not None and line_of(condition) <= line:
            found.append(condition)
        node = node.parent
    return found
