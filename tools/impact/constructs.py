"""Standard errors of engines and databases that mean one construct of the language, though they name nothing.

`slice bounds out of range` can only be thrown where something is sliced; a commit that brought slicing is nearer to it
than one that did not.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tools.commits.analysis import ReadCommit
from tools.commits.annotations import unannotated
from tools.commits.diff_facts import is_comment
from tools.git.diff import Hunk
from tools.text.comments import comment_behind
from tools.text.redaction import redact_code


@dataclass(frozen=True, slots=True)
class Construct:
    """`error` finds the message, `code` the lines that can throw it; `name` completes "added ...".

    `quoted`: it is written inside strings, as SQL is. `only`: how the files of the error's language end, where its words
    tell which that is.
    """

    name: str
    error: re.Pattern[str]
    code: re.Pattern[str]
    quoted: bool = False
    only: tuple[str, ...] = ()

    def stands_in(self, line: str, path: str) -> bool:
        """Whether a line of the file `path` holds it in what can run there."""
        if self.only and not path.endswith(self.only):
            return False
        own = [code for (name, ends), code in _OF_LANGUAGE.items() if name == self.name and path.endswith(ends)]
        found = [code for code in (self.code, *own) if code.search(line)]
        run = _run(line, path, quoted=self.quoted) if found else ""
        return any(code.search(run) for code in found)


@dataclass(frozen=True, slots=True)
class ConstructTouch:
    """How many lines with the construct a commit added, and one of them."""

    construct: Construct
    lines: int
    place: str
    source: str


_EXCERPT: Final = 80  # letters
_ROWS: Final = (
    ("slicing", r"slice bounds out of range", r"\w\[[^\]\n:]{0,100}+:[^\]\n]{0,100}+\]"),
    (
        "a channel's closing or sending",
        r"(?:send on|close of) (?:a )?closed channel",
        r"\bclose\(|<-",
    ),
    ("a wait group's use", r"WaitGroup", r"WaitGroup|\.Wait\(\)|\.Add\(|\.Done\(\)"),
    (
        "a lock's use",
        r"unlock of unlocked|lock of unlocked|deadlock",
        r"\b(?:R?Lock|R?Unlock|lock|unlock|acquire|release)\(|synchronized",
    ),
    (
        "use by several threads",
        r"concurrent map|ConcurrentModification",
        r"\bmap\[|\bgo func|\bsync\.|\.(?:remove|add|put)\(",
    ),
    (
        "a time with or without its zone",
        r"offset-naive|offset-aware|tz-naive|tz-aware|naive datetime|Kind (?:Utc|Local|Unspecified)",
        r"\butcnow\b|\bnow\(|\btzinfo\b|\bUTC\b|\butc\b|timezone|fromtimestamp|strptime|fromisoformat|make_(?:aware|naive)"
        r"|DateTime(?:Kind|Offset)?\b|ToUniversalTime",
    ),
    ("reflection", r"\breflect: ", r"\breflect\.|\.Elem\(\)|SetFrom"),
    ("`instanceof`", r"Right-hand side of 'instanceof'", r"\binstanceof\b"),
    (
        "a class or module used as a parent",
        r"Class extends value|Super expression must",
        r"\bextends\b|\brequire\(|\bimport\b",
    ),
    (
        "a unary or binary division",
        r"division by zero|Division by zero|DivisionByZero|ZeroDivision|divided by 0|/ by zero",
        r"[\w)\]]\s*(?:/|%|//)\s*[\w($]|\bdiv\b",
    ),
    (
        "changing a frozen value",
        r"can't modify frozen|FrozenError|FrozenInstance",
        r"\.freeze\b|<<|\w!(?:\W|$)|frozen_string_literal|frozen\s*=\s*True",
    ),
    (
        "a test of membership or a loop",
        r"(?:argument of type|object is not) .{0,60}(?:not iterable|iterable)|"
        r"is not iterable|must be of type (?:array|iterable)|foreach\(\)",
        r"\bin\b|\bfor(?:each)?\b",
    ),
    (
        "making JSON",
        r"not JSON serializable|JSON serializ|circular structure to JSON",
        r"json|JSON|dumps|serialize|Encoder",
    ),
    (
        "a variable passed by reference",
        r"Only variables should be passed by reference",
        r"\b(?:end|reset|array_pop|array_shift|current|key|next)\s*\(\s*\w+\(",
    ),
    (
        "a key or index of a table",
        r"[Ss]pecified key was too long|max(?:imum)? key length",
        r"\b(?:PRIMARY |UNIQUE )?KEY\b|\bINDEX\b|VARCHAR|CHARACTER SET|COLLATE|utf8mb4",
    ),
    (
        "rows, or a rule that their values be unique",
        r"duplicate key value|Duplicate entry|UNIQUE constraint failed|RecordNotUnique",
        r"\bINSERT\b|\bUNIQUE\b|unique|\bUPSERT\b|ON CONFLICT",
    ),
    (
        "rows, or a rule that a value be there",
        r"not-null constraint|cannot be null|NOT NULL constraint",
        r"NOT NULL|null\s*[:=]\s*False|nullable|null: false|\bINSERT\b",
    ),
    ("strict types", r"must be of (?:the )?type|TypeError", r"declare\(\s*strict_types\s*=\s*1"),
    (
        "strict mode",
        r"is not defined|undeclared variable|read[- ]only|not extensible",
        r"^\s*['\"]use strict['\"]",
    ),
    (
        "a recursive call",
        r"[Mm]aximum (?:call stack|function nesting|recursion)|recursion depth|"
        r"StackOverflow|stack level too deep",
        r"\b__getattr__\b|\bself\.\w+\(|\bthis\.\w+\(|\$this->\w+\(|\bsuper\b|\bparent::",
    ),
    (
        "indexing",
        r"index out of range|[Ii]ndex was out(?:side)?|[Ii]ndexError|out of bounds|OutOfBounds",
        r"\w\[[^\]:\n\"']{1,100}+\]",
    ),
    (
        "asynchronous code",
        r"was never awaited|coroutine|unhandled promise|UnhandledPromise",
        r"\basync\b|\bawait\b|\.then\(|Promise",
    ),
    (
        "a change of access",
        r"[Aa]ccess level|[Cc]annot access (?:private|protected)|private property|"
        r"has private access|attempts? to call private",
        r"\b(?:private|protected|public|internal)\b",
    ),
)
_QUOTED: Final = frozenset(
    {
        "a key or index of a table",
        "rows, or a rule that their values be unique",
        "rows, or a rule that a value be there",
        "strict mode",
    }
)
_SCRIPTS: Final = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte")
_JAVA: Final = (".java", ".kt", ".kts", ".scala", ".groovy")
_SHARP: Final = (".cs", ".vb", ".fs")
_OF_LANGUAGE: Final = {
    ("a test of membership or a loop", _SCRIPTS): re.compile(r"\bof\b|\.\.\."),
    ("indexing", _JAVA): re.compile(r"\.(?:get|charAt|elementAt|first|last|getFirst|getLast|substring)\("),
    ("indexing", _SHARP): re.compile(r"\.(?:ElementAt|First|Last)\("),
    ("indexing", (".cc", ".cpp", ".cxx", ".h", ".hpp")): re.compile(r"\.at\("),
}
"""What throws these errors in some languages alone; elsewhere it is words, or gives nothing (`.get(`)."""
_LANGUAGES: Final = (
    (re.compile(r"runtime error: index out of range"), (".go",)),
    (re.compile(r"(?:list|tuple|string|bytearray|array)(?: assignment)? index out of range"), (".py", ".pyi", ".pyx")),
    (re.compile(r"the len is \d+ but the index"), (".rs",)),
    (re.compile(r"OutOfBoundsException|out of bounds for length"), _JAVA),
    (re.compile(r"Index was out(?:side)?"), _SHARP),
)
"""Words of one language's own errors, and how its files end."""

