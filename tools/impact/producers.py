"""What a commit did to the values on which the failing line depends: it set one, or changed what gives one."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from operator import attrgetter
from typing import Final, Literal

from incidents.evidence import Producer
from tools.commits.analysis import ReadCommit
from tools.commits.diff_facts import counted, is_comment
from tools.commits.returns import sets_nothing
from tools.commits.touched_lines import Between, Touch, TouchedLine, touches_of
from tools.impact.changed_definitions import home
from tools.impact.commit_facts import Produced, ProducerKind, Reached
from tools.impact.contacts import SETS
from tools.impact.context import SignalContext
from tools.impact.failure_site import FailureSite
from tools.impact.null_receiver import null_receivers
from tools.impact.value_slice import Use, ValueSlice
from tools.source.outline import Outline
from tools.text.identifiers import parts

_MOST: Final = 12
_NOVEL: Final = 0.2
_MOST_ATTRIBUTES: Final = 40
_WORKED_STEPS: Final = 2
_MODIFIERS: Final = r"(?:(?:public|private|protected|internal|static|final|readonly|const|var|val|let|def)\s+)*"


_WAYS: Final = {
    ProducerKind.LINE: "`{name}` gets its value here",
    ProducerKind.ATTRIBUTE: "the attribute `{name}` is set here",
    ProducerKind.WORKED: "code works on the attribute `{name}` here",
    ProducerKind.GIVEN: "what is constructed is given `{name}` here",
    ProducerKind.TAKEN: "`{name}` is no longer named in `{symbol}` here",
    ProducerKind.CALL: "`{name}` is called for its result",
}


def value_producers(context: SignalContext) -> tuple[Producer, ...]:
    """What the window's commits changed on the way of the failing line's values: at most 12 places, nearest first, and
    of each commit one place a value."""
    nearest: dict[tuple[str, ProducerKind, str], Produced] = {}
    for change in context.changes:
        attributes = {(row.path, row.line) for row in change.produced if row.kind is ProducerKind.ATTRIBUTE}
        for each in change.produced:
            if each.kind is ProducerKind.GIVEN and (each.path, each.line) in attributes:
                continue  # the same line, told already
            key = change.commit.sha, each.kind, each.name
            if key not in nearest or _distance(each) < _distance(nearest[key]):
                nearest[key] = each
    ranked = sorted(nearest.items(), key=lambda row: (_distance(row[1]), row[0]))
    return tuple(_producer(each, sha) for (sha, _, _), each in ranked[:_MOST])


def _distance(produced: Produced) -> tuple[bool, int, str, int]:
    return not produced.near, produced.use.steps, produced.path, produced.line


_TOLD: Final[Mapping[ProducerKind, Literal["attribute"]]] = {
    ProducerKind.GIVEN: "attribute",
    ProducerKind.TAKEN: "attribute",
}


def _producer(produced: Produced, sha: str) -> Producer:
    way = _WAYS[produced.kind].format(name=produced.name, symbol=produced.symbol)
    used_at = f"{produced.use.path}:{produced.use.line}"
    return Producer(
        path=produced.path,
        line=produced.line,
        symbol=produced.symbol,
        how=f"{way}; {used_at} uses it",
        steps=produced.use.steps,
        commit=sha,
        kind=_TOLD.get(produced.kind, produced.kind.value),
        used_at=used_at,
    )


def produced_in(
    values: ValueSlice,
    site: FailureSite,
    imported: Mapping[str, Sequence[Outline]],
    read: Sequence[ReadCommit],
    touches: Mapping[str, Sequence[Touch]],
    reached: Mapping[str, Sequence[Reached]],
    between: Between | None = None,
) -> dict[str, list[Produced]]:
    """By commit sha: what the commits of `read` changed on the way of the failing line's values.

    `values` is the slice of `site`, `imported` are the files that those of the trace import, `touches` what the commits did
    to files of the trace, `reached` the definitions they changed that its functions use.
    """
    if not values.places and not values.calls and not values.attributes:
        return {}
    inner = site.frames[0]
    local = values.variables.get((inner.path, inner.start, inner.end), {}).keys()
    asked = null_receivers(site) & (values.attributes.keys() | values.calls.keys()) - local
    outlines = {each.path: each for outlines in imported.values() for each in outlines} | site.outlines
    read_from = {*values.places, *(path for path, _, _ in values.variables)}
    elsewhere = {path: len(outlines[path].lines) for path in sorted(read_from) if path not in touches}
    more = {path: touches_of(read, path, length, between=between) for path, length in elsewhere.items()}
    found = _by_lines(values, outlines, {**touches, **more})
    for each in read:
        mine = found.setdefault(each.diff.sha, [])
        mine += _by_calls(values, reached.get(each.diff.sha, ()))
        mine += _names_taken(asked, mine, each)
        mine += _by_attributes(values, each, site.outlines.keys())
    return found


def _by_lines(
    values: ValueSlice, outlines: Mapping[str, Outline], touches: Mapping[str, Sequence[Touch]]
) -> dict[str, list[Produced]]:
    """By commit sha: the lines of the slice that it wrote, and those that set a value of it and that it removed."""
    found: dict[str, list[Produced]] = {}
    for path in dict.fromkeys((*values.places, *(path for path, _, _ in values.variables))):
        places = values.places.get(path, {})
        for touch in touches.get(path, ()):
            for row in touch.lines:
                place = _place(values, path, places, row) or _constant(values, outlines[path], row)
                if place is not None and row.novelty >= _NOVEL and not is_comment(row.text, path):
                    around = outlines[path].function(row.line)
                    symbol = around.name if around else None
                    gone = row.added and sets_nothing(row.text)
                    produced = Produced(
                        ProducerKind.LINE, place[0], path, row.line, symbol, place[1], near=True, emptied=gone
                    )
                    found.setdefault(touch.sha, []).append(produced)
    return found


def _place(
    values: ValueSlice, path: str, places: Mapping[int, tuple[str, Use]], row: TouchedLine
) -> tuple[str, Use] | None:
    """What a touched line sets of the slice, and where that is used. Of a removed line, by its text."""
    if row.added:
        return places.get(row.line) if row.survives else None
    uses = values.variables_at(path, row.line)
    name = next((name for name in SETS.findall(row.text) if name in uses), None)
    return None if name is None else (name, uses[name])


def _constant(values: ValueSlice, outline: Outline, row: TouchedLine) -> tuple[str, Use] | None:
    """The constant or table outside every function that a touched line belongs to, and where the slice uses it."""
    found = outline.constant(home(outline, row))
    if found is None or found.owner is not None or not (row.added or found.name in row.text):
        return None
    uses = [
        used[found.name] for span, used in values.variables.items() if span[0] == outline.path and found.name in used
    ]
    return (found.name, min(uses, key=lambda use: use.steps)) if uses else None


def _by_calls(values: ValueSlice, reached: Iterable[Reached]) -> Iterator[Produced]:
    """The definitions a commit changed whose result, or whose value by itself, arrives at the failing line."""
    for row in reached:
        use = (values.calls.get(row.name) or _decorated(values, row) or _free(values, row)) if row.known else None
        if use is not None:
            symbol = f"{row.owner}.{row.name}" if row.owner else row.name
            yield Produced(ProducerKind.CALL, row.name, row.path, row.line, symbol, use, near=True, end=row.end)


def _decorated(values: ValueSlice, row: Reached) -> Use | None:
    """Where what a decorator gives is used: of one that was changed the functions below it, of one put on or taken off a
    method also where that is read as an attribute."""
    return values.calls.get(row.decorates) or (values.attributes.get(row.name) if row.redecorated else None)


def _names_taken(asked: AbstractSet[str], mine: Iterable[Produced], read: ReadCommit) -> list[Produced]:
    """The attributes that can have been null and that the commit no longer names in a function whose result arrives at the
    failing line: a column
    of its query, a key of its table."""
    found: list[Produced] = []
    for giver in [each for each in mine if each.kind is ProducerKind.CALL and asked]:
        hunks = [hunk for change in read.diff.files if change.new_path == giver.path for hunk in change.hunks]
        inside = [hunk for hunk in hunks if giver.line <= hunk.new_start <= giver.end]
        for name in sorted(asked - {giver.name}):
            word = re.compile(rf"(?<![\w$]){re.escape(name)}(?!\w)")
            before, now = (sum(len(word.findall(row)) for hunk in inside for row in rows(hunk)) for rows in _SIDES)
            if now < before:
                at = next(hunk.new_start for hunk in inside if any(map(word.search, hunk.removed)))
                found.append(replace(giver, kind=ProducerKind.TAKEN, name=name, line=at, end=0))
    return found


_SIDES: Final = (attrgetter("removed"), attrgetter("added"))


def _free(values: ValueSlice, row: Reached) -> Use | None:
    """Where a value that another file defines is used by its name alone, two calls away: an imported constant or table."""
    uses = (found[row.name] for found in values.variables.values() if row.name in found) if row.hops > 1 else ()
    return min((use for use in uses if use.path != row.path), key=lambda use: use.steps, default=None)


def _by_attributes(values: ValueSlice, read: ReadCommit, near: AbstractSet[str]) -> Iterator[Produced]:
    """The attributes of the slice that a commit sets or no longer sets, and those that code it changed works on."""
    words = read.added_words.keys() | read.removed_words.keys()
    for name in sorted(values.attributes.keys() & words)[:_MOST_ATTRIBUTES]:
        use = values.attributes[name]
        setter = _setter(name)
        if place := _place_of(name, setter, read) or _place_of(name, _bare_setter(name), read, {use.path}):
            known = place[0] in near
            gone = known and _emptied(name, (setter, _bare_setter(name)), read, place[0])
            yield Produced(ProducerKind.ATTRIBUTE, name, *place, None, use, near=known, emptied=gone)
        elif use.steps <= _WORKED_STEPS and (place := _place_of(name, _member(name), read)) and place[0] in near:
            yield Produced(ProducerKind.WORKED, name, *place, None, use, near=True)


def _emptied(name: str, setters: Sequence[re.Pattern[str]], read: ReadCommit, path: str) -> bool:
    """Whether what the commit sets the attribute to in the file `path` is nothing, or it no longer sets it there."""
    hunks = [hunk for change in read.diff.files if change.path == path for hunk in change.hunks]
    sets = [row for hunk in hunks for row in hunk.added if name in row and any(each.search(row) for each in setters)]
    return all(map(sets_nothing, sets))


def _place_of(
    name: str, pattern: re.Pattern[str], read: ReadCommit, only: AbstractSet[str] = frozenset()
) -> tuple[str, int] | None:
    """The first changed line with the pattern that is no comment and was not only moved inside its hunk; with `only`, in
    these files."""
    for change in read.diff.files:
        if only and change.path not in only:
            continue
        for hunk in change.hunks if counted(change) else ():
            for rows, numbers, others in (
                (hunk.added, hunk.added_at, hunk.removed),
                (hunk.removed, hunk.removed_at, hunk.added),
            ):
                for row, number in zip(rows, numbers, strict=True):
                    if (
                        name in row
                        and pattern.search(row)
                        and not is_comment(row, change.path)
                        and not _stands_in(row, others)
                    ):
                        return change.path, number
    return None


def _stands_in(row: str, others: Sequence[str]) -> bool:
    words = row.split()
    return any(words == other.split() for other in others)


def _bare_setter(name: str) -> re.Pattern[str]:
    """A field set by its name alone, as languages with an implicit `this` do."""
    return re.compile(rf"^\s+{_MODIFIERS}{re.escape(name)}\s*=(?![=>~])")


def _member(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?:[\w\])]\s*(?:\?\.|\.|->|::\$?)|@)\s*{re.escape(name)}(?![\w$])")


def _setter(name: str) -> re.Pattern[str]:
    """`x.name =`, `@name =`, `->name =`; a field of a class alone on its line where the name is no common word."""
    word = re.escape(name)
    member = rf"(?:[\w\])]\s*(?:\.|->|::\$?)|@)\s*{word}(?:\[[^\]\n]{{0,80}}\])*\s*(?::[^=\n]{{1,60}})?[-+*/|&?.]{{0,3}}=(?![=>~])"
    if len(parts(name)) < 2:
        return re.compile(member)
    return re.compile(
        rf"{member}|^(?: {{2,4}}|\t){_MODIFIERS}(?:[\w<>\[\]?|]+\s+)?\$?{word}\s*(?::[^=\n]{{1,60}})?=(?![=>~])"
    )
