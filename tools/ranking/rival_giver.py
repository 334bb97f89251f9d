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
    """Whether the likeliest commit changed, in the trace's functions, only texts or what the failing value does not depend on,
    while another one changed what gives that value: then no one of the two is named, whatever their figures. `ranked`: the
    values of the commits' signals by name, the likeliest first."""
    if not ranked or not _measured(ranked[0], _LEAVES) or _measured(ranked[0], _GIVES):
        return False
    return any(_measured(each, _GIVES) for each in ranked[1:])


def _measured(values: Mapping[str, float], names: Sequence[str]) -> bool:
    return any(values.get(name, 0.0) > 0 for name in names)