_STRING: Final = re.compile(r"\"(?:[^\"\\]|\\.)*+\"|`(?:[^`\\]|\\.)*+`")
_STRINGS: Final = re.compile(_STRING.pattern + r"|(?:(?<!\w)[fFrRbBuU]{1,2}|(?<!\w))'(?:[^'\\]|\\.)*+'")
_GENERIC: Final = re.compile(
    r"\b(?:[A-Z]{1,3}[a-z][A-Za-z0-9]{0,40}|dict|list|tuple|set|frozenset|type)"
    r"\[(?:[^\[\]]|\[[^\[\]]{0,100}+\]){0,200}+\]"
)
"""A generic type of Python, `Union[A, list[B]]`: its brackets index nothing that can be too short."""
_DOCSTRING: Final = re.compile(r"\s*+[rRuU]?(\"\"\"|''')")
_FILLED_IN: Final = re.compile(r"\{[^{}]*+\}")
_CONSTRUCTS: Final = tuple(
    Construct(name, re.compile(error), re.compile(code), name in _QUOTED) for name, error, code in _ROWS
)


def construct_in(exception: str, message: str) -> Construct | None:
    """The construct that an error means, when it means one."""
    text = f"{exception} {message[:1_000]}"
    found = next((each for each in _CONSTRUCTS if each.error.search(text)), None)
    only = next((ends for words, ends in _LANGUAGES if words.search(text)), ())
    return replace(found, only=only) if found is not None and only else found


