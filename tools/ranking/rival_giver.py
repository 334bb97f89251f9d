"""Whether another commit explains better how the failing value came about than the one that seems likeliest."""

from collections.abc import Mapping, Sequence
from typing import Final

_GIVES: Final = (
    "changed_what_gives_value",
    "nothing_from_callee",
    "nothing_arrives",
    "nothing_given",
    "gives_another_value",
)
_LEAVES: Final = ("beside_the_value", "only_texts")


def leaves_value_to_another(ranked: Sequence[Mapping[str, float]]) -> bool:
    """Whether no one is named, whatever their figures: there is such a rival."""
    return rival_giver(ranked) is not None


def rival_giver(ranked: Sequence[Mapping[str, float]]) -> int | None:
    """The place of the first rival of the likeliest commit: that one changed, in the trace's functions, only texts or what
    the failing value does not depend on, while the rival changed what gives that value, or one like it. `ranked`: the values
    of the commits' signals by name, the likeliest first."""
    if not ranked or not _measured(ranked[0], _LEAVES) or _measured(ranked[0], _GIVES):
        return None
    return next((place for place, each in enumerate(ranked) if place and _measured(each, _GIVES)), None)


def _measured(values: Mapping[str, float], names: Sequence[str]) -> bool:
    return any(values.get(name, 0.0) > 0 for name in names)
