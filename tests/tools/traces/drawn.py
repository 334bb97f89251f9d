"""Names, words and paths for property tests, each drawn in a few pieces.

`st.from_regex` draws every letter for itself, which takes hypothesis ten times as long as all that is tested with it. Of a word and a
path one number is drawn, from which its letters follow: a failing example is shown with any words instead of the shortest.
"""

from collections.abc import Callable
from random import Random
from string import ascii_letters as LETTERS
from string import ascii_lowercase as LOWER
from string import ascii_uppercase as UPPER
from string import digits as DIGITS
from typing import TypeVar

from hypothesis import strategies as st

__all__ = [
    "DIGITS",
    "LETTERS",
    "LOWER",
    "SENTENCE",
    "UPPER",
    "joined",
    "numbered",
    "path",
    "several",
    "some",
    "word",
    "word_of",
]

Drawn = TypeVar("Drawn")
Text = st.SearchStrategy[str]


def some(letters: str, least: int, most: int) -> Text:
    """So many of these letters."""
    return st.text(letters, min_size=least, max_size=most)


def joined(*parts: Text | str) -> Text:
    """One after the other."""
    return st.tuples(*(st.just(each) if isinstance(each, str) else each for each in parts)).map("".join)


def several(part: Text, least: int, most: int) -> Text:
    """So many of them without anything between."""
    return st.lists(part, min_size=least, max_size=most).map("".join)


def word(first: str, rest: str, least: int, most: int) -> Text:
    """The strategy of `word_of`."""
    return numbered(lambda chance: word_of(chance, first, rest, least, most))


def path(suffix: Text | str) -> Text:
    """An absolute one of up to four names, with blanks and dashes inside of them."""
    return joined(numbered(_folders), suffix)


def numbered(made: Callable[[Random], Drawn]) -> st.SearchStrategy[Drawn]:
    """What follows from one number."""
    return st.integers(0, 2**32 - 1).map(lambda number: made(Random(number)))


def _folders(chance: Random) -> str:
    names = range(chance.randint(1, 4))
    return "".join(f"/{word_of(chance, LOWER, LOWER + DIGITS + '_ -', 0, 8)}{chance.choice(LOWER)}" for _ in names)


def word_of(chance: Random, first: str, rest: str, least: int, most: int) -> str:
    """One letter of `first`, and so many of `rest`."""
    return chance.choice(first) + "".join(chance.choices(rest, k=chance.randint(least, most)))


SENTENCE = joined(word(LOWER, LOWER + " ", 0, 30), st.sampled_from(LOWER))
"""Words with blanks between; it begins and ends with a letter."""
