"""The failure site: the stack trace's frames located in the deployed source, and the words that name what failed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from incidents.trace import Frame, StackTrace
from tools.git.repository import Repository
from tools.impact.anchoring import anchored, guard_of, throws
from tools.impact.clues import Clue, clues_in
from tools.impact.placing import ClassFiles, may_be_built, named_functions
from tools.impact.said_line import Anchor, SaidLine
from tools.impact.site_text import (
    calls_in,
    docstring_of,
    names_imported,
    passes_everything_on,
    statement_at,
    words_of_callees,
)
from tools.impact.standing import Standing, standing_clue
from tools.source.outline import Definition, Outline
from tools.source.outline_cache import outline_at
from tools.text.identifiers import IDENTIFIER, KEYWORDS, STOCK, identifiers, parts, plain
from tools.text.redaction import redact_code
from tools.text.rule import PLACEHOLDER, without_placeholders

_MAX_FRAMES: Final = 40
_MAX_FILES: Final = 24
_NAMED_TRIED: Final = 12  # names without a file that are looked up
_FOLLOWED: Final = 6  # the innermost frames, of which the functions they call are read too
_QUOTED = re.compile(r"'([^'\n]{1,200}+)'|\"([^\"\n]{1,200}+)\"|`([^`\n]{1,200}+)`|«([^«»\n]{1,200}+)»")
_CONSTRUCTORS = frozenset({"__init__", "__new__", "__post_init__", "__call__", "__construct", "<init>", "initialize"})


@dataclass(frozen=True, slots=True)
class FrameSite:
    """One in-app frame at the deployed revision; `depth` 0 is the innermost one, `start`..`end` its function.

    `line_words`, `line_names` and `line_calls` are of the statement on its line, `ran_words` of its function up to that
    line, `words` and `calls` of the whole function, `callee_words` of what the statement calls in the same file.
    `leads_to` is the name by which the line calls the next deeper frame, in the repository or not; None when the line
    does not contain it. `passes_on`: the line only passes everything it was given on to another function. Not `exact`:
    which line of the function it was is not known; `line` is its first then, and all of it stands for the statement.
    `printed` is the trace's line number where that is another build's. `throws`: the line only throws; the names of the
    condition above it then count as its own. `said`: no other line near it holds what the error says that failed.
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

    def documents(self, line: int) -> bool:
        """Whether `line` belongs to the function's documentation string."""
        return self.docstring[0] <= line <= self.docstring[1]


_BUNDLED: Final = re.compile(
    r"\.min\.|bundle|chunk|(?:^|/)(?:dist|build|assets|static|_next)/|[.-][0-9a-f]{8,}\.[cm]?js$|webpack"
)


@dataclass(frozen=True, slots=True)
class FailureSite:
    """Everything about an incident that does not depend on a candidate commit.

    `message_words` are the identifiers of the messages that belong to no stock phrase; `message_parts` their lower-case
    parts; `variable_parts` those that are not in the source of the innermost function, so are data of this failure.
    `standing` is what a message without a readable frame names in code. `by_name`: no frame has a file of the
    repository; `frames` are functions whose names the error tells, and no more than a hint.
    """

    trace: StackTrace
    frames: tuple[FrameSite, ...]
    outlines: dict[str, Outline] = field(repr=False)
    message: str
    exception: str
    message_words: frozenset[str]
    message_parts: frozenset[str]
    variable_parts: frozenset[str]
    literals: frozenset[str]
    library_words: frozenset[str]
    clues: tuple[Clue, ...]
    standing: Standing | None
    imports: dict[str, frozenset[str]] = field(repr=False)
    by_name: bool = False

    @property
    def located(self) -> bool:
        """Whether a frame says in which file of the repository it failed."""
        return bool(self.frames) and not self.by_name

    @property
    def paths(self) -> tuple[str, ...]:
        """The repository's files of the trace, innermost first."""
        return tuple(dict.fromkeys(frame.path for frame in self.frames))

    @property
    def in_bundle(self) -> bool:
        """Whether the trace is of a built JavaScript file, and none of it of a source file of the repository."""
        return not self.located and any(_BUNDLED.search(f"{frame.path}") for frame in self.trace.frames)


