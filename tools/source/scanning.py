"""Looking for a name in the bytes of source files, without parsing them."""

import re
import string
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cache, lru_cache
from typing import Final

from tools.source.languages import Language
from tools.text.comments import is_comment_line

_BEFORE: Final = 200  # bytes of a line looked at before and after a name: enough for any real definition
_AFTER: Final = 120
_MAX_OCCURRENCES: Final = 500
_MAX_WORDS: Final = 5_000
_PREFIX: Final = 4
_PACKED_LINE: Final = 300  # bytes in the average line
_WORD: Final = frozenset(string.ascii_letters.encode() + string.digits.encode() + b"_" + bytes(range(128, 256)))
_KEYWORDS: Final = (
    b"def class function func fun interface trait enum record struct type module namespace object typealias "
    b"const let var val case"
).split()
_OPENED: Final = re.compile(
    rb"\b(?:%s)[\s*&]+(?:\([^)]*\)\s*|<[^>]*>\s*|(?:\w+(?:\.|::))+)?\0" % b"|".join(_KEYWORDS[:-5])
)
_FOLLOWED: Final = re.compile(rb"\s*[=(:;,{}\[<?!*'\")|]|[ \t]*$", re.MULTILINE)


class Definition(Enum):
    """What a line that may define a name looks like: opened by a keyword of definitions, or only perhaps one."""

    OPENED = "opened"
    PERHAPS = "perhaps"


def stands_in(data: bytes, word: bytes) -> bool:
    """Whether `word` stands in `data` as a whole word."""
    return next(occurrences(data, word), None) is not None


def definition_in(language: Language, data: bytes, name: bytes) -> tuple[Definition | None, int]:
    """What the likeliest line of `data` looks like that may define `name`, and how many lines were looked at.

    Sure only when it says None.
    """
    hint, found, count = _compiled(language), None, 0
    for count, at in enumerate(occurrences(data, name), 1):
        end = at + len(name)
        if not _is_plausible(data, at, end):
            continue
        line = _line(data, at, end)
        if hint.search(line) and not is_comment_line(line.decode(errors="replace"), language.suffixes[0]):
            if _OPENED.search(line):
                return Definition.OPENED, count
            found = Definition.PERHAPS
    return found, count


def _is_plausible(data: bytes, start: int, end: int) -> bool:
    """A cheap first look, for names that stand everywhere: no language defines a name inside prose or by `a.name(`."""
    before = data[max(0, start - 40) : start]
    if before.endswith((b".", b"->", b"::")) and data[end : end + 1] == b"(":
        return b"def " in before or b"fun " in before
    if _FOLLOWED.match(data, end):
        return True
    words = before.split()
    return before[before.rfind(b"\n") + 1 :].isspace() or (
        bool(words) and (words[-1] in _KEYWORDS or words[-1].endswith(b","))
    )


def occurrences(data: bytes, word: bytes) -> Iterator[int]:
    """Where `word` stands as a whole word, by byte; the first 500 places."""
    found = 0
    for match in _ending_there(word).finditer(data):
        at = match.start()
        if not at or data[at - 1] not in _WORD:
            yield at
            found += 1
            if found >= _MAX_OCCURRENCES:
                return


@lru_cache(maxsize=256)
def _ending_there(word: bytes) -> re.Pattern[bytes]:
    # What stands before is looked at afterwards: a pattern that begins with plain text is searched for much faster.
    return re.compile(re.escape(word) + rb"(?![\w\x80-\xff])")


def is_packed(data: bytes) -> bool:
    """Whether this is code that a program wrote on few, endless lines (minified scripts)."""
    return len(data) > _PACKED_LINE * (data.count(b"\n") + 1)


def words_like(contents: Iterable[bytes], name: str) -> set[str]:
    """Words that begin with the same two to four letters as `name`, in any case; the first 5,000 of them."""
    if len(name) < 2:
        return set()
    prefix = re.escape(name[: min(_PREFIX, max(2, len(name) // 2))].encode(errors="replace"))
    pattern = re.compile(rb"(?i:%s)\w{0,80}" % prefix)
    found: set[str] = set()
    for data in contents:
        found.update(word.decode(errors="replace") for word in pattern.findall(data))
        if len(found) > _MAX_WORDS:
            break
    return found


@cache
def _compiled(language: Language) -> re.Pattern[bytes]:
    return re.compile(language.hint)


def _line(data: bytes, start: int, end: int) -> bytes:
    """The line around a name, with NUL in the name's place."""
    begin = max(data.rfind(b"\n", max(0, start - _BEFORE), start) + 1, start - _BEFORE, 0)
    stop = data.find(b"\n", end, end + _AFTER)
    return data[begin:start] + b"\0" + data[end : stop if stop >= 0 else end + _AFTER].rstrip(b"\r")
