"""How far opinions may turn what git says. A model repeats what it read; what git says nobody can write into a commit.

- The same answer as git's always stands; "not sure" where git is not sure either, or a step is proven.
- Commit B stands when code checked a step: a cited line is B's own, in a function of the trace or in one that such a
  function calls. Where git names no commit, a step two calls away is enough, and where git is not sure of "none" either,
  B may be git's first suspect without one.
- "None" against git's commit A stands unless A hits the failing line or has `acquitted` or more by git; above low
  confidence, the developer must also cite a line of the failing path that A did not write.
- "None" where git is not sure stands unless a suspect worth reading hits the failing line.

Against what does not stand git's own answer is kept, one word less sure; where git's word is low, or developer and judge
both name B, it becomes "not sure".
Asked of 210 incidents, a model that always says no cost 38 right answers before and none so; one at random 34 of 630
and 5.
"""

from graph.citations import Proofs
from graph.ruling import Ruling
from graph.thresholds import Thresholds
from incidents.evidence import Evidence
from incidents.verdict import WORDS, Word

_CALLED, _FAR = 1, 99


def may_turn(git: Ruling, team: Ruling, evidence: Evidence, proofs: Proofs, thresholds: Thresholds) -> bool:
    """Whether the opinions' answer may stand although git alone gives another."""
    if team.answer == git.answer:
        return True
    if team.outcome == "unsure":
        return bool(proofs.convicted)
    if team.named is not None:
        return _may_convict(team.named, git, proofs)
    return _may_acquit(git, evidence, proofs, thresholds)


def word_of(git: Ruling, team: Ruling, proofs: Proofs) -> Word:
    """How sure the opinions' answer is: never surer than git itself, unless a step was checked in code. A "none" never:
    that one commit was cleared says nothing of those that nobody suspects."""
    if team.outcome == "unsure" or (team.named is not None and proofs.convicted.get(team.named, _FAR) <= _CALLED):
        return team.word
    return min(team.word, git.word if team.answer == git.answer else "low", key=WORDS.index)


def _may_convict(sha: str, git: Ruling, proofs: Proofs) -> bool:
    away = proofs.convicted.get(sha)
    if away is not None and away <= _CALLED:
        return True
    if git.outcome == "culprit":
        return False
    return away is not None or (git.word == "low" and sha == git.suspects[0].commit.sha)


def _may_acquit(git: Ruling, evidence: Evidence, proofs: Proofs, thresholds: Thresholds) -> bool:
    if git.named is None:
        worth_reading = (each for each in git.suspects if each.probability >= thresholds.worth_reading)
        return not any(each.commit.sha in evidence.hit_failing_line for each in worth_reading)
    if git.named in evidence.hit_failing_line or git.probability >= thresholds.acquitted:
        return False
    return git.word == "low" or git.named in proofs.cleared
