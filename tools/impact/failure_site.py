"""The scene of a failure: the trace's frames laid over the deployed source, and the words that name what failed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from incidents.trace import Frame, StackTrace
from tools.git.repository import Repository
from tools.source.outline import Definition, Outline
from tools.source.outlines import outline_at
from tools.text.identifiers import IDENTIFIER, KEYWORDS, STOCK, identifiers, parts, plain
from tools.text.redaction import redact_code
from tools.text.rule import PLACEHOLDER, without_placeholders

_MAX_PLACES = 40
_MAX_FILES = 24
_STATEMENT_LINES = 8
_FOLLOWED = 6
_IMPORT_LINES = 400
_DOCUMENT = re.compile(r"[rRuUbB]{0,2}(\"{3}|'{3})")
_CALLED = re.compile(r"(?<![\w$])([A-Za-z_$][\w$]*)\s*\(")
_QUOTED = re.compile(r"'([^'\n]{1,200})'|\"([^\"\n]{1,200})\"|`([^`\n]{1,200})`|«([^»\n]{1,200})»")
_RAISES = re.compile(
    r"^\s*(raise|throw|assert|panic|fail|abort|die|exit|trigger_error|reject)\b|\b(throw new|panic\()"
    r"|\b(raise|abort|fail)\w*\("
)
_EVERYTHING = (
    r"\(\s*\*\w+\s*,\s*\*\*\w+\s*\)|\.apply\(\s*this\s*,\s*\w+\s*\)|\.call\(\s*this\s*,\s*\.\.\.\w+\s*\)"
    r"|\(\s*\.\.\.\$?\w+\s*\)|\(\s*\*\w+,\s*&\w+\s*\)"
)
_PASSES_ON = re.compile(rf"^\s*(?:return\s|yield\s|\$?\w+\s*=)?\s*(?:await\s+)?\S+?(?:{_EVERYTHING})\s*;?\s*$")


@dataclass(frozen=True, slots=True)
class Place:
    """One in-app frame at the deployed revision; `depth` 0 is the innermost one, `start`..`end` its function.

    `leads_to` is the name by which its line calls the next deeper frame, in the repository or not; None when the line
    does not say it. `passes_on` tells that the line only hands everything it was given to another function.
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
    line_calls: frozenset[str]
    words: frozenset[str]
    calls: frozenset[str]
    raises: bool
    document: tuple[int, int]
    hop_words: frozenset[str]
    line_names: frozenset[str]
    ran_words: frozenset[str]
    leads_to: str | None
    passes_on: bool

    def documents(self, line: int) -> bool:
        """Whether `line` is of the function's documentation string."""
        return self.document[0] <= line <= self.document[1]


@dataclass(frozen=True, slots=True)
class FailureSite:
    """Everything of an incident that does not depend on a candidate commit.

    `message_words` are the identifiers of the messages that are no stock phrase; `message_parts` their lower-case
    parts; `variable_parts` those that are not in the source of the innermost function, so are data of this failure.
    """

    trace: StackTrace
    places: tuple[Place, ...]
    outlines: dict[str, Outline] = field(repr=False)
    message: str
    exception: str
    message_words: frozenset[str]
    message_parts: frozenset[str]
    variable_parts: frozenset[str]
    literals: frozenset[str]
    library_words: frozenset[str]
    imports: dict[str, frozenset[str]] = field(repr=False)

    @property
    def paths(self) -> tuple[str, ...]:
        """The repository's files of the trace, innermost first."""
        return tuple(dict.fromkeys(place.path for place in self.places))


def survey(repository: Repository, deployed: str, trace: StackTrace) -> FailureSite:
    """Lay the mapped `trace` over the source at `deployed`."""
    outlines: dict[str, Outline] = {}
    places: list[Place] = []
    seen: set[tuple[str, int]] = set()
    inner: Frame | None = None
    for frame in trace.frames:
        deeper, inner = inner, frame
        if frame.repo_path is None or len(places) >= _MAX_PLACES:
            continue
        outline = _outline(repository, deployed, frame.repo_path, outlines)
        if outline is None:
            continue
        place = _place(len(places), frame, frame.repo_path, outline, _called_as(deeper, places[-1:]))
        if (place.path, place.line) not in seen:
            seen.add((place.path, place.line))
            places.append(place)
    return _scene(trace, tuple(places), outlines)


def _outline(repository: Repository, deployed: str, path: str, known: dict[str, Outline]) -> Outline | None:
    if path not in known and len(known) < _MAX_FILES:
        outline = outline_at(repository, deployed, path)
        if outline is not None:
            known[path] = outline
    return known.get(path)


_MADE_BY_CLASS = frozenset({"__init__", "__new__", "__post_init__", "__call__", "__construct", "<init>", "initialize"})


def _called_as(deeper: Frame | None, last: Sequence[Place]) -> str | None:
    """The name by which a line calls the frame inside it: its function's, or its class's where that makes an object."""
    if deeper is None or not deeper.function:
        return None
    name = re.split(r"[.:\\$]+", deeper.function)[-1]
    if name not in _MADE_BY_CLASS:
        return name
    owner = _owner_name(deeper)
    return owner or (last[0].owner if last and deeper.repo_path == last[0].path else None)


