"""What a shipper prints before every line, found by being common to the lines of a trace and not by a list.

A row of a trace is recognised wherever in its line it stands. What stands before it is a prefix when other lines begin
the same way, digits aside.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

LEAST_LINES = 2
MAX_PREFIX = 200
MAX_LAYERS = 4
FEWEST_OF_ALL = 5
FEWEST_MARKED = 3

_ROWS = (
    (('File "', "Traceback"), re.compile(r"Traceback \(most recent call last\):|File \"[^\"\n]{1,500}\", line \d")),
    (
        ("@", "://"),
        re.compile(
            r"(?<![\w$.@</*-])(?:[\w$.</*-]{0,200}@)?(?:https?|file|webpack|capacitor|app)://(?:[^\s()@]|/@){1,600}:\d{1,9}:\d{1,9}$"
        ),
    ),
    (
        (".java:", ".kt:", ".kts:", ".scala:", ".groovy:", ".clj"),
        re.compile(
            r"(?<![\w$.<>/@-])[\w$.<>/@-]{3,400}+(?:\([\w$-]{1,200}+\."
            r"(?:java|kts?|scala|groovy)| ?\([\w$-]{1,200}+\.cljc?):\d{1,9}\)"
        ),
    ),
    ((".py:",), re.compile(r"(?<![\w./@-])[\w./@-]{1,300}\.py:\d{1,7}: (?:in [\w<]|[\w.]{0,100}(?:Error|Exception)$)")),
    (("panicked at ",), re.compile(r"(?:thread '[^'\n]{0,100}' )?(?:\(\d{1,9}\) )?panicked at ")),
    (
        (".jar//",),
        re.compile(
            r"[aA]t [^()\n]{1,200}\.jar//[\w$.<>-]{3,400}"
            r"\((?:[\w$-]{1,200}\.\w{1,10}(?::\d{1,9})?|Native Method|Unknown Source)\)"
        ),
    ),
    (
        ("at ", "At "),
        re.compile(
            r"[aA]t (?:[^\s()]{0,200}/)?[\w$.<>-]{3,400}"
            r"\((?:[\w$-]{1,200}\.\w{1,10}(?::\d{1,9})?|Native Method|Unknown Source)\)"
            r"|at (?:async )?(?:[^\s()@]{1,200} (?:\[as \w{1,80}\] )?\()?[^\s()]{0,400}:\d{1,9}:\d{1,9}\)?$"
            r"|at [\w.+<>`|$\[\],]{3,400} ?\([^()]{0,300}\)(?:(?: \[0x[0-9a-f]{1,8}\])? in \S|$)"
        ),
    ),
    (
        ("#",),
        re.compile(
            r"#\d{1,4} (?:(?:[/\\]|[A-Za-z]:[\\/])[^\n(#]{1,400}+(?:#(?!\d{1,4} )[^\n(#]{0,400}+){0,5}\(\d{1,9}\)"
            r"|\{main\}|\[internal function\]|\s{2,8}\S[^\n]{0,300}\((?:package|dart):)"
        ),
    ),
    (
        (":in `", ":in '", ":in`"),
        re.compile(
            r"(?:\d{1,4}: )?(?:from )?(?:\b[A-Za-z]:)?(?<![\w@./\\-])[\w@./\\-]{1,300}\.\w{2,9}:\d{1,7}:in ?[`']"
        ),
    ),
    (
        ("goroutine ", ".go:"),
        re.compile(
            r"goroutine \d{1,12} \[|(?:\b[A-Za-z]:)?(?<![/\w@.+-])[/\w@.+-]{1,400}\.go:\d{1,7}"
            r"(?: \+0x[0-9a-f]{1,16}(?: fp=0x\S{1,20} sp=0x\S{1,20}(?: pc=0x\S{1,20})?)?)?$"
        ),
    ),
    (
        (".ex:", ".exs:", ".erl:"),
        re.compile(r"(?:\([\w.@-]{1,80}(?: [\w.+-]{1,60})?\) )?(?<![\w./@-])[\w./@-]{1,300}\.(?:exs?|erl):\d{1,7}: \S"),
    ),
    (
        ("::", "rust_begin"),
        re.compile(r"(?<!\d)\d{1,4}: +(?:0x[0-9a-f]{1,16} - )?<?(?:[\w]{1,100}::|rust_begin_unwind)"),
    ),
)
_CUES = tuple((cue, number) for number, (cues, _) in enumerate(_ROWS) for cue in cues)
# A path with a blank in it is no prefix of its end, nor is what panicked one of the goroutine behind it.
_NO_PREFIX = re.compile(r"(?:^|\s)(?:\.{0,2}/[\w.@]|[A-Za-z]:[\\/]|(?:panic|fatal error): \S)")
# The gutter of Python's exception groups tells how deep they lie.
_GUTTERS = re.compile(r"^\s*[|+-]+$")
_ROW_WORD = re.compile(r"\s*(?:(?:at|from|in|File|by|called)\b|#0|0:)")
_LABEL = re.compile(r"\s*[A-Z][a-z]{1,20}(?: [A-Za-z]{1,20}){0,3}:$")
_MARKED = re.compile(r"\d|[:|>\])}~*#+-]$")
_GUTTER = " \t|+-"
_QUOTED = r">(?: ?>){0,8}"
_NUMBER = re.compile(r"\d+")
_EXITED = re.compile(r"\bexited with code \d{1,3}$")  # a composer's own word of a container


def without_common_prefixes(lines: Sequence[str]) -> tuple[list[str], frozenset[int]]:
    """The lines without the prefixes that their traces' rows share, and the indexes of lines where prefixed blocks end.

    One after the other: what a shipper put before the lines comes off before what the logger below it had put there.
    """
    plain = list(lines)
    ends: set[int] = set()
    done: set[str] = set()
    for _ in range(MAX_LAYERS):
        shape = next((shape for shape in _shapes(plain) if shape not in done), None)
        if shape is None:
            break
        done.add(shape)
        _take_away(shape, plain, ends)
    return plain, frozenset(ends)


def _take_away(shape: str, plain: list[str], ends: set[int]) -> None:
    pattern = re.compile(shape)
    found = {index: match for index, line in enumerate(plain) if (match := pattern.match(line))}
    if len(found) < LEAST_LINES or (_LABEL.match(next(iter(found.values()))[0]) and not _beside(list(found), plain)):
        return
    rests = {index: plain[index][match.end() :] for index, match in found.items()}
    gap = _gap([rest for rest in rests.values() if rest.strip()])
    for index, rest in rests.items():
        plain[index] = rest[gap:] if rest.strip() else ""
    if max(found) - min(found) + 1 == len(found):  # without holes: every line of the block has the prefix
        ends.add(max(found) + 1)


def _beside(found: Sequence[int], lines: Sequence[str]) -> bool:
    """Whether two of the lines follow each other, blank lines aside: what stands only here and there is a label of a report."""
    return any(not any(map(str.strip, lines[one + 1 : other])) for one, other in pairwise(found))


def _gap(rests: Sequence[str]) -> int:
    """How many blanks belong to the prefix: one, where only rows have it, whose indent is their own; else what is before all."""
    indents = [len(rest) - len(rest.lstrip(" \t")) for rest in rests]
    least = min(indents, default=0)
    if any(line[:1] == "\t" for line in rests) or all(map(shows_row, rests)):
        return min(least, 1)
    return least


def _shapes(lines: Sequence[str]) -> list[str]:
    """Regular expressions of the prefixes before rows of a trace, the commonest first."""
    counts: Counter[str] = Counter()
    grouped = any("+ Exception Group" in line for line in lines)
    for line in lines:
        start = _start_of_row(line)
        before = line[:start].rstrip() if start > 0 else ""
        before = before.rstrip(_GUTTER) if grouped else before
        gutter = _GUTTERS.match(before) and grouped
        if before and len(before) <= MAX_PREFIX and not gutter and not _NO_PREFIX.search(before):
            counts[_shape(before)] += 1
    shapes = [shape for shape, _ in counts.most_common(MAX_LAYERS)]
    quoted = sum(line.startswith(">") for line in lines)
    return [_QUOTED, *shapes] if quoted > LEAST_LINES and _QUOTED not in shapes else shapes


def prefix_of_all(lines: Sequence[str]) -> re.Pattern[str] | None:
    """What every line of a text begins with, numbers aside, up to a blank; None when they share nothing or are rows themselves."""
    said = [line for line in lines if line.strip() and not _EXITED.search(line)]
    if len(said) < FEWEST_MARKED:
        return None
    if not _common_start(*(_NUMBER.sub("0", line[:MAX_PREFIX]) for line in (said[0], said[-1]))):
        return None
    shapes = sorted(_NUMBER.sub("0", line[:MAX_PREFIX].rstrip() + " ") for line in said)
    common = _common_start(shapes[0], shapes[-1])
    common = common.partition('{"')[0].partition('["')[0]
    row = _start_of_row(shapes[0])
    common = common if row < 0 else common[:row]
    common = common[: max(common.rfind(" "), common.rfind("\t")) + 1]
    words = common.rstrip()
    if len(said) < FEWEST_OF_ALL and not _MARKED.search(words):
        return None
    if len(words) < 2 or _ROW_WORD.match(words) or _NO_PREFIX.search(words):
        return None
    return re.compile(re.escape(words).replace("0", r"\d{1,20}") + rf"\s{{0,{len(common) - len(words)}}}")


def _common_start(one: str, other: str) -> str:
    """What two texts begin with; of sorted texts the first and the last share what all of them share."""
    length = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[:length]


def shows_row(line: str) -> bool:
    """Whether a row of a trace stands in the line."""
    return _start_of_row(line) >= 0


def _start_of_row(line: str) -> int:
    """Where in a line a row of a trace begins; -1: there is none."""
    shown = {number for cue, number in _CUES if cue in line}
    starts = [row.start() for number in shown if (row := _ROWS[number][1].search(line, 0, 2_000)) is not None]
    return min(starts, default=-1)


def _shape(text: str) -> str:
    """The text as a pattern in which a number stands for every number of about as many digits."""
    parts: list[str] = []
    end = 0
    for number in _NUMBER.finditer(text):
        parts.append(re.escape(text[end : number.start()]))
        length = len(number[0])
        parts.append(rf"\d{{{max(length - 1, 1)},{length + 1}}}")
        end = number.end()
    parts.append(re.escape(text[end:]))
    return "".join(parts)
