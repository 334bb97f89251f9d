"""From a syntax tree to what a stretch of lines uses: calls, names, returns, imports."""

import re
from collections.abc import Iterable

from tree_sitter import Node, Tree

from tools.source.definitions import text_of
from tools.source.grammar import Lines, Match, captures, last_line_of, line_of, matches
from tools.source.languages import Language
from tools.source.syntax import Call, Import, Name, NameKind, Return

RECEIVER_CHARACTERS = 200
RETURN_CHARACTERS = 300
_CONSTANT = re.compile(r"[A-Z][A-Z0-9_]+\Z")
_KEY = re.compile(r"[^\s\x00-\x1f]{2,120}\Z")
_KINDS: tuple[NameKind, ...] = ("identifier", "attribute", "constant", "key")
_QUOTES = "$@:\"'"


def calls_of(language: Language, tree: Tree, lines: Lines) -> tuple[Call, ...]:
    """The calls whose name stands on `lines`, in the order of the text."""
    found: dict[int, Call] = {}
    for captured in matches(language, "calls", tree, lines):
        node = captured["name"][0]
        if _on(node, lines):
            call = _call(node, captured)
            known = found.get(node.start_byte)
            if known is None or call.argument_count > known.argument_count:
                found[node.start_byte] = call
    return tuple(found[start] for start in sorted(found))


def _call(name: Node, captured: Match) -> Call:
    receiver = captured.get("receiver")
    arguments = captured.get("arguments", [])
    passed = [child for node in arguments for child in node.named_children if "comment" not in child.type]
    return Call(
        name=text_of(name).lstrip("$"),
        receiver=text_of(receiver[0], RECEIVER_CHARACTERS) if receiver else None,
        line=line_of(name),
        argument_count=len(passed) + len(captured.get("block", ())),
        spread=any(_spreads(node) for node in passed),
    )


def _spreads(argument: Node) -> bool:
    inner = (
        argument.named_child(0)
        if argument.type in ("argument", "value_argument") and argument.named_child_count
        else None
    )
    node = inner if inner is not None else argument
    return any(word in node.type for word in ("splat", "spread", "variadic"))


def names_of(language: Language, tree: Tree, lines: Lines) -> tuple[Name, ...]:
    """The names on `lines`, in the order of the text. String literals without white space count as keys."""
    captured = captures(language, "names", tree, lines)
    written = {node.start_byte for node in captured.get("written", ())}
    found: dict[int, Name] = {}
    for kind in _KINDS:
        for node in captured.get(kind, ()):
            if _on(node, lines):
                name = _name(node, kind, node.start_byte in written)
                if name is not None:
                    found[node.start_byte] = name
    return tuple(found[start] for start in sorted(found))


def _name(node: Node, kind: NameKind, written: bool) -> Name | None:
    raw = text_of(node)
    text = raw.strip(_QUOTES) if kind == "key" else raw.lstrip("$@")
    if kind == "key" and not _KEY.match(text):
        return None
    if kind in ("identifier", "attribute") and _CONSTANT.match(text):
        kind = "constant"
    return Name(text, kind, line_of(node), written) if text else None


def returns_of(language: Language, tree: Tree, lines: Lines) -> tuple[Return, ...]:
    """The return statements that start on `lines`, those of functions nested there too."""
    nodes = captures(language, "returns", tree, lines).get("return", [])
    unique = {(node.start_byte, node.end_byte): node for node in nodes if _on(node, lines)}
    return tuple(
        Return(line_of(node), last_line_of(node), text_of(node, RETURN_CHARACTERS))
        for _, node in sorted(unique.items(), key=lambda item: item[0])
    )


def imports_of(language: Language, tree: Tree) -> tuple[Import, ...]:
    """Every import of the file; one that names things stands once for each."""
    found = [_import(captured) for captured in matches(language, "imports", tree) if "module" in captured]
    fullest: dict[tuple[str, str | None, int], Import] = {}
    for item in sorted(found, key=lambda item: (item.alias is not None, item.name is not None)):
        fullest[item.module, item.name, item.line] = item
    named = {(item.module, item.line) for item in fullest.values() if item.name or item.alias}
    told = (item for item in fullest.values() if item.name or item.alias or (item.module, item.line) not in named)
    return tuple(sorted(told, key=lambda item: item.line))


def _import(captured: Match) -> Import:
    module = captured["module"][0]
    return Import(text_of(module), _first(captured.get("name")), _first(captured.get("alias")), line_of(module))


def _first(nodes: Iterable[Node] | None) -> str | None:
    return next((text_of(node) for node in nodes or ()), None)


def _on(node: Node, lines: Lines) -> bool:
    return lines[0] <= line_of(node) <= lines[1]
