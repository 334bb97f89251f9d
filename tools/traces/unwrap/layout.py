"""What copying and viewing does to the lines of a log as a whole: order, doubled line ends, wrapped rows, marks at the ends."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from tools.traces.announced import announced
from tools.traces.unwrap.collector import without_attributes
from tools.traces.unwrap.labelled import without_labels
from tools.traces.unwrap.literals import without_quotes
from tools.traces.unwrap.logfmt import without_pairs
from tools.traces.unwrap.prefixes import shows_row
from tools.traces.unwrap.rspec_causes import without_comments_of_cause
from tools.traces.unwrap.wrapped import unwrapped

WIDEST_MARGIN: Final = 12
FEWEST: Final = 3
FEWEST_BLANKS: Final = 2
FEWEST_DOUBLED: Final = 6

_STAMP: Final = re.compile(
    r"[\[\"]?(\d{4}[-/]\d\d[-/]\d\d[T ,]{1,2}\d\d:\d\d:\d\d(?:[.,]\d{1,9})?|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?)"
)
_MARKS: Final = re.compile(r"(?: ?[|│]| ?\\|,|;|\"|\",|\\n|<br ?/?>)$")
_TICKED: Final = re.compile(r"(\s{0,40})`([^`].*[^`])`\s*$")
_BOLD: Final = re.compile(
    r"^(> ?)?\s*\*\*([\w.$:\\]{3,200}|(?:\w{1,80}\.){1,12}\w{3,120}: [^*\n]{1,1000})\*\*(?=: |\s*$)"
)
_ROW_OF_PYTHON: Final = re.compile(r"File \"[^\"]{1,400}\", line \d")
_LABEL: Final = re.compile(r"\s*\*\*[^*\n]{1,40}:\*\*\s{1,8}(?=\S)")
_NUMBER: Final = re.compile(r"\d{1,7}")
_GROUP_INDENT: Final = 2  # Python prints an exception group two columns in: that indent tells its depth
_BULLET: Final = re.compile(r"(\s{0,20})[-*•+] (?=\S)")


def repaired(lines: Sequence[str]) -> tuple[list[str], set[int]]:
    """The lines as they were before they were copied: oldest first, one line end each, nothing at their ends, blocks at the margin.

    Also the indexes of the lines with which something else begins.
    """
    plain = list(lines)
    if len(plain) < FEWEST:
        return plain, set()
    plain = without_attributes(_without_doubled_ends(_without_numbers(plain)))
    plain = _oldest_first(plain)
    plain = _without_marks(without_pairs(_without_boxes(plain)))
    plain = [_without_bold(line) if "**" in line[:WIDEST_MARGIN] else line for line in plain]
    plain = _without_ticks(plain)
    plain = _without_bullets(plain)
    plain = without_comments_of_cause(without_labels(unwrapped(plain)))
    return plain, _blocks_at_the_margin(plain)


def dedented(lines: list[str]) -> list[str]:
    """A pasted block that is indented as a whole, without that indent."""
    indents = [len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()]
    margin = min(indents, default=0)
    return [line[margin:] for line in lines] if margin > _GROUP_INDENT else lines


def _without_doubled_ends(lines: list[str]) -> list[str]:
    """A form that doubled each line end leaves a blank line behind nearly every other one, in the whole text or where rows stand."""
    said = [at for at, line in enumerate(lines) if line.strip()]
    followed = sum(at + 1 < len(lines) and not lines[at + 1].strip() for at in said[:-1])
    if len(said) < FEWEST:
        return lines
    if followed * 10 >= (len(said) - 1) * 9:
        return [line for line in lines if line.strip()]
    doubled = {at for run in _doubled_runs(lines) if any(shows_row(lines[each]) for each in run) for at in run[1:]}
    return [line for at, line in enumerate(lines) if at + 1 not in doubled or line.strip()] if doubled else lines


def _doubled_runs(lines: Sequence[str]) -> Iterator[list[int]]:
    """Lines of which each stands one blank line below the one before it, where that are many."""
    run: list[int] = []
    for at, line in enumerate([*lines, "", "", ""]):
        if line.strip():
            run = [*run, at] if run and run[-1] == at - 2 else run if len(run) >= FEWEST_DOUBLED else [at]
            if run[-1] != at:
                yield run
                run = [at]
        elif run and at - run[-1] > 1:
            if len(run) >= FEWEST_DOUBLED:
                yield run
            run = []


def _without_numbers(lines: list[str]) -> list[str]:
    """A page that numbers its lines puts each number on a line of its own when it is copied."""
    numbers = [(at, int(line)) for at, line in enumerate(lines) if _NUMBER.fullmatch(line.strip())]
    counted = [at for (at, one), (_, other) in pairwise(numbers) if abs(other - one) == 1]
    if len(counted) < FEWEST or not any(map(shows_row, lines)):
        return lines
    alone = {at for at, _ in numbers}
    return [line for at, line in enumerate(lines) if at not in alone]


def _oldest_first(lines: list[str]) -> list[str]:
    """Viewers that show the newest record at the top: records are turned round, lines without a time stay with theirs."""
    stamps = [(at, found[1]) for at, line in enumerate(lines) if (found := _STAMP.match(line))]
    times = [stamp for _, stamp in stamps]
    if _stands_on_its_head(lines):
        return lines[::-1]
    if len(times) < FEWEST or times[0] <= times[-1] or len({len(time) for time in times}) > 1:
        return lines
    if any(later > earlier for earlier, later in pairwise(times)):
        return lines
    begun = [at for at, _ in stamps] + [len(lines)]
    records = [lines[start:end] for start, end in pairwise(begun)]
    return [*lines[: begun[0]], *(line for record in reversed(records) for line in record)]


def _stands_on_its_head(lines: Sequence[str]) -> bool:
    """Whether each line is a record of its own, the newest first: a traceback then ends with its title and begins with the exception."""
    titles = [at for at, line in enumerate(lines) if "Traceback (most recent call last)" in line]
    rows = [at for at, line in enumerate(lines) if titles and _ROW_OF_PYTHON.search(line)]
    if not rows or rows[0] > titles[0] or rows[-1] > titles[-1]:
        return False
    return any(announced(line) is not None for line in lines[max(rows[0] - 2, 0) : rows[0]])


def _without_boxes(lines: list[str]) -> list[str]:
    """What a tool told in boxes that are open to the right: corners above and below, a bar before each line."""
    if not any(line.strip() == "\u2577" for line in lines):
        return lines
    inside = False
    plain: list[str] = []
    for line in lines:
        corner = line.strip() in ("\u2577", "\u2575")
        inside = line.strip() == "\u2577" if corner else inside and line.startswith("\u2502")
        plain.append("" if corner else line.removeprefix("\u2502").removeprefix(" ") if inside else line)
    return plain


def _without_marks(lines: list[str]) -> list[str]:
    """Without the quotes around each line, or the mark that ends each: a list in JSON, a table, a shell's continuation."""
    said = [line for line in lines if line.strip()]
    inside = [line for line in said if len(line.strip()) > 1]
    if len(inside) < FEWEST:
        return lines
    quoted = {line: text for line in inside if (text := without_quotes(line)) is not None}
    if sum(line in quoted for line in inside) * 10 >= len(inside) * 9 and all(
        line.lstrip()[:1] in "\"'" for line in quoted
    ):
        return [part for line in lines for part in quoted.get(line, line).removesuffix("\n").split("\n")]
    marked = [found[0] for line in said[:-1] if (found := _MARKS.search(line.rstrip()))]
    mark = max(set(marked), key=marked.count) if marked else ""
    rows = [line.rstrip() for line in said[:-1] if shows_row(line.rstrip().removesuffix(mark))]
    if (
        not mark
        or not rows
        or marked.count(mark) * 5 < (len(said) - 1) * 4
        or not all(row.endswith(mark) for row in rows)
    ):
        return lines
    return [line.rstrip().removesuffix(mark) for line in lines]


