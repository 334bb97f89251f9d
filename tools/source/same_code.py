"""Whether two texts of one file are the same code, by the tokens of the language's grammar and how they are nested."""

from collections.abc import Container, Iterator
from typing import Final

from tree_sitter import Node

from tools.source.grammar import last_line_of, line_of
from tools.source.parsed import Parsed, parse

_EXACT: Final = ("string", "char", "rune", "regex", "template", "heredoc", "nowdoc", "text")
"""Words of the types of nodes whose text counts as it stands, blanks and delimiters included."""
_NOT_EXACT: Final = frozenset(["concatenated_string", "expression_statement", "template_substitution"])
_EITHER_QUOTE: Final = frozenset(["python", "javascript", "typescript", "tsx"])
_NO_SEMICOLON: Final = frozenset(["javascript", "typescript", "tsx"])
_LAST_COMMA: Final = frozenset(["python", "javascript", "typescript", "tsx", "go", "rust", "kotlin", "php"])
_LISTS: Final = frozenset(
    [
        "argument_list",
        "parameters",
        "list",
        "dictionary",
        "set",
        "arguments",
        "formal_parameters",
        "array",
        "object",
        "object_pattern",
        "named_imports",
        "import_from_statement",
        "parameter_list",
        "literal_value",
    ]
)
"""Where a comma behind the last part says nothing: never in a tuple, a subscript or a pattern with holes."""
_CLOSERS: Final = frozenset([")", "]", "}"])


def same_code(path: str, before: str, after: str) -> bool | None:
    """Whether both differ in comments, blanks between tokens and what the language takes for the same alone; None where no
    grammar reads them without an error."""
    return same_lines(path, before, after, None, None)


def same_lines(
    path: str, before: str, after: str, old: Container[int] | None, new: Container[int] | None
) -> bool | None:
    """The same of the 1-based lines `old` and `new` of the texts alone; None of a side is all of it."""
    one, other = parse(path, before), parse(path, after)
    if one is None or other is None or one.tree.root_node.has_error or other.tree.root_node.has_error:
        return None
    if old is None and new is None and _reads_alike(one, other):
        return True
    return all(a == b for a, b in _pairs(_on_lines(one, old), _on_lines(other, new)))


def _reads_alike(one: Parsed, other: Parsed) -> bool:
    """Whether both are the same but for blanks and comments, node by node, as far as that is certain without reading what
    stands the same in both: of a large file most does."""
    waiting = [(one.tree.root_node, other.tree.root_node)]
    while waiting:
        a, b = waiting.pop()
        text = one.source[a.start_byte : a.end_byte]
        if text == other.source[b.start_byte : b.end_byte] or "comment" in a.type:
            continue
        if _is_exact(a) or not a.child_count or a.child_count != b.child_count:
            return False
        pairs = list(zip(a.children, b.children, strict=True))
        if any(x.type != y.type for x, y in pairs) or _gaps(one, a) != _gaps(other, b):
            return False
        waiting += pairs
    return (b"__doc__" in one.source) == (b"__doc__" in other.source)  # docstrings count in both or in neither


def _gaps(parsed: Parsed, node: Node) -> list[bytes]:
    """What stands between the parts of a node unseen by the grammar."""
    ends = [node.start_byte, *(child.end_byte for child in node.children)]
    starts = [*(child.start_byte for child in node.children), node.end_byte]
    return [parsed.source[end:start].strip() for end, start in zip(ends, starts, strict=True)]


def _on_lines(parsed: Parsed, lines: Container[int] | None) -> Iterator[bytes]:
    """The tokens of the outermost nodes that begin and end on these lines."""
    waiting = [parsed.tree.root_node]
    while waiting:
        node = waiting.pop()
        if lines is None or (line_of(node) in lines and last_line_of(node) in lines):
            yield from () if "comment" in node.type else _tokens(parsed, node, 0 if lines is None else node.start_byte)
        else:
            waiting += reversed(node.children)


def _pairs(one: Iterator[bytes], other: Iterator[bytes]) -> Iterator[tuple[bytes | None, bytes | None]]:
    while True:
        pair = next(one, None), next(other, None)
        yield pair
        if None in pair:
            return


def _tokens(parsed: Parsed, whole: Node, end: int) -> Iterator[bytes]:
    """The tokens of a node from the byte `end` on, with the type of each node in it where it begins and a mark where it ends,
    so that what is nested otherwise differs; what stands between the nodes unseen by the grammar counts too."""
    cursor, name = whole.walk(), parsed.language.name
    while True:
        node = cursor.node
        if node is not None and not _says_nothing(node, parsed):
            yield parsed.source[end : node.start_byte].strip()
            end = node.start_byte
            if node.child_count and not _is_exact(node):
                yield node.type.encode()
                cursor.goto_first_child()
                continue
            yield _written(parsed.source[node.start_byte : node.end_byte], node, name)
        end = node.end_byte if node is not None else end
        while not cursor.goto_next_sibling():
            yield parsed.source[end : cursor.node.end_byte].strip() if cursor.node is not None else b""
            if not cursor.goto_parent():
                return
            yield b"\0"
            end = cursor.node.end_byte if cursor.node is not None else end


def _is_exact(node: Node) -> bool:
    return node.type not in _NOT_EXACT and any(word in node.type for word in _EXACT)


def _says_nothing(node: Node, parsed: Parsed) -> bool:
    if node.type in (",", ";"):
        return _is_optional(node, parsed.language.name)
    if node.type == "expression_statement":
        return parsed.language.name == "python" and _is_docstring(node) and b"__doc__" not in parsed.source
    return "comment" in node.type or (node.type == "\n" and parsed.language.name == "go")


def _is_optional(mark: Node, language: str) -> bool:
    """Whether the language takes the same code with and without it: JavaScript's last `;`, a comma before a closing bracket."""
    around, before, behind = mark.parent, mark.prev_sibling, mark.next_sibling
    if around is None or before is None:
        return False
    if mark.type == ";":
        return language in _NO_SEMICOLON and behind is None
    if language not in _LAST_COMMA or around.type not in _LISTS:
        return False
    return before.is_named and behind is not None and behind.type in _CLOSERS


def _is_docstring(statement: Node) -> bool:
    above, text = statement.prev_named_sibling, statement.child(0) if statement.child_count == 1 else None
    while above is not None:
        if "comment" not in above.type:
            return False
        above = above.prev_named_sibling
    return text is not None and text.type == "string"


def _written(text: bytes, node: Node, language: str) -> bytes:
    """The text of a token; of a text in quotes that may be either ones, and holds neither, with double ones."""
    body = text.strip(b"rbfuRBFU")[1:-1] if node.type == "string" else b""
    plain = language in _EITHER_QUOTE and node.type == "string" and not any(sign in body for sign in b"'\"\\{")
    return text.replace(b"'", b'"') if plain and body else text