def survey(repository: Repository, deployed: str, trace: StackTrace) -> FailureSite:
    """Locate the frames of the mapped `trace` in the source at `deployed`."""
    outlines: dict[str, Outline] = {}
    found: list[FrameSite] = []
    seen: set[tuple[str, int]] = set()
    inner: Frame | None = None
    files = ClassFiles(repository, deployed)
    raised = plain(next((failure.message for failure in trace.failures if failure.frames), ""))
    words = SaidLine(raised, clues_in([raised]))
    for frame in trace.frames:
        deeper, inner = inner, frame
        if len(found) >= _MAX_FRAMES:
            break
        placed = files.place(frame) if frame.repo_path is None else None
        path = placed[0].path if placed else frame.repo_path
        outline = _outline(repository, deployed, path, outlines) if path else None
        if outline is None or path is None:
            continue
        called = _called_as(deeper, found[-1:])
        said = words.anchor(frame, outline) if deeper is None and not placed else None
        if said is not None:
            site = _said_site(frame, outline, said)
        elif placed is not None:
            site = _whole_function(len(found), frame, outline, placed[1], called)
        else:
            site = _anchored_site(len(found), frame, outline, called)
        if (site.path, site.line) not in seen:
            seen.add((site.path, site.line))
            found.append(site)
    if found:
        return _failure_site(trace, tuple(found), outlines)
    named = _placed_by_name(trace, files, outlines)
    failure = _failure_site(trace, tuple(named), outlines)
    standing = standing_clue(repository, deployed, failure.clues)
    return replace(failure, standing=standing, by_name=bool(named))


def _placed_by_name(trace: StackTrace, files: ClassFiles, outlines: dict[str, Outline]) -> list[FrameSite]:
    """Where no frame has a file of the repository: the functions whose names tell which they are, at most 6."""
    found: dict[tuple[str, int], FrameSite] = {}
    message = plain(trace.message)
    missing = {clue.text for clue in clues_in([message]) if clue.fails}
    built = (frame.model_copy(update={"path": ""}) for frame in trace.frames if may_be_built(frame))
    for frame in (*islice(built, _NAMED_TRIED), *islice(named_functions(message, missing), _NAMED_TRIED)):
        placed = files.place(frame) or files.place_by_name(frame)
        if placed is not None and len(found) < _FOLLOWED:
            outline, definition = placed
            outlines.setdefault(outline.path, outline)
            site = _whole_function(len(found), frame, outline, definition, None)
            found.setdefault((site.path, site.start), site)
    return list(found.values())


def _said_site(frame: Frame, outline: Outline, said: Anchor) -> FrameSite:
    """The site of the innermost frame, on the line that the error's own words mean."""
    site = _frame_site(0, frame.model_copy(update={"line": said.line}), outline.path, outline, None)
    return replace(site, printed=frame.line if said.line != frame.line else None, said=said.only)


def _anchored_site(depth: int, frame: Frame, outline: Outline, called: str | None) -> FrameSite:
    """The site of a frame in a file, on the line by which it calls the frame inside it where the printed one does not."""
    line, function = anchored(frame, outline, called) or (frame.line or 0, None)
    if line == 0 and function is not None:
        return _whole_function(depth, frame, outline, function, called)
    moved = frame.model_copy(update={"line": line}) if function else frame
    return replace(_frame_site(depth, moved, outline.path, outline, called), printed=frame.line if function else None)


def _outline(repository: Repository, deployed: str, path: str, known: dict[str, Outline]) -> Outline | None:
    if path not in known and len(known) < _MAX_FILES:
        outline = outline_at(repository, deployed, path)
        if outline is not None:
            known[path] = outline
    return known.get(path)


def _called_as(deeper: Frame | None, last: Sequence[FrameSite]) -> str | None:
    """The name by which a line calls the frame inside it: its function's, or its class's for a constructor."""
    if deeper is None or not deeper.function:
        return None
    name = re.split(r"[.:\\$]+", deeper.function)[-1]
    if name not in _CONSTRUCTORS:
        return name
    owner = _owner_name(deeper)
    return owner or (last[0].owner if last and deeper.repo_path == last[0].path else None)


