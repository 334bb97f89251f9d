"""What an answer is read off: the probabilities of ranked commits, and by which facts the likeliest has its own."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tools.ranking.answer import Chances
from tools.ranking.rival_giver import leaves_value_to_another
from tools.signals.registry import (
    changed_trace,
    gives_nothing_alone,
    only_kept_expression,
    says_what_failed,
    wrote_new_line,
)


class Ranked(NamedTuple):
    """A commit's probability, and the values of its signals by name."""

    probability: float
    values: Mapping[str, float]


def chances_of(ranked: Sequence[Ranked], none: float, commits: int, *, hit: bool) -> Chances:
    """What git alone gives. `ranked`: of the `commits` of the window those that are suspects, the likeliest first; `hit`:
    whether that one wrote or removed code at the failing line."""
    best, second = (*(each.probability for each in ranked[:2]), 0.0, 0.0)[:2]
    values = ranked[0].values if ranked else {}
    kept = giver_of_null([each.values for each in ranked], hit=hit) is not None
    return Chances(
        best,
        second,
        none,
        commits,
        wrote_line=gives_nothing_alone(values) or (wrote_new_line(values) and not kept),
        says_it=says_what_failed(values),
        changed_trace=any(changed_trace(each.values) for each in ranked),
        leaves_value=only_kept_expression(values) or leaves_value_to_another([each.values for each in ranked]),
    )


def giver_of_null(ranked: Sequence[Mapping[str, float]], *, hit: bool) -> int | None:
    """The place of the commit that changed when the failing code is given null, where the likeliest one only rewrote a line
    that made the same call before: what that one wrote is no new line."""
    if not ranked or hit or not ranked[0].get("kept_path"):
        return None
    return next(
        (
            n
            for n, values in enumerate(ranked)
            if n and (values.get("nothing_from_callee") or values.get("nothing_given"))
        ),
        None,
    )
