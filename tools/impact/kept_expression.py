"""Whether a rewritten line keeps the expression that fails: who only changed a text or a format beside it did not do it."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Set
from typing import Final

from tools.impact.error_kind import ErrorKind, error_kind_of
from tools.impact.failure_site import FailureSite

_LONGEST: Final = 400  # characters of a line
_MEMBER: Final = re.compile(r"(?:\?\.|&\.|\?->|->|::|\.)[ ]?([@$]?[A-Za-z_]\w*+[?!]?)|\[")
_GUARD: Final = re.compile(
    r"\b(?:if|else|elif|unless|and|or|not|is|in|when|case|try|rescue|catch|lambda|await|async|yield|then|assert|require)\b"
    r"|&&|\|\||\?\?|\?[.:\[-]|&\.|\s\?\s|!=?|=>|[=<>]=|\bNone\b|\bnull\b|\bnil\b|\bundefined\b"
)
TEXT: Final = re.compile(r"\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'")
_FORMAT: Final = re.compile(r"%[-+ #0-9.]*[A-Za-z]|\{[^{}]*\}")
_WORD: Final = re.compile(r"[A-Za-z_]\w*+")
_ELEMENT: Final = re.compile(r"\[[^\[\]\n]{1,100}\]")
_ELEMENT_MISSING: Final = re.compile(
    r"KeyError|IndexError|index out of|out of (?:range|bounds)|[Uu]ndefined (?:index|offset|array key)|OutOfBounds|OutOfRange"
)
_READ: Final = 600  # characters of a message
_OPENING: Final = {")": "(", "]": "[", "}": "{"}


def keeps_expression(site: FailureSite) -> Callable[[str, str, bool], bool]:
    """(old line, new line, whether the commit only renamed there) -> whether the new one still uses what failed just as
    the old one did. What failed is what the error says so of; of a null error that names nothing, every value that the
    line asks for something; of an index or key that is not there, every element that it takes."""
    names = {_last_name(clue.text) for clue in site.clues if clue.fails}
    kind = error_kind_of(site.exception, site.message)
    null, element = kind is ErrorKind.NULL, bool(_ELEMENT_MISSING.search(f"{site.exception} {site.message[:_READ]}"))

    def keeps(old: str, new: str, renamed: bool) -> bool:
        old = _renamed(old, new, names) if renamed else old
        if max(len(old), len(new)) > _LONGEST or not (names or null or element) or guards_on(old) != guards_on(new):
            return False
        if element and not names:
            return _none_new(_elements(old), _elements(new))
        before, after = Counter(uses_on(old)), Counter(uses_on(new))
        if not names:
            same = bool(after) and not after - before and _blanked(old) == _blanked(new)
            return (
                same
                or _words(old) == _words(new)
                or _none_new(_asserted(old), _asserted(new), _values(old), _values(new))
            )
        said = Counter({use: count for use, count in after.items() if use[1] in names})
        return bool(said) and not said - before

    return keeps


def _none_new(
    before: Set[str], after: Set[str], values_before: Set[str] = frozenset(), values: Set[str] = frozenset()
) -> bool:
    """Whether what can have failed on the new line could fail on the old one: of asserted values, where there are any, else of
    all that are asked for something."""
    return bool(after) and after <= before if after or before else bool(values) and values <= values_before


def _elements(line: str) -> frozenset[str]:
    """The elements that the line takes, as written: `tags[0]`."""
    found = ((line[start_of(line, each.start()) : each.start()], each[0]) for each in _ELEMENT.finditer(line))
    return frozenset("".join(f"{value}{index}".split()) for value, index in found if value.strip())


def _asserted(line: str) -> frozenset[str]:
    """The values of which Kotlin asserts that they are not null: `page.author` of `page.author!!`."""
    found = (line[start_of(line, each.start()) : each.start()].strip() for each in re.finditer("!!", line))
    return frozenset("".join(value.split()) for value in found if value)


def _values(line: str) -> frozenset[str]:
    return frozenset(value for value, member in uses_on(line))


def _renamed(old: str, new: str, failed: Set[str]) -> str:
    """The old line with the names of the new one; unchanged where that renames what failed itself."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    names = {a: b for a, b in zip(before, after, strict=False) if a != b}
    if len(before) != len(after) or failed & names.keys() or failed & set(names.values()):
        return old
    return _WORD.sub(lambda found: names.get(found[0], found[0]), old)


def _last_name(text: str) -> str:
    return re.split(r"\W+", text.strip("$@:#()"))[-1] or text


def guards_on(line: str) -> Counter[str]:
    """What decides on the line whether something of it runs, or what stands for a missing value."""
    return Counter(found.strip() for found in _GUARD.findall(TEXT.sub("''", line)))


def uses_on(line: str) -> Iterator[tuple[str, str]]:
    """(the value as written, the member that is asked of it) for each such use on the line; "[" for an element."""
    for found in _MEMBER.finditer(line):
        value = line[start_of(line, found.start()) : found.start()].strip()
        if value:
            yield re.sub(r"\s+", "", value), found[1] or "["


def start_of(line: str, end: int) -> int:
    """Where the value begins that ends at `end`: names, members, and brackets with what is in them."""
    place, open_brackets = end, list[str]()
    while place > 0:
        sign = line[place - 1]
        if sign in _OPENING:
            open_brackets.append(_OPENING[sign])
        elif open_brackets:
            if sign == open_brackets[-1]:
                open_brackets.pop()
        elif not (sign.isalnum() or sign in "_$@.:?&>-") or (sign == "-" and line[place : place + 1] != ">"):
            break
        place -= 1
    return place


def _words(line: str) -> tuple[frozenset[str], list[str]]:
    """The names, numbers and texts of the line, whatever is done with them: none of them is new."""
    texts = TEXT.findall(line)
    return frozenset(re.findall(r"\w+", TEXT.sub(" ", line))), sorted(texts)


def _blanked(line: str) -> tuple[str, list[str]]:
    """The line without its texts, and the formats that these hold."""
    texts = "".join(TEXT.findall(line))
    return re.sub(r"\s+", "", TEXT.sub("''", line)), _FORMAT.findall(texts)
