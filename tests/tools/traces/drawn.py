"""Names, words and paths for property tests, each drawn in a few pieces.

`st.from_regex` draws every letter for itself, which takes hypothesis ten times as long as all that is tested with it.
"""

from string import ascii_letters as LETTERS
from string import ascii_lowercase as LOWER
from string import ascii_uppercase as UPPER
from string import digits as DIGITS

from hypothesis import strategies as st

__all__ = ["DIGITS", "LETTERS", "LOWER", "SENTENCE", "UPPER", "joined", "path", "several", "some", "word"]

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
    """One letter of `first`, and so many of `rest`."""
    return joined(st.sampled_from(first), some(rest, least, most))


def path(suffix: Text | str) -> Text:
    """An absolute one of up to four names, with blanks and dashes inside of them."""
    name = joined("/", word(LOWER, LOWER + DIGITS + "_ -", 0, 8), st.sampled_from(LOWER))
    return joined(several(name, 1, 4), suffix)


SENTENCE = joined(word(LOWER, LOWER + " ", 0, 30), st.sampled_from(LOWER))
"""Words with blanks between; it begins and ends with a letter."""