def construct_touch(construct: Construct, read: ReadCommit, cited: Collection[str] = ()) -> ConstructTouch | None:
    """The lines with the construct that a commit added. Moved lines count: in another order they may fail. The first in
    a file of `cited` is the one that is told; without one, the first of all."""
    found = list(_added(construct, read))
    if not found:
        return None
    path, number, line = next((each for each in found if each[0] in cited), found[0])
    return ConstructTouch(construct, len(found), f"{path}:{number}", _excerpt(construct, redact_code(read.clean(line))))


def _added(construct: Construct, read: ReadCommit) -> Iterator[tuple[str, int, str]]:
    """Path, number and text of each added line with the construct."""
    for change in read.diff.files:
        for hunk in change.hunks:
            documents = set(_documenting(hunk.added)) if change.path.endswith((".py", ".pyi")) else ()
            for place, (line, number) in enumerate(zip(hunk.added, hunk.added_at, strict=True)):
                if place in documents or len(line) >= 400 or _stood_there(construct, hunk, place):
                    continue
                if construct.stands_in(line, change.path):
                    yield change.path, number, line


def _stood_there(construct: Construct, hunk: Hunk, place: int) -> bool:
    """Whether the line stands for one that held the same of the construct: only what is beside it was edited."""
    if len(hunk.removed) != len(hunk.added):
        return False
    before, now = (
        Counter(map(str, construct.code.findall(row[:400]))) for row in (hunk.removed[place], hunk.added[place])
    )
    return bool(now) and not now - before


def _documenting(rows: Sequence[str]) -> Iterator[int]:
    """The places, in a block of added rows of Python, of those inside a docstring: a text on its own lines right below a
    row that opens a definition."""
    above, end = "", ""
    for place, row in enumerate(rows):
        if end:
            yield place
            end = "" if end in row else end
        elif above.endswith(":") and (begun := _DOCSTRING.match(row)):
            yield place
            end = "" if begun[1] in row[begun.end() :] else begun[1]
        above = row.rstrip() or above


def _excerpt(construct: Construct, line: str) -> str:
    """The line, cut where it is long so that the construct stays."""
    text = line.strip()
    match = construct.code.search(text)
    if len(text) <= _EXCERPT or match is None or match.end() <= _EXCERPT:
        return text[:_EXCERPT]
    start = max(match.end() - _EXCERPT + 1, 0) if match.end() - match.start() < _EXCERPT else match.start()
    return f"…{text[start:][: _EXCERPT - 1]}"


def _run(line: str, path: str, *, quoted: bool) -> str:
    """What of a line can run: neither comments nor the words of strings nor, in Python, annotations."""
    comment = comment_behind(path)
    code = "" if is_comment(line, path) else comment.sub("", line) if comment else line
    code = code if quoted else _without_words(code, path)
    return _GENERIC.sub("", unannotated(code) or code) if path.endswith((".py", ".pyi")) else code


def _without_words(line: str, path: str) -> str:
    """The line with strings emptied to what is filled in (`"a {b[0]}"`); Rust's single apostrophes name lifetimes."""
    string = _STRING if path.endswith(".rs") else _STRINGS
    return string.sub(lambda found: '"' + "".join(_FILLED_IN.findall(found[0])) + '"', line)


def touches_of_construct(
    construct: Construct | None, read: Sequence[ReadCommit], cited: Collection[str] = ()
) -> list[ConstructTouch | None]:
    """For each commit what it added of the construct, told by a line in a file of `cited` where there is one."""
    return [construct_touch(construct, each, cited) if construct else None for each in read]
