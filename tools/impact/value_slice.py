"""On which values the failing line depends: a bounded backward slice inside the repository (Weiser, 1981).

From the innermost frame's statement upwards: what sets a name it uses, and the names used for that in turn; a parameter
leads on to the call in the calling frame; an attribute to whoever sets it; a call to what the called function returns,
one and two levels down. Only files of the trace, and of those that they import, are parsed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final, TypeAlias

from tools.impact.failure_site import FailureSite
from tools.impact.frame_site import FrameSite
from tools.impact.site_text import statement_at
from tools.source.conditions import conditions_around
from tools.source.constructions import givens
from tools.source.dataflow import Flow, Names, flows, names_in, names_on
from tools.source.outline import Definition, Outline
from tools.source.parsed import Parsed, parse
from tools.source.passed_arguments import passed_for
from tools.text.identifiers import IDENTIFIER, plain_name
from tools.text.rule import places

_FRAMES: Final = 6
_STEPS: Final = 4  # assignments, calls and returns between a value and the failing line
_LINES: Final = 400  # of one function
_CALLEES: Final = 12
_NAMED: Final = 2  # definitions of one name
_STATEMENT: Final = 12  # lines
_ATTRIBUTES: Final = 8  # that constructions are searched for
_GIVEN_STEPS: Final = 2
_LONG_ROW: Final = 400  # characters
_IMPLICIT_THIS: Final = (".java", ".kt", ".kts", ".cs", ".scala", ".groovy", ".swift", ".cpp", ".cc", ".hpp")
_MOST_SOURCE: Final = 300_000  # characters: 60 ms


@dataclass(frozen=True, slots=True)
class Use:
    """Where a value is used on its way to the failing line (`path`:`line`), `steps` flows away from it."""

    path: str
    line: int
    steps: int


Span: TypeAlias = tuple[str, int, int]
"""A function: its file, first and last line."""


@dataclass(frozen=True, slots=True)
class ValueSlice:
    """The values on which the failing line depends, by name, each with its use nearest to it.

    `variables` are those of each function of the trace and its callees; `attributes` and `calls` have
    no owner: whose they are is told only by types. `places` are the lines that set or return such a value, by file: what
    they set, and where that is used.
    """

    variables: Mapping[Span, Mapping[str, Use]] = field(default_factory=dict)
    attributes: Mapping[str, Use] = field(default_factory=dict)
    calls: Mapping[str, Use] = field(default_factory=dict)
    places: Mapping[str, Mapping[int, tuple[str, Use]]] = field(default_factory=dict)

    def variables_at(self, path: str, line: int) -> Mapping[str, Use]:
        """The values of the innermost function of the slice around a line, those that it uses below the line."""
        around = [span for span in self.variables if span[0] == path and span[1] < line <= span[2]]
        found = self.variables[max(around, key=lambda span: span[1])] if around else {}
        return {name: use for name, use in found.items() if use.line >= line}


def value_slice(site: FailureSite, imported: Mapping[str, Sequence[Outline]]) -> ValueSlice:
    """The slice of the failing line. `imported` are, by file of the trace, the files that it imports."""
    search = _Search(site, imported)
    search.follow_frames()
    search.follow_constructions()
    search.follow_calls()
    return ValueSlice(search.variables, search.attributes, search.calls, search.places)


class _Search:
    def __init__(self, site: FailureSite, imported: Mapping[str, Sequence[Outline]]) -> None:
        self._site, self._imported = site, imported
        self.variables: dict[Span, dict[str, Use]] = {}
        self.attributes: dict[str, Use] = {}
        self.calls: dict[str, Use] = {}
        self.places: dict[str, dict[int, tuple[str, Use]]] = {}

    def follow_frames(self) -> None:
        """From the failing statement up, and through the parameters on to the calling frames."""
        steps, given = 0, dict[str, Use]()
        frames = list(_called(self._site.frames))[:_FRAMES]
        for depth, frame in enumerate(frames):
            outline = self._site.outlines[frame.path]
            parsed = _parsed(outline)
            if parsed is None:
                return
            start = self._passed(frames[depth - 1], parsed, frame, given) or _start_of(parsed, outline, frame)
            found = self._inside(parsed, frame.path, frame.start, frame.end, start, steps)
            given = {name: found[name] for name in _parameters(outline, frame) & found.keys()}
            passed = list(given.values())
            caller = frames[depth + 1 : depth + 2]
            if not passed or not caller or caller[0].leads_to is None:
                return
            steps = min(use.steps for use in passed) + 1

    def _passed(
        self, inner: FrameSite, parsed: Parsed, frame: FrameSite, given: Mapping[str, Use]
    ) -> tuple[int, Names] | None:
        """The frame's line and the names in what it passes for those parameters of the frame inside it that matter; None
        where that cannot be told."""
        callee = _parsed(self._site.outlines[inner.path]) if given and frame.exact and frame.leads_to else None
        if callee is None or frame.leads_to is None:
            return None
        heads = (each for each in callee.outline if each.start <= inner.start + 1 and each.end >= inner.end - 1)
        symbol = next((each for each in heads if each.name == inner.function and each.parameters), None)
        if symbol is None or not given.keys() <= {each.name.lstrip("$") for each in symbol.parameters}:
            return None
        names = passed_for(parsed, (frame.line, frame.last), frame.leads_to, symbol.parameters, given.keys())
        return None if names is None else (frame.line, names)

    def follow_constructions(self) -> None:
        """From the attributes nearest to the failing line to what constructions in files near it give them by name."""
        read = sorted(self.attributes.items() | self.calls.items(), key=lambda row: (row[1].steps, row[0]))
        for name, use in [row for row in read if row[1].steps < _GIVEN_STEPS][:_ATTRIBUTES]:
            plain = plain_name(name)
            for outline in self._near(use.path):
                for line in islice(_given_lines(outline, plain), _NAMED):
                    self._given(outline, plain, line, name, use)

    def _given(self, outline: Outline, plain: str, line: int, name: str, use: Use) -> None:
        parsed, around = _parsed(outline), outline.function(line)
        if parsed is None or around is None:
            return
        for given in givens(parsed, [(line, line)]):
            if isinstance(given.name, str) and plain_name(given.name) == plain and given.line == line:
                flow = Flow(given.line, given.last, Names(), names_in(given.source))
                self._place(outline.path, flow, name, replace(use, steps=use.steps + 1))
                seed = given.line, flow.sources
                self._inside(parsed, outline.path, around.start, around.end, seed, use.steps + 1)

    def follow_calls(self) -> None:
        """From the calls that give a value to what the called functions return, one and two levels down."""
        done = set[tuple[str, int]]()
        for _ in range(2):
            for definition, outline, use in list(self._callees())[:_CALLEES]:
                if (outline.path, definition.start) not in done:
                    done.add((outline.path, definition.start))
                    self._returned(outline, definition, use)

    def _callees(self) -> Iterator[tuple[Definition, Outline, Use]]:
        for name, use in sorted(self.calls.items(), key=lambda row: (row[1].steps, row[0])):
            for outline in self._near(use.path):
                for each in outline.named(name)[:_NAMED]:
                    if each.kind == "function":
                        yield each, outline, use

    def _near(self, path: str) -> Iterable[Outline]:
        here = self._site.outlines.get(path)
        known = (here, *self._imported.get(path, ()), *self._site.outlines.values())
        return dict.fromkeys(outline for outline in known if outline is not None)

    def _returned(self, outline: Outline, definition: Definition, use: Use) -> None:
        parsed = _parsed(outline)
        if parsed is None or use.steps >= _STEPS:
            return
        last = min(definition.end, definition.start + _LINES)
        returned = [flow for flow in flows(parsed, definition.start, last) if flow.returns]
        for flow in returned:
            self._place(outline.path, flow, definition.name, replace(use, steps=use.steps + 1))
            self._inside(parsed, outline.path, definition.start, last, (flow.line, flow.sources), use.steps + 1)

    def _inside(
        self, parsed: Parsed, path: str, start: int, end: int, seed: tuple[int, Names], steps: int
    ) -> dict[str, Use]:
        """The variables of one function on which the names on a line depend; attributes and calls are noted."""
        line, names = seed
        names = _with_fields(path, names)
        found = self.variables.setdefault((path, start, end), {})
        self._note(names, Use(path, line, steps), found)
        for flow in reversed(flows(parsed, max(start, line - _LINES), min(line + _STATEMENT, end))):
            comes = flow.line < line or 0 < flow.since <= line
            name = _earliest(flow, found, self.attributes) if comes and not flow.returns else None
            use = None if name is None else found.get(name) or self.attributes[name]
            if name is not None and use is not None:
                self._place(path, flow, name, use)
                self._note(_with_fields(path, flow.sources), Use(path, flow.line, use.steps + 1), found)
        return found

    def _place(self, path: str, flow: Flow, name: str, use: Use) -> None:
        rows = self.places.setdefault(path, {})
        for line in range(flow.line, min(flow.last, flow.line + _STATEMENT) + 1):
            if line not in rows or rows[line][1].steps > use.steps:
                rows[line] = name, use

    def _note(self, names: Names, use: Use, variables: dict[str, Use]) -> None:
        if use.steps > _STEPS:
            return
        for known, new in (
            (variables, names.variables),
            (self.attributes, names.attributes),
            (self.calls, names.calls),
        ):
            for name in new:
                if name not in known or known[name].steps > use.steps:
                    known[name] = use


def _given_lines(outline: Outline, plain: str) -> Iterator[int]:
    """The lines on which a construction may be given the attribute: `total:`, `Total =`, `"total" =>`."""
    forms = plain, plain[:1].upper() + plain[1:]
    pattern = re.compile(rf"(?<![\w.$@])(?:{'|'.join(map(re.escape, forms))})\b['\"]?\s*+(?::|=>|=)(?![=:])")
    number, counted, tried = 1, 0, 0
    for at in places(forms, outline.source):
        number, counted = number + outline.source.count("\n", counted, at), at
        row = outline.lines[number - 1]
        if number > tried and len(row) <= _LONG_ROW and pattern.search(row):
            yield number
        tried = number


def _called(frames: Iterable[FrameSite]) -> Iterator[FrameSite]:
    """The frames without those that only raise another error in the function of the frame inside them: what it was given is
    told by its caller."""
    inside: FrameSite | None = None
    for frame in frames:
        again = inside is not None and (inside.path, inside.start, inside.end) == (frame.path, frame.start, frame.end)
        if not (again and frame.throws):
            yield frame
        inside = frame


def _with_fields(path: str, names: Names) -> Names:
    """The names, those that stand alone as attributes too where a field needs no `this`."""
    return replace(names, attributes=names.attributes | names.variables) if path.endswith(_IMPLICIT_THIS) else names


def _start_of(parsed: Parsed, outline: Outline, frame: FrameSite) -> tuple[int, Names]:
    """The line from which to follow, and the names on it; of a line that only throws, those of the conditions."""
    if not frame.exact:
        return frame.end, names_on(parsed, frame.start, frame.end)
    if frame.throws:
        return frame.line, conditions_around(parsed, frame.line, frame.start)
    last = frame.line + statement_at(outline, frame.line, frame.end).count("\n")
    names = names_on(parsed, frame.line, last)
    inner = {frame.leads_to} if frame.depth else set()  # that call is the next frame of the trace
    return frame.line, replace(names, calls=names.calls - inner)


def _earliest(flow: Flow, variables: Mapping[str, Use], attributes: Mapping[str, Use]) -> str | None:
    """Of what the flow sets, the name whose use is nearest to the failing line. `rows[x] = y` and `row.x = y` set
    `rows` and `row`."""
    wanted = [(variables[name].steps, name) for name in flow.targets.variables if name in variables]
    if not flow.targets.variables:
        wanted += [(attributes[name].steps, name) for name in flow.targets.attributes if name in attributes]
    return min(wanted)[1] if wanted else None


def _parsed(outline: Outline) -> Parsed | None:
    return parse(outline.path, outline.source) if len(outline.source) <= _MOST_SOURCE else None


def _parameters(outline: Outline, frame: FrameSite) -> frozenset[str]:
    head = statement_at(outline, frame.start, frame.end)
    return frozenset(name.lstrip("$") for name in IDENTIFIER.findall(head.partition("(")[2]))
