"""Everything a signal may depend on: the failure site, the window's commits, and how rare each word is in them."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import PurePosixPath
from typing import Final, TypeVar

from tools.commits.component import components_of
from tools.impact.clue_touches import ClueTouch
from tools.impact.clues import Clue
from tools.impact.commit_facts import CommitFacts, ProducerKind
from tools.impact.error_kind import ErrorKind, error_kind_of, named_in, says_missing, signature_complained_of
from tools.impact.failure_site import FailureSite
from tools.impact.given_nothing import gives_nothing
from tools.impact.outside_code import OutsideCode
from tools.impact.standing import Standing
from tools.text.identifiers import STOCK, parts

Key = TypeVar("Key")
_WORD: Final = re.compile(r"\w++")
_JOINED: Final = re.compile(r"[\w-]++")
_TELLING: Final = 0.4  # strength of a name: rarer ones place a failure, others stand in many files


@dataclass(frozen=True)
class SignalContext:
    """The failure site and every commit of the window, oldest first. No signal depends on their order.

    `earlier` are commits from before the window (`tools.impact.prior_commits`); the rarity of words is counted over both.
    `live_for` is how long a commit (by sha) had been deployed when the error was first seen, where that is known.
    """

    site: FailureSite
    changes: tuple[CommitFacts, ...]
    earlier: tuple[CommitFacts, ...] = ()
    live_for: Mapping[str, timedelta] = field(default_factory=dict)

    @cached_property
    def all(self) -> tuple[CommitFacts, ...]:
        """The commits from before the window, then those of the window."""
        return self.earlier + self.changes

    @cached_property
    def pieces(self) -> Counter[str]:
        """In how many commits each part of the message's words was added or removed."""
        return _frequencies([change.added_parts.keys() | change.removed_parts.keys() for change in self.all])

    @cached_property
    def subjects(self) -> Counter[str]:
        """In how many commit messages each word part occurs."""
        return _frequencies([change.message_parts for change in self.all])

    @cached_property
    def entry_parts(self) -> frozenset[str]:
        """The word parts of the outermost in-app functions' names: what the program was asked to do."""
        names = [frame.function or "" for frame in self.site.frames[-3:]]
        return frozenset(part for name in names for part in parts(name) if len(part) > 3 and part not in STOCK)

    @cached_property
    def trace_words(self) -> frozenset[str]:
        """The words in the files of the trace; those joined with `-`, as files are called, also as one."""
        sources = [outline.source for outline in self.site.outlines.values()]
        return frozenset(word for source in sources for each in (_WORD, _JOINED) for word in each.findall(source))

    @cached_property
    def literals(self) -> Counter[str]:
        """In how many commits each value quoted in the message occurs."""
        return _frequencies([change.literals for change in self.all])

    @cached_property
    def clue_counts(self) -> Counter[Clue]:
        """In how many commits lines with each clue of the error's text were added or removed."""
        return _frequencies([frozenset(touch.clue for touch in change.clues) for change in self.all])

    @cached_property
    def sent_counts(self) -> Counter[Clue]:
        """In how many commits lines with each clue were changed, in whatever language."""
        return _frequencies([frozenset(touch.clue for touch in (*each.clues, *each.sent)) for each in self.all])

    @cached_property
    def error_text_counts(self) -> Counter[tuple[str, ...]]:
        """In how many commits each text that the error's message can be was added or removed."""
        return _frequencies([frozenset(text.pieces for text in change.error_texts) for change in self.all])

    @cached_property
    def brought_counts(self) -> Counter[str]:
        """In how many commits more is converted to each type that the error names."""
        return _frequencies([change.brought for change in self.all])

    @cached_property
    def construct_count(self) -> int:
        """How many commits added the construct that the error means."""
        return sum(1 for change in self.all if change.construct)

    @cached_property
    def use_counts(self) -> Counter[Clue]:
        """In how many commits a function that uses each clue was changed elsewhere."""
        return _frequencies([frozenset({each.use_nearby.clue} if each.use_nearby else ()) for each in self.all])

    @cached_property
    def named_path_counts(self) -> Counter[str]:
        """In how many commits each file that the error names by a path was made, changed or mentioned."""
        return _frequencies([frozenset({each.named_path.name} if each.named_path else ()) for each in self.all])

    @cached_property
    def named_file_counts(self) -> Counter[str]:
        """How many commits changed each file that is called after what the error names."""
        return _frequencies([change.named_files.keys() for change in self.all])

    @cached_property
    def strongest_clue(self) -> ClueTouch | None:
        """The clue that says most of those that a commit of the window touched; the rarer in the window wins a tie."""
        rows = (touch for change in self.changes for touch in change.clues)
        return max(rows, key=lambda t: (round(t.strength, 2), -self.clue_counts[t.clue], t.clue.text), default=None)

    @cached_property
    def older_standing(self) -> Standing | None:
        """The code that a bare message names, when no commit of the window touched what it names, nor anything as rare."""
        found = self.site.standing
        touched = {touch.clue for change in self.changes for touch in (*change.clues, *change.sent)}
        touched |= {change.use_nearby.clue for change in self.changes if change.use_nearby}
        if found is None or found.clue in touched:
            return None
        best = self.strongest_clue
        return found if best is None or best.strength < found.strength else None

    @cached_property
    def untouched_names(self) -> tuple[str, ...]:
        """What a message without a readable frame names so that its cause would have to do with it, when no commit of the
        window changed a line with anything it names, a function that uses it, or a package, runtime, file, route, text or
        limit that it can be about."""
        if self.site.located or any(
            each.clues or each.sent or _explains(each) or _is_near(each) for each in self.changes
        ):
            return ()
        files = {PurePosixPath(path).stem for change in self.changes for path in change.paths}
        if any(clue.text in files for clue in self.site.clues):
            return ()
        names = (clue.text for clue in self.site.clues if clue.tells and clue.text not in self.site.foreign)
        return tuple(dict.fromkeys(names))

    @cached_property
    def named_counts(self) -> Counter[str]:
        """In how many commits each definition the message names was changed."""
        return _frequencies([change.named for change in self.all])

    @cached_property
    def reach_counts(self) -> Counter[str]:
        """In how many different definitions of the window each reached name was changed."""
        definitions = {(r.name, r.path, r.owner) for change in self.all for r in change.reached}
        return Counter(name for name, _, _ in definitions)

    @cached_property
    def produced_counts(self) -> Counter[str]:
        """In how many commits each definition whose result arrives at the failing line was changed."""
        calls = [[each for each in change.produced if each.kind is ProducerKind.CALL] for change in self.all]
        return _frequencies([frozenset(each.name for each in mine) for mine in calls])

    @cached_property
    def error_kind(self) -> ErrorKind:
        """What the error is about."""
        return error_kind_of(self.site.exception, self.site.message)

    @cached_property
    def from_outside(self) -> bool:
        """Whether the error comes from outside the program, and no commit of the window lowered the limit it reports or
        changed a value that it speaks of, such as a host."""
        given = any(each.outside.lowered or each.spoken for each in self.changes)
        return self.error_kind is ErrorKind.OUTSIDE and not given

    @cached_property
    def misses(self) -> bool:
        """Whether the error says that something is not there."""
        return self.error_kind in (ErrorKind.MISSING, ErrorKind.LOOKUP) or says_missing(self.site.message)

    @cached_property
    def new_reason(self) -> float:
        """How surely (0..1) a commit of the window gave code that it left alone a reason to fail: the package in which the
        trace ends moved, a limit was lowered, a switch that it asks was turned, or it is given null now."""
        null = self.error_kind is ErrorKind.NULL
        given = max((gives_nothing(each) for each in self.changes if null and not each.reverted_by), default=0.0)
        return max(given, *(_reason_of(each) for each in self.changes), 0.0)

    @cached_property
    def named(self) -> frozenset[str]:
        """The names the error says are missing or wrong."""
        return named_in(self.site.message)

    @cached_property
    def signatures(self) -> frozenset[str]:
        """The functions about whose signature the error complains by name."""
        return signature_complained_of(self.site.message)

    @cached_property
    def declared_anew(self) -> bool:
        """Whether a commit of the window changed a declaration of which the error complains by name."""
        return any(self.signatures & each.resigned for each in self.changes)

    @cached_property
    def used_names(self) -> frozenset[str]:
        """What the innermost frames' lines call, and the functions of the trace."""
        calls = {name for frame in self.site.frames[:4] for name in frame.line_calls}
        return frozenset(calls | {frame.function for frame in self.site.frames if frame.function})

    @cached_property
    def frame_parts(self) -> tuple[frozenset[str], ...]:
        """Per frame, the word parts of its function, class and file names."""
        return tuple(
            frozenset(
                part
                for name in (frame.function or "", frame.owner or "", PurePosixPath(frame.path).stem)
                for part in parts(name)
                if len(part) > 3 and part not in STOCK
            )
            for frame in self.site.frames[:12]
        )

    @cached_property
    def components(self) -> Mapping[str, int]:
        """The folders and names of the trace's files, in lower case, each with the place of the first such file."""
        found: dict[str, int] = {}
        for place, path in enumerate(self.site.paths):
            *folders, file = path.lower().split("/")
            wide = len(folders) > 1  # the first folder of a deep path holds half the program
            for name in (*folders[wide:], file.partition(".")[0]):
                found.setdefault(name, place)
        return found

    @cached_property
    def component_counts(self) -> Counter[str]:
        """In how many commits' subjects each part of the program stands in front."""
        return _frequencies([components_of(change.message) for change in self.all])

    @cached_property
    def message_weights(self) -> dict[str, float]:
        """Importance times squared rarity of the trace's word parts that occur in some commit message."""
        weights: dict[str, float] = dict.fromkeys(self.site.message_parts & self.subjects.keys(), 1.0)
        for depth, found in enumerate(self.frame_parts):
            for part in found & self.subjects.keys():
                weights[part] = max(weights.get(part, 0.0), decay(depth))
        # In a fixed order: sums over it must not differ in the last digit from one run of Python to the next.
        return {part: weights[part] * self.rarity(self.subjects[part]) ** 2 for part in sorted(weights)}

    @cached_property
    def query_parts(self) -> int:
        """How many different word parts the messages and the frames' names have: of a single word, all is nothing."""
        return len(self.site.message_parts.union(*self.frame_parts))

    def rarity(self, frequency: int) -> float:
        """1 for what a single commit has, 0 for what every commit has (inverse document frequency, scaled)."""
        total = max(len(self.all), 10)
        return max(0.0, math.log((total + 1) / (frequency + 1)) / math.log((total + 1) / 2))


