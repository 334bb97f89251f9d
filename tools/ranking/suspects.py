"""Which commits are suspects and which are ruled out, by probability and reasons."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from incidents.evidence import Commit, RuledOut, Signal, Suspect
from incidents.seen import Visibility
from tools.ranking.explanations import Exclusion, exclusion, reason_against, reasons_for
from tools.ranking.ranker import Weights

_USUAL: Final = 5  # as many suspects are kept however unlikely they are
_MOST: Final = 12
_WORTH_A_LOOK: Final = 0.02
_OLDER: Final = 0.15
_BESIDE: Final = "changes only code beside what failed"


class Candidate(NamedTuple):
    """One commit with its probability and signals; `proof` says why it cannot be the cause, `beside` that all it did in the
    files of the trace had not run or is nothing that what failed depends on."""

    commit: Commit
    probability: float
    signals: tuple[Signal, ...]
    proof: str | None = None
    beside: bool = False


def sort_out(
    candidates: Sequence[Candidate],
    weights: Weights,
    visibility: Visibility = "code",
    doubted: Mapping[str, str] = MappingProxyType({}),
) -> tuple[tuple[Suspect, ...], tuple[RuledOut, ...]]:
    """(suspects, best first; the other commits, in the order given). A suspect has reasons and no proof against it;
    `doubted` holds, by sha, what a commit did that no signal measures."""
    suspects: dict[int, Suspect] = {}
    for number in sorted(range(len(candidates)), key=lambda n: (-candidates[n].probability, candidates[n].commit.sha)):
        each = candidates[number]
        suspect = None if each.proof else _suspect(each, weights, doubted.get(each.commit.sha, ""))
        wanted = len(suspects) < _USUAL or each.probability >= _WORTH_A_LOOK
        if suspect and wanted and len(suspects) < _MOST:
            suspects[number] = suspect
    others = (each for number, each in enumerate(candidates) if number not in suspects)
    return tuple(suspects.values()), tuple(_ruled_out(each, weights, visibility) for each in others)


def older_suspect(earlier: Sequence[Candidate], weights: Weights) -> Suspect | None:
    """The likeliest of the commits from before the window; None when it has less than 0.15 or no reasons."""
    best = max(earlier, key=lambda each: each.probability, default=None)
    return _suspect(best, weights) if best and best.probability >= _OLDER else None


def _suspect(each: Candidate, weights: Weights, doubt: str = "") -> Suspect | None:
    reasons = reasons_for(each.signals, weights) or ((doubt,) if doubt else ())
    if not reasons:
        return None
    return Suspect(commit=each.commit, probability=min(1.0, each.probability), reasons=reasons, signals=each.signals)


def excluded(candidates: Sequence[Candidate], weights: Weights) -> tuple[str, ...]:
    """Of each commit that a fact or a proof rules out, whatever the trace, the reason."""
    return tuple(why for each in candidates if (why := each.proof or exclusion(each.signals, weights)))


def _ruled_out(each: Candidate, weights: Weights, visibility: Visibility) -> RuledOut:
    found = Exclusion(each.proof) if each.proof else reason_against(each.signals, weights, visibility)
    if each.beside and found.kind == "nothing":
        found = Exclusion(_BESIDE, "nothing")
    return RuledOut(commit=each.commit, reason=found.reason, kind=found.kind, brief=found.brief)