def _without_bold(line: str) -> str:
    """A type in bold letters as text, and an error without the label that a person put before it."""
    label = _LABEL.match(line)
    said = announced(line[label.end() :]) if label is not None else None
    if label is not None and said is not None and not said.start:
        return line[label.end() :]
    return _BOLD.sub(r"\1\2", line, count=1)


def _without_ticks(lines: list[str]) -> list[str]:
    """Without the backticks that a person put around each line, or before the first one and behind the last."""
    inside = {at: f"{found[1]}{found[2]}" for at, line in enumerate(lines) if (found := _TICKED.match(line))}
    if len(inside) >= FEWEST and any(shows_row(line) for line in inside.values()):
        return [inside.get(at, line) for at, line in enumerate(lines)]
    lines = [
        inside[at] if at in inside and _is_pasted(lines, at, inside[at]) else line for at, line in enumerate(lines)
    ]
    first = next((at for at, line in enumerate(lines) if line.startswith("`") and not line.startswith("```")), None)
    below = reversed(range(first + 1, len(lines))) if first is not None else ()
    last = next((at for at in below if _closes(lines[at].rstrip())), None)
    if first is None or last is None:
        return [_row_without_ticks(line) if line.rstrip().endswith("`") else line for line in lines]
    if lines[first].strip() == lines[last].strip() == "`":  # a person's fence, or a message's own above its rows
        if any(map(shows_row, lines[last + 1 :])):
            return lines
        return [*lines[:first], "```", *lines[first + 1 : last], "```", *lines[last + 1 :]]
    closed = lines[last].rstrip()[:-1]
    between = [_row_without_ticks(line) if line.rstrip().endswith("`") else line for line in lines[first + 1 : last]]
    return [*lines[:first], lines[first][1:], *between, closed, *lines[last + 1 :]]


