"""A read window beside its scene: what every signal is a function of, and how rare each word is there."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import PurePosixPath
from typing import TypeVar

from tools.impact.commit_facts import Change
from tools.impact.error_kind import Complaint, complaint_of, named_in
from tools.impact.failure_site import FailureSite
from tools.text.identifiers import parts

Key = TypeVar("Key")


@dataclass(frozen=True)
class SignalContext:
    """The scene and every change of the window, oldest first. Order plays no part in any signal.

    `earlier` are changes from before the window (`tools.impact.prior_commits`); how rare a word is, is counted over both. `live_for`
    is how long a commit (by sha) had been deployed when the error was first seen, where that is known.
    """

    scene: FailureSite
    changes: tuple[Change, ...]
    earlier: tuple[Change, ...] = ()
    live_for: Mapping[str, timedelta] = field(default_factory=dict)

    @cached_property
    def all(self) -> tuple[Change, ...]:
        """Those from before the window and those of it."""
        return self.earlier + self.changes

    @cached_property
    def words(self) -> Counter[str]:
        """In how many commits each scene word was added or removed."""
        return _frequencies([change.added.keys() | change.removed.keys() for change in self.all])

    @cached_property
    def pieces(self) -> Counter[str]:
        """In how many commits each part of the message's words was added or removed."""
        return _frequencies([change.added_parts.keys() | change.removed_parts.keys() for change in self.all])

    @cached_property
    def subjects(self) -> Counter[str]:
        """In how many commit messages each word part occurs."""
        return _frequencies([change.message_parts for change in self.all])

    @cached_property
    def message_names(self) -> Counter[str]:
        """In how many commit messages each scene word occurs whole."""
        return _frequencies([change.message_names for change in self.all])

    @cached_property
    def entry_parts(self) -> frozenset[str]:
        """The word parts of the outermost in-app functions' names: what was asked of the program."""
        names = [place.function or "" for place in self.scene.places[-3:]]
        return frozenset(part for name in names for part in parts(name) if len(part) > 3)

    @cached_property
    def literals(self) -> Counter[str]:
        """In how many commits each value quoted in the message occurs."""
        return _frequencies([change.literals for change in self.all])

    @cached_property
    def named_counts(self) -> Counter[str]:
        """In how many commits each definition the message names was changed."""
        return _frequencies([change.named for change in self.all])

    @cached_property
    def reach_counts(self) -> Counter[str]:
        """In how many different definitions of the window each reached name was changed."""
        places = {(r.name, r.path, r.owner) for change in self.all for r in change.reached}
        return Counter(name for name, _, _ in places)

    @cached_property
    def complaint(self) -> Complaint:
        """What the error is about."""
        return complaint_of(self.scene.exception, self.scene.message)

    @cached_property
    def named(self) -> frozenset[str]:
        """The names the error says are missing or wrong."""
        return named_in(self.scene.message)

    @cached_property
    def used_names(self) -> frozenset[str]:
        """What the innermost frames' lines call, and the functions of the trace."""
        calls = {name for place in self.scene.places[:4] for name in place.line_calls}
        return frozenset(calls | {place.function for place in self.scene.places if place.function})

    @cached_property
    def function_counts(self) -> Counter[tuple[str, int]]:
        """In how many commits each function of the trace (path, first line) was changed."""
        return _frequencies(
            [{(c.place.path, c.place.start) for c in change.contacts if c.added or c.removed} for change in self.all]
        )

    @cached_property
    def file_counts(self) -> Counter[str]:
        """In how many commits each file of the trace was touched."""
        return _frequencies([{contact.place.path for contact in change.contacts} for change in self.all])

    @cached_property
    def frame_parts(self) -> tuple[frozenset[str], ...]:
        """Per frame, the word parts of its function, class and file names."""
        return tuple(
            frozenset(
                part
                for name in (place.function or "", place.owner or "", PurePosixPath(place.path).stem)
                for part in parts(name)
                if len(part) > 3
            )
            for place in self.scene.places[:12]
        )

    @cached_property
    def trace_weights(self) -> dict[str, float]:
        """Importance times rarity of the trace's identifiers that some commit changed; the failing line's weigh 1."""
        weights: dict[str, float] = {}
        for place in self.scene.places[:12]:
            worth = decay(place.depth)
            layers = ((place.line_words, 1.0), (place.ran_words, 0.5), (place.words, 0.3), (place.hop_words, 0.3))
            for words, part in layers:
                for word in words & self.words.keys():
                    weights[word] = max(weights.get(word, 0.0), worth * part)
        for word in self.scene.message_words & self.words.keys():
            weights[word] = 1.0
        return {word: worth * self.rarity(self.words[word]) ** 2 for word, worth in weights.items()}

    @cached_property
    def told_weights(self) -> dict[str, float]:
        """Importance times rarity of the trace's word parts that some commit message speaks of."""
        weights: dict[str, float] = dict.fromkeys(self.scene.message_parts & self.subjects.keys(), 1.0)
        for depth, found in enumerate(self.frame_parts):
            for part in found & self.subjects.keys():
                weights[part] = max(weights.get(part, 0.0), decay(depth))
        return {part: worth * self.rarity(self.subjects[part]) ** 2 for part, worth in weights.items()}

    def rarity(self, frequency: int) -> float:
        """1 for what a single commit has, 0 for what every commit has (inverse document frequency, scaled)."""
        total = max(len(self.all), 10)
        return max(0.0, math.log((total + 1) / (frequency + 1)) / math.log((total + 1) / 2))


def _frequencies(groups: Sequence[AbstractSet[Key]]) -> Counter[Key]:
    found: Counter[Key] = Counter()
    for group in groups:
        found.update(group)
    return found


def decay(depth: int) -> float:
    """How much a frame counts, by its depth from the innermost in-app one: 1, 0.71, 0.58, 0.5, ..."""
    return 1 / math.sqrt(1 + depth)
