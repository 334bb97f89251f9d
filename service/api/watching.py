"""Places for pages that wait for changes: so many in one process, and so many of them for one caller."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

MOST_WATCHING = 200
MOST_OF_ONE = 50


@dataclass(slots=True)
class Watching:
    """Counts the pages that wait, by the name of their caller."""

    most: int = MOST_WATCHING
    most_of_one: int = MOST_OF_ONE
    _taken: Counter[str] = field(default_factory=Counter)

    def is_full(self, caller: str) -> bool:
        """Whether there is no place for one more page of this caller."""
        return self._taken.total() >= self.most or self._taken[caller] >= self.most_of_one

    @contextmanager
    def place(self, caller: str) -> Iterator[None]:
        """Take a place as long as the block runs."""
        self._taken[caller] += 1
        try:
            yield
        finally:
            self._taken[caller] -= 1
            self._taken += Counter()  # names without a place are forgotten
