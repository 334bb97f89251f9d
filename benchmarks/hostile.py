"""Hostile texts for a regular expression, built from its own structure.

A pattern is slow where it can begin at many places and go far before it fails: so every beginning of it, with its repeats as short and as
long as they may be, is repeated until the text is long enough; and every byte that it knows is repeated behind each beginning.
A pattern that must reach the text's end is also given each text with an end that it cannot match: without one it is never made to go back.
"""

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any, NamedTuple

# The only way to a pattern's structure; imported by name, since type stubs know it only where another module loads it.
op: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

LONGEST_REPEAT = 400
MOST_BEGINNINGS = 40
MOST_BYTES = 10
SHORTEST = 10
MOST_TAILS = 3

_CATEGORIES = {
    op.CATEGORY_DIGIT: "7",
    op.CATEGORY_SPACE: " ",
    op.CATEGORY_WORD: "a",
    op.CATEGORY_NOT_DIGIT: "a",
    op.CATEGORY_NOT_SPACE: "a",
    op.CATEGORY_NOT_WORD: " ",
}
_USUAL = "aA7 ./:-"


class Hostile(NamedTuple):
    """A text of any length: `unit` again and again behind `head`, and `tail` once."""

    head: str
    unit: str
    tail: str = ""

    def of(self, size: int) -> str:
        """About `size` characters of it."""
        times = (size - len(self.head) - len(self.tail)) // len(self.unit)
        return self.head + self.unit * max(1, times) + self.tail


def hostile_texts(pattern: "re.Pattern[Any]") -> list[Hostile]:
    """The texts for one pattern, each once."""
    tree = _tree(pattern)
    texts = list(dict.fromkeys(each for each in _texts(tree) if each.unit))
    tails = _tails(tree) if _reaches_end(tree) else []
    return [*texts, *(each._replace(tail=tail) for tail in tails for each in texts)]


def _tree(pattern: "re.Pattern[Any]") -> Any:  # noqa: ANN401 (the parser's own classes)
    text = pattern.pattern
    if isinstance(text, str):
        return parser.parse(text, pattern.flags)
    return parser.parse(text.decode("latin-1"), pattern.flags & ~re.UNICODE)


def _reaches_end(tree: Any) -> bool:  # noqa: ANN401
    """Whether the pattern, or one of its alternatives, ends where the text or a line does."""
    items = list(tree)
    if not items:
        return False
    code, value = items[-1]
    if code is op.AT:
        return value in (op.AT_END, op.AT_END_STRING)
    if code is op.BRANCH:
        return any(map(_reaches_end, value[1]))
    inner = {op.SUBPATTERN: 3, op.ASSERT: 1}.get(code)
    return inner is not None and _reaches_end(value[inner])


def _tails(tree: Any) -> list[str]:  # noqa: ANN401
    """What its last repeats do not go over: a byte that hardly a set names, and those that its last sets exclude."""
    excluded = list(dict.fromkeys(reversed(list(_excluded(tree)))))
    tails = ["\0", *(each for each in excluded if each != "\n")][:MOST_TAILS]
    return [*tails, "\n\0"] if "\n" in excluded else tails


def _excluded(tree: Any) -> Iterator[str]:  # noqa: ANN401
    """The bytes that its sets exclude, in order."""
    for code, value in tree:
        if code is op.NOT_LITERAL:
            yield chr(value)
        elif code is op.IN and value[0][0] is op.NEGATE:
            yield from (chr(each) for kind, each in value if kind is op.LITERAL)
        for inner in _inner(code, value):
            yield from _excluded(inner)


def _inner(code: Any, value: Any) -> list[Any]:  # noqa: ANN401
    """The patterns inside a node."""
    if code is op.BRANCH:
        return list(value[1])
    if code is op.ATOMIC_GROUP:
        return [value]
    at = {op.SUBPATTERN: 3, op.ASSERT: 1, op.ASSERT_NOT: 1}.get(code)
    at = 2 if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT) else at
    return [] if at is None else [value[at]]


