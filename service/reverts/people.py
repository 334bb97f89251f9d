"""Who is who: one person acts under several names, as in Slack, with a token, on the command line."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

_COMMAND_LINE: Final = " (command line)"


def person(name: str, people: Mapping[str, Sequence[str]]) -> str:
    """Return the one name of whoever acts under `name`: that under which the settings list it, else itself.

    Case and blanks do not count, and an account of this machine is believed to be the person with a token of that name.
    """
    plain = _plain(name)
    return next((one for one, others in people.items() if plain in {_plain(each) for each in (one, *others)}), plain)


def different(names: Iterable[str], people: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Return how many different people these are, by their one name each."""
    return frozenset(person(each, people) for each in names)


def _plain(name: str) -> str:
    return " ".join(name.removesuffix(_COMMAND_LINE).split()).casefold()
