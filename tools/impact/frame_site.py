"""One frame of a trace at the deployed revision: its line, the function around it, and what they name."""

import re
from dataclasses import dataclass, replace
from typing import Final

from incidents.trace import Frame
from tools.impact.anchoring import anchored, guard_of, throws
from tools.impact.frame_names import owner_name
from tools.impact.said_line import Anchor
from tools.impact.site_text import calls_in, docstring_of, passes_everything_on, statement_at, words_of_callees
from tools.source.outline import Definition, Outline
from tools.text.identifiers import IDENTIFIER, identifiers
from tools.text.redaction import redact_code
from tools.text.rule import without_placeholders

FOLLOWED: Final = 6  # the innermost frames, of which the functions they call are read too


@dataclass(frozen=True, slots=True)
class FrameSite:
    """One in-app frame at the deployed revision; `depth` 0 is the innermost one, `start`..`end` its function.

    `line_words`, `line_names` and `line_calls` are of the statement on its line, `ran_words` of its function up to that
    line, `words` and `calls` of the whole function, `callee_words` of what the statement calls in the same file.
    `leads_to` is the name by which the line calls the next deeper frame, in the repository or not; None when the line
    does not contain it. `passes_on`: the line only passes everything it was given on to another function. Not `exact`:
    which line of the function it was is not known; `line` is its first then, and all of it stands for the statement.
    `printed` is the trace's line number where that is another build's: another line is meant here, or, not `exact`, any
    line of the function. `throws`: the line only throws; the names of the
    condition above it then count as its own. `said`: no other line near it holds what the error says that failed. `more`:
    the lines of its statement behind the first.
    """

    depth: int
    path: str
    line: int
    start: int
    end: int
    function: str | None
    owner: str | None
    source: str
    line_words: frozenset[str]
    line_names: frozenset[str]
    line_calls: frozenset[str]
    ran_words: frozenset[str]
    words: frozenset[str]
    calls: frozenset[str]
    callee_words: frozenset[str]
    docstring: tuple[int, int]
    leads_to: str | None
    passes_on: bool
    exact: bool = True
    printed: int | None = None
    throws: bool = False
    said: bool = False
    more: int = 0

    @property
    def last(self) -> int:
        """The last line of its statement."""
        return self.line + self.more

    def documents(self, line: int) -> bool:
        """Whether `line` belongs to the function's documentation string."""
        return self.docstring[0] <= line <= self.docstring[1]


def said_site(frame: Frame, outline: Outline, said: Anchor) -> FrameSite:
    """The site of the innermost frame, on the line that the error's own words mean."""
    site = _frame_site(0, frame.model_copy(update={"line": said.line}), outline.path, outline, None)
    return replace(site, printed=frame.line if said.line != frame.line else None, said=said.only)


def anchored_site(depth: int, frame: Frame, outline: Outline, called: str | None) -> FrameSite:
    """The site of a frame in a file, on the line by which it calls the frame inside it where the printed one does not."""
    line, function = anchored(frame, outline, called) or (frame.line or 0, None)
    if function is None:
        return _frame_site(depth, frame, outline.path, outline, called)
    if line == 0:
        return replace(whole_function(depth, frame, outline, function, called), printed=frame.line)
    moved = frame.model_copy(update={"line": line})
    return replace(_frame_site(depth, moved, outline.path, outline, called), printed=frame.line)


def statement_alone(site: FrameSite) -> FrameSite:
    """The site without the function around it: a compiler judges a statement, whatever else runs there."""
    words, calls = site.line_words, site.line_calls
    return replace(site, start=site.line, end=site.last, ran_words=words, words=words, calls=calls)


def _frame_site(depth: int, frame: Frame, path: str, outline: Outline, inner: str | None) -> FrameSite:
    line, function = locate(frame, outline)
    behind = line == len(outline.lines) < (frame.line or 0) and not _quotes(frame, outline.lines[line - 1])
    start, end = (function.start, function.end) if function else _vicinity(line, outline)
    statement, body = redact_code(statement_at(outline, line, end)), redact_code(outline.text(start, end))
    more, thrown = statement.count("\n"), throws(outline.text(line, line))
    if thrown:
        statement += "\n" + redact_code(guard_of(outline, line, start))
    return FrameSite(
        depth=depth,
        path=path,
        line=line,
        start=start,
        end=end,
        function=function.name if function else frame.function,
        owner=(function.owner if function else None) or owner_name(frame),
        source=redact_code(outline.text(line, line)).strip(),
        line_words=frozenset(identifiers(statement)),
        line_names=frozenset(IDENTIFIER.findall(without_placeholders(statement))),
        line_calls=calls_in(statement),
        ran_words=frozenset(identifiers(redact_code(outline.text(start + 1, line)))),
        words=frozenset(identifiers(body)),
        calls=calls_in(body),
        callee_words=words_of_callees(statement, outline, start) if depth < FOLLOWED else frozenset(),
        docstring=docstring_of(outline, start, end),
        leads_to=inner if inner and re.search(rf"\b{re.escape(inner)}\b", statement) else None,
        passes_on=passes_everything_on(statement),
        exact=not behind,
        printed=frame.line if frame.line and frame.line != line else None,
        throws=thrown,
        more=more,
    )


def whole_function(depth: int, frame: Frame, outline: Outline, function: Definition, inner: str | None) -> FrameSite:
    """The site of a frame whose line is not known: any of its function's may be the one."""
    known = frame.model_copy(update={"line": function.start, "source": None})
    site = _frame_site(depth, known, outline.path, outline, inner)
    body = redact_code(outline.text(function.start, function.end))
    return replace(
        site,
        start=function.start,
        end=function.end,
        function=function.name,
        owner=function.owner or site.owner,
        line_words=frozenset(identifiers(body)),
        line_names=frozenset(IDENTIFIER.findall(without_placeholders(body))),
        line_calls=calls_in(body),
        ran_words=frozenset(identifiers(body)),
        exact=False,
    )


def locate(frame: Frame, outline: Outline) -> tuple[int, Definition | None]:
    """The frame's line at the deployed revision and the function around it.

    The printed line number is trusted when the quoted source agrees with it; else the quoted source, then the
    function's name, is searched in the file: a trace may come from a neighbouring build.
    """
    line = min(max(frame.line or 0, 0), len(outline.lines))
    quoted = (frame.source or "").strip()
    if line and (not quoted or _quotes(frame, outline.lines[line - 1])):
        return line, outline.function(line)
    if quoted:
        same = [n for n, text in enumerate(outline.lines, 1) if text.strip() == quoted]
        if same:
            line = min(same, key=lambda n: abs(n - line))
            return line, outline.function(line)
    if line:
        return line, outline.function(line)
    named = outline.named(frame.function.rsplit(".", 1)[-1]) if frame.function else ()
    return (named[0].start, named[0]) if named else (1, None)


def _quotes(frame: Frame, row: str) -> bool:
    quoted = (frame.source or "").strip()
    return bool(quoted) and row.strip().startswith(quoted[:40])


def _vicinity(line: int, outline: Outline) -> tuple[int, int]:
    # Outside any function (module level, templates) the 12 lines on each side stand for one.
    around = outline.around(line)
    start = around[0].start if around else 1
    end = around[0].end if around else len(outline.lines)
    return max(start, line - 12), min(end, line + 12)
