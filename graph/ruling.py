"""What probabilities say, as far as enough was seen: which of the four answers, which commit, and how sure in a word."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from graph.citations import Proofs
from graph.posterior import Posterior
from graph.thresholds import Thresholds
from incidents.evidence import Doubt, Evidence, Suspect
from incidents.verdict import STATED, WORDS, Outcome, Word
from tools.ranking.answer import Chances, answer
from tools.ranking.chances import Ranked, chances_of
from tools.ranking.chances import giver_of_null as null_giver
from tools.ranking.elsewhere import FROM_OUTSIDE
from tools.signals.registry import only_edited_line, vector


@dataclass(frozen=True, slots=True)
class Ruling:
    """An outcome with its suspects, best first. `named` is the culprit's sha, `probability` that of the outcome; for "unsure"
    it is the leading explanation's, for "not_enough" the likeliest commit's. `none` is the probability of none of these
    commits, which is no answer where too little was seen."""

    outcome: Outcome
    suspects: tuple[Suspect, ...]
    named: str | None
    probability: float
    word: Word
    none: float

    @property
    def answer(self) -> tuple[Outcome, str | None]:
        """What it says, without how sure it is."""
        return self.outcome, self.named

    @property
    def stated(self) -> bool:
        """Whether it names a commit or says that none of them did it."""
        return self.outcome in STATED

    def doubted(self) -> "Ruling":
        """The same figures, one word less sure; a low word stays."""
        return replace(self, word=WORDS[max(WORDS.index(self.word) - 1, 0)])

    def unstated(self, outcome: Outcome) -> "Ruling":
        """The same figures without an answer: what competes, or what is likeliest where too little was seen."""
        leading = _leading(self.suspects, self.none if outcome == "unsure" else 0.0)
        return replace(self, outcome=outcome, named=None, word="low", probability=leading)

    def naming(self, sha: str | None) -> "Ruling":
        """The same figures; what was answered is this commit."""
        return replace(self, outcome="culprit", named=sha)

    def worded(self, word: Word) -> "Ruling":
        """The same answer, that sure."""
        return replace(self, word=word)


def rule(evidence: Evidence, found: Posterior, thresholds: Thresholds, proofs: Proofs | None = None) -> Ruling:
    """Read outcome, commit and word off the probabilities.

    `proofs` are those of opinions, None for git alone: a step of theirs confirms where it failed; a commit that they clear
    explains a "none" where git does not.
    """
    suspects = _reordered(evidence, found)
    outcome = _outcome(evidence, suspects, found, proofs)
    best = suspects[0].probability if suspects else 0.0
    probability = {"none": found.none, "unsure": max(best, found.none)}.get(outcome, best)
    return Ruling(
        outcome=outcome,
        suspects=suspects,
        named=suspects[0].commit.sha if outcome == "culprit" else None,
        probability=min(probability, 1.0),
        word=_word(outcome, probability, _sure(evidence, outcome, suspects), thresholds),
        none=found.none,
    )


def _reordered(evidence: Evidence, found: Posterior) -> tuple[Suspect, ...]:
    """Suspects by their new probability; the evidence's order where they are equal."""
    updated = [
        each.model_copy(update={"probability": min(found.suspects[each.commit.sha], 1.0)}) for each in evidence.suspects
    ]
    return tuple(sorted(updated, key=lambda each: -each.probability))


def _outcome(evidence: Evidence, suspects: Sequence[Suspect], found: Posterior, proofs: Proofs | None) -> Outcome:
    if evidence.window_unknown:
        return "not_enough"
    cleared = proofs is not None and bool(proofs.cleared or proofs.older)
    chances = _chances(evidence, suspects, found, by_git=proofs is None, cleared=cleared)
    convicted = proofs is not None and bool(proofs.convicted)
    explained, checked = bool(evidence.instead) or cleared, cleared or convicted
    seen = evidence.seen.model_copy(update={"confirmed": evidence.seen.confirmed or checked})
    unread = bool(evidence.unread) or bool(open_doubts(evidence, proofs))
    told = answer(chances, seen, explained=explained, unread=unread)
    # Of a window that is only guessed, the commit that did it may lie just before: that is no answer.
    return "not_enough" if told == "none" and evidence.guessed else told


def _chances(
    evidence: Evidence, suspects: Sequence[Suspect], found: Posterior, *, by_git: bool, cleared: bool
) -> Chances:
    """The probabilities and what speaks for them: opinions that were checked stand for new lines and telling words."""
    ranked = [Ranked(each.probability, vector(each.signals)) for each in suspects]
    commits = len(evidence.suspects) + len(evidence.ruled_out)
    chances = chances_of(ranked, found.none, commits, hit=_hit(evidence, suspects))
    # Who changed a function of the way to it does not make a database refuse.
    touched = chances.changed_trace and not (cleared or FROM_OUTSIDE in evidence.instead)
    if by_git:
        return replace(chances, changed_trace=touched)
    return replace(chances, wrote_line=True, says_it=True, changed_trace=touched, leaves_value=False)


def _hit(evidence: Evidence, suspects: Sequence[Suspect]) -> bool:
    """Whether the likeliest one wrote or removed code at the failing line."""
    return bool(suspects) and suspects[0].commit.sha in evidence.hit_failing_line


def open_doubts(evidence: Evidence, proofs: Proofs | None = None) -> tuple[Doubt, ...]:
    """Those of the commits that changed what the error itself speaks of that no opinion proves innocent."""
    cleared = proofs.cleared if proofs is not None else frozenset[str]()
    return tuple(each for each in evidence.doubts if each.commit not in cleared)


def _sure(evidence: Evidence, outcome: Outcome, suspects: Sequence[Suspect]) -> bool:
    """Whether the word may be "high": a culprit needs a measured signal and a failing line that is confirmed, "none" some
    frame to compare, and that nothing speaks against it unseen."""
    if outcome == "none":
        asked = evidence.seen.visibility not in ("message", "nothing")
        unseen = evidence.hit_failing_line or evidence.read_in_part or givers_of_value(suspects)
        return asked and not unseen
    if outcome != "culprit" or evidence.seen.visibility != "code":
        return False
    measured = any(not each.against and each.value > 0 for each in suspects[0].signals)
    edited = only_edited_line(vector(suspects[0].signals))
    return measured and not edited and giver_of_null(evidence, suspects) is None


def giver_of_null(evidence: Evidence, suspects: Sequence[Suspect]) -> Suspect | None:
    """The suspect that changed when the failing code is given null, where the likeliest one only rewrote a line that
    made the same call before."""
    place = null_giver([vector(each.signals) for each in suspects], hit=_hit(evidence, suspects))
    return None if place is None else suspects[place]


def givers_of_value(suspects: Sequence[Suspect]) -> tuple[str, ...]:
    """The suspects that changed a definition whose result the failing line uses, or what an attribute is given there: none
    of them is surely innocent."""
    names = ("nothing_from_callee", "changed_what_gives_value", "nothing_given", "gives_another_value")
    return tuple(each.commit.sha for each in suspects if any(_measured(each, name) for name in names))


def _measured(suspect: Suspect, name: str) -> bool:
    return any(each.name == name and each.value > 0 for each in suspect.signals)


def _word(outcome: Outcome, probability: float, sure: bool, thresholds: Thresholds) -> Word:
    if outcome not in STATED or probability < thresholds.medium:
        return "low"
    return "high" if probability >= thresholds.high and sure else "medium"


def _leading(suspects: Sequence[Suspect], none: float) -> float:
    return min(1.0, max((none, *(each.probability for each in suspects[:1]))))
