"""Which commits give a construction another value for an attribute on which the failing line depends.

`event.place` is what `Event.new(place: row[:place])` was given under that name. Read on both sides of a commit, in files of
the trace, in those they import, and where what is constructed is called as what the attribute is read from. Code that
cannot have run on the way to the failure (`ran_before`) gives such a value elsewhere: that is a hint, and no more.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from tools.commits.analysis import ReadCommit
from tools.commits.returns import sets_nothing
from tools.git.diff import FileChange, Hunk
from tools.git.repository import Repository
from tools.impact.commit_facts import Produced, ProducerKind
from tools.impact.failure_site import FailureSite
from tools.impact.mapped_names import declared_below, holds_mapping, mapping_lines, types_in
from tools.impact.null_receiver import null_receivers
from tools.impact.ran_before import RanBefore
from tools.impact.reached import Use as NameUse
from tools.impact.receiver_types import AttributeRead, ReceiverTypes, last_word
from tools.impact.value_slice import Use, ValueSlice
from tools.source.constructions import Budget, Given, givens
from tools.source.file_kinds import Kind, kind_of
from tools.source.languages import language_of
from tools.source.outline import Outline
from tools.source.outline_cache import outlines_beside
from tools.source.parsed import Parsed, parse
from tools.text.identifiers import parts, plain_name

_FILES: Final = 24  # of the window, read on both sides
_MOST_READ: Final = 60  # attributes
_ABOVE: Final = 2  # lines above a changed one
_HUNKS: Final = 40  # of one file
_MOST_SOURCE: Final = 300_000  # characters
_GIVEN_NAME: Final = re.compile(r"([A-Za-z_]\w{0,79}+)['\"]?\s*+(?::|=>|=(?!=)|\()")
_SETTER: Final = re.compile(r"^(?:set|with)_?(?=[A-Z]|(?<=_)\w)")
_ASSIGNS: Final = re.compile(
    r"^\s*+(?:(?:self|this|cls)\.|\$this->|@|\$?([A-Za-z_]\w{0,79}+)(?:\.|->))([A-Za-z_]\w{0,79}+)\s*+(?::[^=\n]{1,60})?=(?![=>~])\s*+(.*\S)"
)
_LONGEST: Final = 400  # characters of a line
_RECEIVER: Final = r"([A-Za-z_$]\w*)(?:\(\))?\s*(?:[?!&]{0,2}\.|->)\s*"
_KEY: Final = re.compile(r"\b(\w++)(?:\[\s*+|\.(?:get|fetch|dig)\(\s*+):?['\"]?([A-Za-z_]\w*+)['\"]?\s*+[\]),]")


_Key = tuple[str, str]


class GivenValues:
    """Finds in the commits of a window what they give an attribute of the slice."""

    def __init__(
        self,
        repository: Repository,
        site: FailureSite,
        imported: Mapping[str, Sequence[Outline]],
        used: Mapping[str, NameUse],
        values: ValueSlice,
    ) -> None:
        self._repository, self._site, self._values = repository, site, values
        self._near = {each.path: each for outlines in imported.values() for each in outlines} | site.outlines
        self._ran = RanBefore(site, imported, used)
        self._left = _FILES
        self._budget = Budget()

    def changed_by(self, read: ReadCommit) -> list[Produced]:
        """What the commit gives otherwise than before, or no longer: one place for each attribute and type."""
        if not self._reads:
            return []
        self._budget = Budget()
        return [row for change in read.diff.files if self._may_give(change) for row in self._given_in(read, change)]

    @cached_property
    def _reads(self) -> Mapping[str, AttributeRead]:
        """The attributes read on the way of the failing line's values, by their name in any spelling."""
        found: dict[str, AttributeRead] = {}
        named = [*self._values.attributes.items(), *self._values.calls.items()]
        places = {use for _, use in named}
        keys = [(match[2], use) for use in places for match in _KEY.finditer(self._line(use))]
        null = {plain_name(name) for name in null_receivers(self._site)}
        ranked = sorted((*named, *keys), key=lambda row: (row[1].steps, row[0]))
        for name, use in ranked[:_MOST_READ]:
            if null and not use.steps and plain_name(name) not in null:
                continue  # it was not null, or the line would have failed at it
            found.setdefault(plain_name(name), AttributeRead(name, use, self._receivers(name, use)))
        return found

    def _receivers(self, name: str, use: Use) -> frozenset[str]:
        line = self._line(use)
        found = {match[1] for match in re.finditer(rf"{_RECEIVER}{re.escape(name)}(?!\w)", line)}
        found |= {match[1] for match in _KEY.finditer(line) if match[2] == name}
        owner = self._near[use.path].owner(use.line) if use.path in self._near else None
        return frozenset(found | ({owner.name} if owner is not None else set()))

    def _line(self, use: Use) -> str:
        outline = self._near.get(use.path)
        return outline.text(use.line, use.line + 1) if outline is not None else ""

    def _may_give(self, change: FileChange) -> bool:
        """Whether the changed file can be read, and its changed lines can hold a construction of what is asked for."""
        if not (change.old_path and change.new_path and change.hunks) or kind_of(change.path) is not Kind.CODE:
            return False
        if language_of(change.path) is None:
            return False
        outline = self._near.get(change.path)
        rows = [row for hunk in change.hunks[:_HUNKS] for row in (*hunk.added, *hunk.removed)]
        if outline is not None:  # a value can stand below its name
            rows += [outline.text(max(1, hunk.new_start - _ABOVE), hunk.new_start) for hunk in change.hunks[:_HUNKS]]
        text = "\n".join(rows)
        return holds_mapping(text) or self._can_give(text)

    def _can_give(self, text: str) -> bool:
        """Whether one of the attributes can be given a value there: its name stands there, or a type that can have it."""
        words = set(_GIVEN_NAME.findall(text))
        return any(
            plain_name(_SETTER.sub("", word)) in self._reads or plain_name(word) in self._reads for word in words
        ) or any(word in self._types for word in set(re.findall(r"\b[A-Z]\w+", text)))

    @cached_property
    def _types(self) -> ReceiverTypes:
        return ReceiverTypes(self._reads.values(), self._near)

    def _given_in(self, read: ReadCommit, change: FileChange) -> Iterator[Produced]:
        if self._left <= 0:
            return
        self._left -= 1
        sides = self._sides(read, change)
        if sides is None:
            return
        now, before = sides
        yield from self._mapped(now, change)
        yield from self._assigned(now, change)
        hunks = change.hunks[:_HUNKS]
        removed = [(hunk.removed_at, hunk) for hunk in hunks if hunk.removed_at]
        held = (before.text(max(1, lines[0] - _ABOVE), lines[-1]) for lines, _ in removed)
        earlier = self._named(before, removed) if self._can_give("\n".join(held)) else None
        if not earlier:  # where nothing was given before, nothing is given otherwise: parsing is what takes time
            return
        after = self._named(now, [(hunk.added_at, None) for hunk in hunks if hunk.added_at])
        if after is None:
            return
        for key in after.keys() | earlier.keys():
            mine, old = after.get(key, []), earlier.get(key, [])
            if not old and not any(owner == key[0] for owner, _ in earlier):
                continue  # the whole construction is new: nothing was given before
            if Counter(each.value for each in mine) != Counter(each.value for each in old):
                ran = any(
                    self._ran.can_run(each, row.line) for each, rows in ((now, mine), (before, old)) for row in rows
                )
                yield self._produced(key, mine, old, change, elsewhere=not ran)

    def _mapped(self, now: Outline, change: FileChange) -> Iterator[Produced]:
        """The attributes of which the commit changed by which name they are read from data: an annotation or tag beside
        their declaration, in a type that they can be read from."""
        rows = now.lines
        for line in mapping_lines(change.hunks[:_HUNKS]):
            name = next(
                (plain_name(each) for each in declared_below(rows, line) if plain_name(each) in self._reads), None
            )
            if name is not None and any(self._types.is_read(each, self._reads[name]) for each in types_in(rows, line)):
                read = self._reads[name]
                yield Produced(ProducerKind.GIVEN, read.name, change.path, line, None, read.use, near=True)

    def _assigned(self, now: Outline, change: FileChange) -> Iterator[Produced]:
        """The attributes that the commit sets otherwise than before (`self.total = find(x)`), in a type that they can be read
        from or of something called as what they are read from."""
        rows = now.lines
        for hunk in change.hunks[:_HUNKS]:
            before = {found[2]: found[3] for row in hunk.removed if (found := _ASSIGNS.match(row[:_LONGEST]))}
            for row, line in zip(hunk.added, hunk.added_at, strict=True):
                found = _ASSIGNS.match(row[:_LONGEST])
                name = plain_name(found[2]) if found else ""
                if found is None or name not in self._reads or found[2] not in before or found[3] == before[found[2]]:
                    continue
                read = self._reads[name]
                owners = [found[1]] if found[1] else types_in(rows, line)
                if any(self._types.is_read(owner, read) for owner in owners):
                    gone, near = sets_nothing(row), not found[1] or self._ran.can_run(now, line)
                    kind, use = ProducerKind.GIVEN, read.use
                    yield Produced(
                        kind, read.name, change.path, line, None, use, near, emptied=gone, elsewhere=not near
                    )

    def _sides(self, read: ReadCommit, change: FileChange) -> tuple[Outline, Outline] | None:
        """The file after and before the commit."""
        found = outlines_beside(self._repository, read.diff.sha, change.new_path, change.old_path)
        large = found is not None and any(len(outline.source) > _MOST_SOURCE for outline in found)
        return None if large else found

    def _named(
        self, outline: Outline, sides: Sequence[tuple[Sequence[int], Hunk | None]]
    ) -> dict[_Key, list[Given]] | None:
        """What is given on these lines to the attributes asked for, by type and attribute. Of a side with its hunk, not what
        went with the whole construction. None where the file cannot be read so far."""
        found: dict[_Key, list[Given]] = {}
        parsed = parse(outline.path, outline.source)
        if parsed is None:
            return None
        for given in givens(parsed, [(lines[0], lines[-1]) for lines, _ in sides], self._budget):
            touched = any(
                _touches(lines, given.line, given.last)
                and not (gone_with is not None and not gone_with.added and _touches(lines, given.head, given.head))
                for lines, gone_with in sides
            )
            name = self._attribute(parsed, given) if touched else None
            if name is not None and self._fits(given.owner, self._reads[name], outline.path):
                found.setdefault((given.owner, name), []).append(given)
        return found if self._budget.left > 0 else None

    def _attribute(self, parsed: Parsed, given: Given) -> str | None:
        """Which of the attributes asked for the value is given to."""
        if isinstance(given.name, str):
            return name if (name := plain_name(given.name)) in self._reads else None
        if given.owner not in self._types:
            return None
        fields = self._types.fields(given.owner, parsed)
        name = plain_name(fields[given.name]) if given.name < len(fields) else ""
        return name if name in self._reads else None

    def _fits(self, owner: str, read: AttributeRead, path: str) -> bool:
        """Whether what is constructed can be what the attribute is read from."""
        if not owner:
            return path in self._near
        if owner[:1].islower():
            return bool(parts(owner)) and any(last_word(owner) == last_word(each) for each in read.receivers)
        return self._types.is_read(owner, read)

    def _produced(
        self, key: _Key, mine: Sequence[Given], old: Sequence[Given], change: FileChange, *, elsewhere: bool
    ) -> Produced:
        read = self._reads[key[1]]
        line = (mine or old)[0].line
        gone = all(sets_nothing(f"x = {each.value}") for each in mine)
        name = next((each.name for each in (*mine, *old) if isinstance(each.name, str)), read.name)
        kind, near = ProducerKind.GIVEN, not elsewhere
        owner = key[0] or None
        return Produced(kind, name, change.path, line, owner, read.use, near, emptied=gone, elsewhere=elsewhere)


def _touches(lines: Sequence[int], first: int, last: int) -> bool:
    """Whether one of the lines, which rise, is among these."""
    at = bisect_left(lines, first)
    return at < len(lines) and lines[at] <= last
