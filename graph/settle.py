"""The verdict, settled in code from checkable facts. The judge advises; it does not decide.

Order: drop opinions that are no candidate's, drop citations that do not exist, drop what the judge found unsound,
combine the rest with the evidence (`graph.posterior`), read outcome and word off the thresholds (`graph.thresholds`).
"""

from collections.abc import Sequence

from graph.citations import Checked, LinesOf, check
from graph.posterior import Posterior, combine
from graph.thresholds import THRESHOLDS, WEIGHTS, Thresholds, Weights
from graph.wording import basis, next_step, reason
from incidents.advice import JUDGE, Advice
from incidents.evidence import Evidence, Suspect
from incidents.opinion import Opinion, last_words, latest
from incidents.verdict import Confidence, Outcome, Verdict


def settle(
    evidence: Evidence,
    opinions: Sequence[Opinion] = (),
    advice: Advice | None = None,
    *,
    lines_of: LinesOf,
    thresholds: Thresholds = THRESHOLDS,
    weights: Weights = WEIGHTS,
) -> Verdict:
    """Which commit, if any. Every commit of the evidence is in the verdict's suspects or ruled_out, once."""
    checked = _checked(evidence, opinions, lines_of)
    counted = [each.opinion for each in checked if _counts(each.opinion, advice, weights)]
    advised = _usable(evidence, advice)
    combined = combine(evidence, counted, advised if counted else None, weights)
    suspects = _reordered(evidence, combined)
    outcome = _outcome(suspects, combined, thresholds)
    if outcome == "none" and evidence.unread:  # what was not seen may be the cause
        outcome = "unsure"
    return Verdict(
        outcome=outcome,
        culprit=suspects[0].commit.sha if outcome == "culprit" else None,
        confidence=_confidence(outcome, suspects, combined, thresholds).model_copy(
            update={"basis": basis(outcome, evidence, suspects, checked, counted, advice, advised)}
        ),
        suspects=suspects,
        ruled_out=evidence.ruled_out,
        opinions=tuple(each.opinion for each in checked),
        mode="agents" if counted else "evidence",
        unreached=_unreached(opinions, advice),
        reason=reason(outcome, evidence, suspects, counted),
        next_step=next_step(outcome, evidence, suspects),
    )


def _checked(evidence: Evidence, opinions: Sequence[Opinion], lines_of: LinesOf) -> list[Checked]:
    """The last word of each agent on each candidate, with only the citations that exist."""
    candidates = {each.commit.sha for each in evidence.suspects}
    window = candidates | {each.commit.sha for each in evidence.ruled_out}
    said = [each for each in last_words(opinions).values() if each.commit in candidates]
    return [check(each, window, lines_of) for each in said]


def _counts(opinion: Opinion, advice: Advice | None, weights: Weights) -> bool:
    """Whether an opinion moves the odds. The judge's rubric can only take a "caused" away, never add one."""
    if opinion.caused is None:
        return False
    points = advice.points(opinion) if advice is not None else None
    return not (opinion.caused and points is not None and points < weights.unsound)


def _unreached(opinions: Sequence[Opinion], advice: Advice | None) -> tuple[str, ...]:
    """The agents that could not be asked, the last time that somebody wanted to, each once."""
    silent = [each.agent for each in latest(opinions).values() if each.unreached]
    return tuple(dict.fromkeys([*silent, JUDGE] if advice is not None and advice.unreached else silent))


def _usable(evidence: Evidence, advice: Advice | None) -> Advice | None:
    """The advice when it can be followed: a culprit must be a candidate."""
    if advice is None or advice.abstained is not None:
        return None
    named = advice.decision != "culprit" or advice.commit in {each.commit.sha for each in evidence.suspects}
    return advice if named else None


def _reordered(evidence: Evidence, combined: Posterior) -> tuple[Suspect, ...]:
    """Suspects by combined probability; the evidence's order where they are equal."""
    updated = [
        each.model_copy(update={"probability": min(combined.suspects[each.commit.sha], 1.0)})
        for each in evidence.suspects
    ]
    return tuple(sorted(updated, key=lambda each: -each.probability))


def _outcome(suspects: Sequence[Suspect], combined: Posterior, thresholds: Thresholds) -> Outcome:
    if not suspects:
        return "none"
    best = suspects[0].probability
    if best >= thresholds.culprit and best > combined.none:
        return "culprit"
    return "none" if combined.none >= max(thresholds.none, best) else "unsure"


def _confidence(
    outcome: Outcome, suspects: Sequence[Suspect], combined: Posterior, thresholds: Thresholds
) -> Confidence:
    """For `unsure` the probability is that of the leading explanation and the word is always low."""
    best = suspects[0].probability if suspects else 0.0
    probability = {"culprit": best, "none": combined.none, "unsure": max(best, combined.none)}[outcome]
    measured = outcome != "culprit" or any(not each.against and each.value > 0 for each in suspects[0].signals)
    if outcome == "unsure" or probability < thresholds.medium:
        return Confidence(probability=min(probability, 1.0), word="low")
    high = probability >= thresholds.high and measured
    return Confidence(probability=min(probability, 1.0), word="high" if high else "medium")