def _frame_site(depth: int, frame: Frame, path: str, outline: Outline, inner: str | None) -> FrameSite:
    line, function = locate(frame, outline)
    start, end = (function.start, function.end) if function else _vicinity(line, outline)
    statement, body = redact_code(statement_at(outline, line, end)), redact_code(outline.text(start, end))
    thrown = throws(outline.text(line, line))
    if thrown:
        statement += "\n" + redact_code(guard_of(outline, line, start))
    return FrameSite(
        depth=depth,
        path=path,
        line=line,
        start=start,
        end=end,
        function=function.name if function else frame.function,
        owner=(function.owner if function else None) or _owner_name(frame),
        source=redact_code(outline.text(line, line)).strip(),
        line_words=frozenset(identifiers(statement)),
        line_names=frozenset(IDENTIFIER.findall(without_placeholders(statement))),
        line_calls=calls_in(statement),
        ran_words=frozenset(identifiers(redact_code(outline.text(start + 1, line)))),
        words=frozenset(identifiers(body)),
        calls=calls_in(body),
        callee_words=words_of_callees(statement, outline, start) if depth < _FOLLOWED else frozenset(),
        docstring=docstring_of(outline, start, end),
        leads_to=inner if inner and re.search(rf"\b{re.escape(inner)}\b", statement) else None,
        passes_on=passes_everything_on(statement),
        throws=thrown,
    )


def _whole_function(depth: int, frame: Frame, outline: Outline, function: Definition, inner: str | None) -> FrameSite:
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
    if line and (not quoted or outline.lines[line - 1].strip().startswith(quoted[:40])):
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


def _vicinity(line: int, outline: Outline) -> tuple[int, int]:
    # Outside any function (module level, templates) the 12 lines on each side stand for one.
    around = outline.around(line)
    start = around[0].start if around else 1
    end = around[0].end if around else len(outline.lines)
    return max(start, line - 12), min(end, line + 12)


def _owner_name(frame: Frame) -> str | None:
    return re.split(r"[\\.:$]+", frame.class_name)[-1] if frame.class_name else None


def _failure_site(trace: StackTrace, frames: tuple[FrameSite, ...], outlines: dict[str, Outline]) -> FailureSite:
    message = plain("\n".join(dict.fromkeys(failure.message for failure in trace.failures)))[:4_000]
    words = frozenset(word for word in identifiers(message) if word.lower() not in STOCK)
    pieces = frozenset(p for word in words for p in parts(word) if len(p) > 2 and p not in STOCK)
    in_source = frozenset(p for frame in frames[:1] for word in frame.words for p in parts(word))
    return FailureSite(
        trace=trace,
        frames=frames,
        outlines=outlines,
        message=message,
        exception=re.split(r"[\\.:]+", trace.exception or "")[-1],
        message_words=words,
        message_parts=pieces,
        variable_parts=pieces - in_source,
        literals=_literals(message),
        library_words=frozenset(_library_words(trace.frames)),
        clues=clues_in(
            [plain(failure.message) for failure in trace.failures], (f for f in trace.frames if f.repo_path is None)
        ),
        standing=None,
        imports={path: names_imported(outline) for path, outline in outlines.items()},
    )


def _literals(message: str) -> frozenset[str]:
    found = ("".join(groups) for groups in _QUOTED.findall(message))
    return frozenset(text.strip() for text in found if len(text.strip()) > 1 and PLACEHOLDER not in text)


def _library_words(frames: Iterable[Frame]) -> Iterable[str]:
    """Names of the functions and packages of the frames that are not the repository's."""
    for frame in frames:
        if frame.repo_path is None:
            if frame.function and frame.function not in KEYWORDS and len(frame.function) > 3:
                yield frame.function.rsplit(".", 1)[-1]
            yield from (p for p in re.split(r"[/\\]", frame.path)[-4:-1] if len(p) > 3 and p.isidentifier())
