"""What probabilities say: which outcome, which commit, and how sure in a word."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from graph.posterior import Posterior
from graph.thresholds import Thresholds
from incidents.evidence import Evidence, Suspect
from incidents.verdict import WORDS, Outcome, Word


@dataclass(frozen=True, slots=True)
class Ruling:
    """An outcome with its suspects, best first. `named` is the culprit's sha, `probability` that of the outcome; for
    "unsure" it is the leading explanation's."""

    outcome: Outcome
    suspects: tuple[Suspect, ...]
    named: str | None
    probability: float
    word: Word

    @property
    def answer(self) -> tuple[Outcome, str | None]:
        """What it says, without how sure it is."""
        return self.outcome, self.named

    def doubted(self) -> "Ruling":
        """The same figures, one word less sure; without an answer when the word was low."""
        if self.word == "low":
            return replace(self, outcome="unsure", named=None)
        return replace(self, word=WORDS[WORDS.index(self.word) - 1])

    def undecided(self) -> "Ruling":
        """The same figures without an answer."""
        return replace(self, outcome="unsure", named=None, word="low")

    def worded(self, word: Word) -> "Ruling":
        """The same answer, that sure."""
        return replace(self, word=word)


def rule(evidence: Evidence, found: Posterior, thresholds: Thresholds) -> Ruling:
    """Read outcome, commit and word off the probabilities."""
    suspects = _reordered(evidence, found)
    outcome = _outcome(suspects, found, thresholds)
    if outcome == "none" and evidence.unread:  # what was not seen may be the cause
        outcome = "unsure"
    best = suspects[0].probability if suspects else 0.0
    probability = {"culprit": best, "none": found.none, "unsure": max(best, found.none)}[outcome]
    return Ruling(
        outcome=outcome,
        suspects=suspects,
        named=suspects[0].commit.sha if outcome == "culprit" else None,
        probability=min(probability, 1.0),
        word=_word(outcome, probability, _sure(evidence, outcome, suspects), thresholds),
    )


def _reordered(evidence: Evidence, found: Posterior) -> tuple[Suspect, ...]:
    """Suspects by their new probability; the evidence's order where they are equal."""
    updated = [
        each.model_copy(update={"probability": min(found.suspects[each.commit.sha], 1.0)}) for each in evidence.suspects
    ]
    return tuple(sorted(updated, key=lambda each: -each.probability))


def _outcome(suspects: Sequence[Suspect], found: Posterior, thresholds: Thresholds) -> Outcome:
    if not suspects:
        return "none"
    best = suspects[0].probability
    if best >= thresholds.culprit and best > found.none:
        return "culprit"
    return "none" if found.none >= max(thresholds.none, best) else "unsure"


def _sure(evidence: Evidence, outcome: Outcome, suspects: Sequence[Suspect]) -> bool:
    """Whether the word may be "high": a culprit needs a measured signal, "none" that nothing speaks against it unseen."""
    if outcome == "none":
        return not evidence.hit_failing_line and not evidence.read_in_part
    return outcome != "culprit" or any(not each.against and each.value > 0 for each in suspects[0].signals)


def _word(outcome: Outcome, probability: float, sure: bool, thresholds: Thresholds) -> Word:
    if outcome == "unsure" or probability < thresholds.medium:
        return "low"
    return "high" if probability >= thresholds.high and sure else "medium"