def _place(depth: int, frame: Frame, path: str, outline: Outline, inner: str | None) -> Place:
    line, function = locate(frame, outline)
    start, end = (function.start, function.end) if function else _vicinity(line, outline)
    statement = _statement(outline, line, end)
    body = redact_code(outline.text(start, end))
    owner = (function.owner if function else None) or _owner_name(frame)
    return Place(
        depth=depth,
        path=path,
        line=line,
        start=start,
        end=end,
        function=function.name if function else frame.function,
        owner=owner,
        source=redact_code(outline.text(line, line)).strip(),
        line_words=frozenset(identifiers(statement)),
        line_calls=_calls(statement),
        words=frozenset(identifiers(body)),
        calls=_calls(body),
        raises=bool(_RAISES.search(statement)),
        document=_document(outline, start, end),
        hop_words=_hop_words(statement, outline, start) if depth < _FOLLOWED else frozenset(),
        line_names=frozenset(IDENTIFIER.findall(without_placeholders(statement))),
        ran_words=frozenset(identifiers(redact_code(outline.text(start + 1, line)))),
        leads_to=inner if inner and re.search(rf"\b{re.escape(inner)}\b", statement) else None,
        passes_on=bool(_PASSES_ON.search(statement)),
    )


def _hop_words(statement: str, outline: Outline, start: int) -> frozenset[str]:
    """Identifiers of the bodies, in the same file, of what a statement calls."""
    bodies = [
        redact_code(outline.text(found.start + 1, min(found.end, found.start + 60)))
        for name in sorted(_calls(statement))
        for found in outline.named(name)[:2]
        if found.kind == "function" and found.start != start
    ]
    return frozenset(word for body in bodies[:6] for word in identifiers(body)) - frozenset(identifiers(statement))


def _document(outline: Outline, start: int, end: int) -> tuple[int, int]:
    """First and last line of a documentation string inside a function; (0, -1) when it has none."""
    for number in range(start + 1, min(start + 30, end) + 1):
        row = outline.lines[number - 1].strip()
        opening = _DOCUMENT.match(row)
        if opening:
            mark = opening[1]
            if row.count(mark) > 1:
                return number, number
            last = next((n for n in range(number + 1, end + 1) if mark in outline.lines[n - 1]), end)
            return number, last
        if (
            row.endswith(":")
            and not row.startswith(")")
            and not row.startswith("def ")
            and not row.startswith("async ")
        ):
            break
    return 0, -1


def locate(frame: Frame, outline: Outline) -> tuple[int, Definition | None]:
    """The frame's line at the deployed revision and the function around it.

    The printed number is believed when the quoted source or the function's name agrees with it; else the quoted
    source, then the function's name, is looked for in the file: a trace may come from a neighbouring build.
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
    # Outside any function (module level, templates): the lines around stand for one.
    around = outline.around(line)
    start = around[0].start if around else 1
    end = around[0].end if around else len(outline.lines)
    return max(start, line - 12), min(end, line + 12)


def _owner_name(frame: Frame) -> str | None:
    return re.split(r"[\\.:$]+", frame.class_name)[-1] if frame.class_name else None


def _statement(outline: Outline, line: int, end: int) -> str:
    rows: list[str] = []
    depth = 0
    for row in outline.lines[line - 1 : min(line - 1 + _STATEMENT_LINES, max(end, line))]:
        rows.append(row)
        depth += sum(row.count(c) for c in "([{") - sum(row.count(c) for c in ")]}")
        if depth <= 0:
            break
    return redact_code("\n".join(rows))


def _calls(text: str) -> frozenset[str]:
    return frozenset(name for name in _CALLED.findall(text) if len(name) > 2 and name not in KEYWORDS)


def _scene(trace: StackTrace, places: tuple[Place, ...], outlines: dict[str, Outline]) -> FailureSite:
    message = plain("\n".join(dict.fromkeys(failure.message for failure in trace.failures)))[:4_000]
    words = frozenset(word for word in identifiers(message) if word.lower() not in STOCK)
    pieces = frozenset(p for word in words for p in parts(word) if len(p) > 2 and p not in STOCK)
    spoken = frozenset(p for place in places[:1] for word in place.words for p in parts(word))
    return FailureSite(
        trace=trace,
        places=places,
        outlines=outlines,
        message=message,
        exception=_short(trace.exception or ""),
        message_words=words,
        message_parts=pieces,
        variable_parts=pieces - spoken,
        literals=_literals(message),
        library_words=frozenset(_library_words(trace.frames)),
        imports={path: _imported(outline) for path, outline in outlines.items()},
    )


_IMPORT = re.compile(
    r"^\s*(?:from\s|import\b|export\s.*\bfrom\b|use\s|using\s|require|include|#include|\}\s*from\b)|\brequire\(|\bimport\("
)


def _imported(outline: Outline) -> frozenset[str]:
    """Every name on the lines that import, and inside the brackets they open: modules, files, classes, functions."""
    found: set[str] = set()
    inside = False
    for row in outline.lines[:_IMPORT_LINES]:
        if inside or _IMPORT.search(row):
            found.update(IDENTIFIER.findall(row))
            inside = (inside or row.count("(") + row.count("{") > 0) and not re.search(r"[)}]", row)
    return frozenset(found)


def _short(name: str) -> str:
    return re.split(r"[\\.:]+", name)[-1]


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
