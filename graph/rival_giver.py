"""Whether another commit explains better how the failing value came about than the one that seems likeliest."""

from collections.abc import Sequence
from typing import Final

from incidents.evidence import Suspect

_GIVES: Final = (
    "changed_what_gives_value",
    "nothing_from_callee",
    "nothing_arrives",
    "nothing_given",
    "gives_another_value",
)
_LEAVES: Final = ("beside_the_value", "only_texts")


def leaves_value_to_another(suspects: Sequence[Suspect]) -> bool:
    """Whether the likeliest suspect changed, in the trace's functions, only texts or what the failing value does not depend on,
    while another one changed what gives that value: then no one of the two is named, whatever their figures."""
    if not suspects or not _measured(suspects[0], _LEAVES) or _measured(suspects[0], _GIVES):
        return False
    return any(_measured(each, _GIVES) for each in suspects[1:])


def _measured(suspect: Suspect, names: Sequence[str]) -> bool:
    return any(each.name in names and each.value > 0 for each in suspect.signals)