def _is_pasted(lines: Sequence[str], at: int, text: str) -> bool:
    """Whether all of a line between backticks is what somebody pasted; in the midst of a paragraph a tool sets off a name so."""
    near = "".join(lines[max(at - 1, 0) : at]).strip() and "".join(lines[at + 1 : at + 2]).strip()
    return "`" not in text and (not near or shows_row(text) or announced(text) is not None)


def _row_without_ticks(line: str) -> str:
    """A row without the backticks of a paste that ends with it, and without those before it when it is all of the paste."""
    text = line.rstrip().rstrip("`")
    ticks = len(line.rstrip()) - len(text)
    mark = "`" * ticks
    whole = text.lstrip().startswith(mark) and not text.lstrip().startswith(mark + "`")
    if ticks > FEWEST_BLANKS or not (whole or text.count("`") % 2 == 0) or not shows_row(text):
        return line
    return text.replace(mark, "", 1) if whole else text


def _closes(line: str) -> bool:
    """Whether the backtick at the end stands alone: Ruby opens with one what it closes with an apostrophe."""
    return line.endswith("'`") or (line.endswith("`") and line.count("`") % 2 == 1 and "```" not in line)


def _without_bullets(lines: list[str]) -> list[str]:
    """A point of a list whose next line is indented below its text; the mark becomes that indent."""
    plain = list(lines)
    for at in range(len(lines) - 1):
        bullet = _BULLET.match(lines[at])
        if at and (_BULLET.match(lines[at - 1]) or lines[at - 1].rstrip().endswith(":")):
            continue  # one of several points, or what a message lists
        if (
            bullet
            and shows_row(lines[at + 1])
            and lines[at + 1].startswith(bullet[1] + "  ")
            and not shows_row(lines[at])
        ):
            plain[at] = bullet[1] + "  " + lines[at][bullet.end() :]
    return plain


def _blocks_at_the_margin(lines: list[str]) -> set[int]:
    """Move blocks that are indented as a whole, header and all, to the margin; gives back where they end."""
    ends: set[int] = set()
    for first, end in _indented_runs(lines):
        indents = [len(line) - len(line.lstrip(" \t")) for line in lines[first:end] if line.strip()]
        margin = min(indents)
        heads = (line[margin:] for line in lines[first:end] if line[margin : margin + 1].strip())
        begun = lines[first].strip()
        starts = begun.startswith("Traceback") or not shows_row(begun)
        told = any(map(shows_row, lines[first:end]))  # the panics of a panic that was raised again stand in too
        if margin >= FEWEST_BLANKS and starts and told and any(map(_heads_a_trace, heads)):
            lines[first:end] = [line[margin:] for line in lines[first:end]]
            ends.add(end)
    return ends


def _heads_a_trace(line: str) -> bool:
    said = announced(line)
    return line.startswith(("Traceback (most recent", "panic: ", "thread '")) or (said is not None and not said.start)


def _indented_runs(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """From the first to behind the last of the lines between two lines that stand at the margin; blank lines do not part them."""
    first = last = -1
    for at, line in enumerate([*lines, "end"]):
        if not line.strip():
            continue
        if line[0] in " \t":
            first = at if first < 0 else first
            last = at
        elif first >= 0:
            yield first, last + 1
            first = -1