def _frequencies(groups: Sequence[AbstractSet[Key]]) -> Counter[Key]:
    found: Counter[Key] = Counter()
    for group in groups:
        found.update(group)
    return found


def _reason_of(change: CommitFacts) -> float:
    ends_in = change.dependency.value if change.dependency is not None and change.dependency.value >= 1 else 0.0
    turned = decay(change.outside.turned.depth) if change.outside.turned is not None else 0.0
    return max(ends_in, turned, float(change.outside.lowered is not None))


def _explains(change: CommitFacts) -> bool:
    """Whether what the error names can have gone with something that the commit changed outside the code's own lines."""
    runtime = any(moved.kind == "runtime" for moved in change.moved)
    return (
        runtime or bool(change.dependency or change.named_files or change.named_path) or change.outside != OutsideCode()
    )


def _is_near(change: CommitFacts) -> bool:
    """Whether the commit changed a function that uses something telling of what the error names."""
    return change.use_nearby is not None and change.use_nearby.strength >= _TELLING


def trusted(number: int) -> float:
    """How far a share of `number` words can be trusted: 0.5 of one, 0.67 of two, 0.9 of nine."""
    return number / (number + 1)


def decay(depth: int) -> float:
    """How much a frame counts, by its depth from the innermost in-app one: 1, 0.71, 0.58, 0.5, ..."""
    return 1 / math.sqrt(1 + depth)