def _texts(tree: Any) -> Iterator[Hostile]:  # noqa: ANN401
    # A blank always: many bytes of the first words would leave none for the repeats behind them.
    known = list(dict.fromkeys([*list(dict.fromkeys([*_bytes_of(tree), *_USUAL]))[:MOST_BYTES], " "]))
    beginnings = list(dict.fromkeys(_beginnings(tree, known)))[:MOST_BEGINNINGS]
    for begun in beginnings:
        yield from (Hostile("", begun), Hostile("", begun + " "), Hostile("", begun + "\n"))
    for begun in ["", *beginnings]:
        yield from (Hostile(begun[:LONGEST_REPEAT], byte) for byte in known)
    for begun in sorted(beginnings, key=len)[:SHORTEST]:
        yield from (Hostile("", begun + byte * 40) for byte in known)


def _beginnings(tree: Any, known: list[str]) -> Iterator[str]:  # noqa: ANN401 (the parser's own classes)
    """The text of the first items of a sequence, with their repeats short, long, and longer."""
    for repeats in (1, 30, LONGEST_REPEAT):
        for path in _paths(tree):
            text = ""
            for node in path:
                text += _sample(node, repeats, known)
                yield text


def _paths(tree: Any) -> Iterator[list[Any]]:  # noqa: ANN401
    """The sequence with each of its alternatives at the top in turn."""
    items = list(tree)
    branch = next((at for at, (code, _) in enumerate(items) if _is_choice(code, items[at][1])), None)
    if branch is None:
        yield items
        return
    for choice in _choices(items[branch]):
        yield [*items[:branch], *choice, *items[branch + 1 :]]


def _is_choice(code: Any, value: Any) -> bool:  # noqa: ANN401
    return code is op.BRANCH or (code is op.SUBPATTERN and len(value[3]) == 1 and value[3][0][0] is op.BRANCH)


def _choices(node: Any) -> list[list[Any]]:  # noqa: ANN401
    code, value = node
    return [list(each) for each in (value[1] if code is op.BRANCH else value[3][0][1][1])]


def _sample(node: Any, repeats: int, known: list[str]) -> str:  # noqa: ANN401
    """A text that matches a node; what only looks (assertions, positions) adds nothing."""
    code, value = node
    if code is op.LITERAL:
        return chr(value)
    if code is op.NOT_LITERAL:
        return next(each for each in (*known, "~") if each != chr(value))
    if code is op.ANY:
        return "a"
    if code is op.IN:
        return _one_of(value, known)
    if code is op.BRANCH:
        return _sequence(value[1][0], repeats, known)
    if code is op.SUBPATTERN:
        return _sequence(value[3], repeats, known)
    if code is op.ATOMIC_GROUP:
        return _sequence(value, repeats, known)
    if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        low, high, inner = value
        return _sequence(inner, repeats, known) * int(max(low, min(high, repeats)))
    return ""


def _sequence(tree: Any, repeats: int, known: list[str]) -> str:  # noqa: ANN401
    inner = 1 if len(list(tree)) == 1 else min(repeats, 3)
    return "".join(_sample(node, inner, known) for node in tree)


def _one_of(items: list[Any], known: list[str]) -> str:
    """A byte that a set allows; one that the pattern knows from elsewhere if there is one, as that is ambiguous."""
    pattern = re.compile(_set_text(items))
    usual = (*known, *"a7 ~\n", *map(chr, range(33, 127)))
    return next((each for each in usual if pattern.match(each)), "a")


def _set_text(items: list[Any]) -> str:
    parts = []
    for code, value in items:
        if code is op.LITERAL:
            parts.append(re.escape(chr(value)))
        elif code is op.RANGE:
            parts.append(f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}")
        elif code is op.CATEGORY:
            parts.append(
                {"7": r"\d", " ": r"\s", "a": r"\w"}[_CATEGORIES[value]] if "NOT" not in str(value) else _NOT[value]
            )
    negated = any(code is op.NEGATE for code, _ in items)
    return f"[{'^' if negated else ''}{''.join(parts)}]"


_NOT = {op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_NOT_SPACE: r"\S", op.CATEGORY_NOT_WORD: r"\W"}


def _bytes_of(tree: Any) -> Iterator[str]:  # noqa: ANN401
    """Every byte that a pattern names, in order."""
    for code, value in tree:
        if code in (op.LITERAL, op.NOT_LITERAL):
            yield chr(value)
        elif code is op.IN:
            yield from (chr(each) for kind, each in value if kind is op.LITERAL)
        for inner in _inner(code, value):
            yield from _bytes_of(inner)
