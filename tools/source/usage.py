"""From a syntax tree to what a stretch of lines uses: calls and names."""

import re

from tree_sitter import Node, Tree

from tools.source.definitions import text_of
from tools.source.grammar import Lines, captures, line_of
from tools.source.languages import Language
from tools.source.syntax import Call, Name, NameKind

_CONSTANT = re.compile(r"[A-Z][A-Z0-9_]+\Z")
_KEY = re.compile(r"[^\s\x00-\x1f]{2,120}\Z")
_KINDS: tuple[NameKind, ...] = ("identifier", "attribute", "constant", "key")
_QUOTES = "$@:\"'"


def calls_of(language: Language, tree: Tree, lines: Lines) -> tuple[Call, ...]:
    """The calls whose name stands on `lines`, in the order of the text."""
    nodes = {node.start_byte: node for node in captures(language, "calls", tree, lines).get("name", ())}
    named = (nodes[start] for start in sorted(nodes) if _on(nodes[start], lines))
    return tuple(Call(text_of(node).lstrip("$"), line_of(node)) for node in named)


def names_of(language: Language, tree: Tree, lines: Lines) -> tuple[Name, ...]:
    """The names on `lines`, in the order of the text. String literals without white space count as keys."""
    captured = captures(language, "names", tree, lines)
    found: dict[int, Name] = {}
    for kind in _KINDS:
        for node in captured.get(kind, ()):
            if _on(node, lines) and (name := _name(node, kind)):
                found[node.start_byte] = name
    return tuple(found[start] for start in sorted(found))


def _name(node: Node, kind: NameKind) -> Name | None:
    raw = text_of(node)
    text = raw.strip(_QUOTES) if kind == "key" else raw.lstrip("$@")
    if kind == "key" and not _KEY.match(text):
        return None
    if kind in ("identifier", "attribute") and _CONSTANT.match(text):
        kind = "constant"
    return Name(text, kind, line_of(node)) if text else None


def _on(node: Node, lines: Lines) -> bool:
    return lines[0] <= line_of(node) <= lines[1]
