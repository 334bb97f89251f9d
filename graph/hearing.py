"""Which opinions count, which of their words a person may read, and what was left out and why."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from agents.fence import one_line
from agents.prose import quoted, refusal
from graph.citations import Checked
from graph.names import agent, short
from graph.thresholds import Weights
from incidents.advice import Advice
from incidents.evidence import Evidence
from incidents.opinion import Opinion, Proof

_REASON = 200
_WORDS = 1_000


@dataclass(frozen=True, slots=True)
class Hearing:
    """The checked opinions.

    `counted` are those that change the odds; `shown` are all, with only the words that may be shown; `advice` is the
    advice as given, `advised` the same when it can be followed. `left_out` are sentences.
    """

    counted: tuple[Checked, ...]
    shown: tuple[Opinion, ...]
    advice: Advice | None
    advised: Advice | None
    left_out: tuple[str, ...]


def hear(
    evidence: Evidence,
    checked: Sequence[Checked],
    advice: Advice | None,
    weights: Weights,
    older: Collection[str] = (),
) -> Hearing:
    """Decide which opinions count.

    The judge's rubric can only remove a "caused", never add one. It cannot remove one that code proved, and it needs a
    reason that a person can read. `older` are commits from before the deploy, which an explanation may name too.
    """
    ids = known_ids(evidence) | frozenset(older)
    clean, withheld = _clean(checked, ids)
    silenced = [each for each in clean if _silenced(each, advice, ids, weights)]
    counted = tuple(each for each in clean if each.opinion.caused is not None and each not in silenced)
    removed = [_removal_line(each.opinion, advice) for each in silenced if advice is not None]
    return Hearing(
        counted=counted,
        shown=tuple(each.opinion for each in clean),
        advice=advice,
        advised=_usable(evidence, advice) if counted else None,
        left_out=(*removed, *withheld),
    )


def known_ids(evidence: Evidence) -> frozenset[str]:
    """Return the commits that an explanation may name."""
    suspects = (*evidence.suspects, evidence.older) if evidence.older else evidence.suspects
    shas = [*(each.commit.sha for each in suspects), *(each.commit.sha for each in evidence.ruled_out)]
    return frozenset([*shas, evidence.base, evidence.deployed])


def _clean(checked: Sequence[Checked], ids: frozenset[str]) -> tuple[list[Checked], list[str]]:
    """Return the opinions without words that a person must not read, and sentences about those words."""
    clean: list[Checked] = []
    withheld: dict[tuple[str, str], list[str]] = {}
    for each in checked:
        opinion, said = each.opinion, quoted(each.opinion.mechanism)
        problem = refusal(said, ids)
        if problem is not None:
            withheld.setdefault((opinion.agent, problem), []).append(opinion.commit)
        words = "" if problem else str(one_line(said, _WORDS))
        shown = {"mechanism": words, "proof": _clean_proof(opinion.proof, ids)}
        clean.append(each._replace(opinion=opinion.model_copy(update=shown)))
    return clean, [_withheld_line(name, problem, about) for (name, problem), about in withheld.items()]


def _withheld_line(name: str, problem: str, about: Sequence[str]) -> str:
    """One sentence for all commits: who compares says the same words about each."""
    where = f"on {short(about[0])}" if len(about) == 1 else f"on {len(about)} commits"
    return f"Words of the {agent(name)} {where} are not shown: {problem}."


def _clean_proof(proof: Proof | None, ids: frozenset[str]) -> Proof | None:
    """The proof with only the words of steps that a person may read."""
    if proof is None:
        return None
    steps = tuple(step.model_copy(update={"says": _readable(step.says, ids)}) for step in proof.steps)
    return proof.model_copy(update={"steps": steps})


def _readable(says: str, ids: frozenset[str]) -> str:
    words = quoted(says)
    return "" if refusal(words, ids) else str(one_line(words, _REASON))


def _silenced(checked: Checked, advice: Advice | None, ids: frozenset[str], weights: Weights) -> bool:
    points = advice.points(checked.opinion) if advice is not None else None
    if advice is None or not checked.opinion.caused or points is None or points >= weights.unsound:
        return False
    return (
        checked.calls_away is None
        and not checked.proven
        and bool(advice.reason.strip())
        and refusal(advice.reason, ids) is None
    )


def _removal_line(opinion: Opinion, advice: Advice) -> str:
    said = f"{advice.points(opinion)} of 12 points: {one_line(advice.reason, _REASON)}"
    return f"The SRE manager left out the {agent(opinion.agent)}'s opinion on {short(opinion.commit)} ({said})"


def _usable(evidence: Evidence, advice: Advice | None) -> Advice | None:
    """Return the advice when it can be followed: a culprit must be a candidate."""
    if advice is None or advice.abstained is not None:
        return None
    named = advice.decision != "culprit" or advice.commit in {each.commit.sha for each in evidence.suspects}
    return advice if named else None
