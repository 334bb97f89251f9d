"""How far opinions may change git's answer. A model repeats what it has read; git's evidence cannot be forged by text.

- The same answer as git's always stands; "not sure" stands where git is not sure either, or a step is proven.
- Commit B stands when code checked a step: a cited line was written by B, in a function of the trace or in one that
  such a function calls. Where git names no commit, a step two calls away is enough; where git is not sure of "none"
  either, B may be git's first suspect without a step.
- Commit B stands, however far its change is from the trace, when code could follow the developer's explanation to the
  failing line and the judge names B too; not where git names a commit that hits the failing line.
- It becomes "not sure", with B first, when the whole team names B and nobody else, code found the changed line, git names
  no commit, and B is not git's first suspect: that one is what a model names that only repeats the order. It is never
  stated: a text that all of them have read can make them agree.
- "None" against git's commit A stands unless A hits the failing line or has `acquitted` or more from git; above low
  confidence, the developer must also cite a line of the failing path that A did not write.
- "None" where git is not sure stands unless a suspect worth reading hits the failing line.
- With a record of the model on labelled incidents (`redtide calibrate`), what developer and judge both say stands when
  both have a good one and the developer's citations exist; its word is at most "medium".

Where an answer does not stand, git's own answer stays, with one confidence word less. It becomes "not sure" where git's
word is low and an opinion cites something that is there, or where developer and judge both name B. Measured on 210
incidents: a model that always says no lost 38 correct answers without this rule and none with it; a model that answers
at random lost 34 of 630 and 5.
"""

from graph.citations import Proofs
from graph.hearing import Hearing
from graph.reliability import trusted
from graph.ruling import Ruling
from graph.thresholds import Thresholds
from incidents.advice import JUDGE, Advice
from incidents.evidence import Evidence
from incidents.opinion import DEVELOPER
from incidents.reliability import Reliability
from incidents.verdict import WORDS, Word

_CALLED, _FAR = 1, 99


def may_turn(
    git: Ruling, team: Ruling, evidence: Evidence, proofs: Proofs, advised: Advice | None, thresholds: Thresholds
) -> bool:
    """Return whether the opinions' answer may stand although git alone gives another."""
    if team.answer == git.answer:
        return True
    if not team.stated:
        return bool(proofs.convicted) or not git.stated
    if team.named is not None:
        joined = proven_with_judge(team.named, proofs, advised) and git.named not in evidence.hit_failing_line
        return joined or _may_convict(team.named, git, proofs)
    return _may_acquit(git, evidence, proofs, thresholds)


def may_open(git: Ruling, team: Ruling, named: str | None) -> bool:
    """Return whether the commit that the whole team names is worth a "not sure" where git names none."""
    if named is None or team.named != named or git.outcome == "culprit":
        return False
    return named != git.suspects[0].commit.sha


def followed(git: Ruling, team: Ruling, evidence: Evidence, hearing: Hearing, reliability: Reliability | None) -> bool:
    """Whether the answer of the opinions stands against git's: the developer and the judge give it, both have a good
    record, and the developer cites what code could find: both ends of its explanation, or the failing path.

    Never against a commit that git names and that hits the failing line: what a record is worth where somebody writes
    texts to mislead the model, no labelled incident tells.
    """
    advised = hearing.advised
    if reliability is None or advised is None or git.named in evidence.hit_failing_line:
        return False
    if not trusted(reliability, (DEVELOPER, JUDGE)):
        return False
    said = [each for each in hearing.counted if each.opinion.agent == DEVELOPER]
    if team.outcome == "culprit" and advised.commit == team.named:
        return any(each.opinion.commit == team.named and each.opinion.caused and each.linked for each in said)
    innocent = bool(said) and not any(each.opinion.caused for each in said)
    return team.outcome == "none" and advised.decision == "none" and innocent and any(e.opinion.citations for e in said)


def word_of(git: Ruling, team: Ruling, proofs: Proofs, known: bool = False) -> Word:
    """Return the confidence word of the opinions' answer: never above git's own, unless a step was checked in code.

    When git gives another answer it is "low", or "medium" when the model is `known` to be followed. For "none" a checked
    step makes no difference: that one commit is cleared says nothing about commits that nobody suspects.
    """
    if not team.stated or (team.named is not None and proofs.convicted.get(team.named, _FAR) <= _CALLED):
        return team.word
    other: Word = "medium" if known or team.named in proofs.proven else "low"
    return min(team.word, git.word if team.answer == git.answer else other, key=WORDS.index)


def proven_with_judge(sha: str, proofs: Proofs, advised: Advice | None) -> bool:
    """Whether developer and judge name the commit, and code found a way from its change to the failing line."""
    return sha in proofs.proven and advised is not None and advised.decision == "culprit" and advised.commit == sha


def _may_convict(sha: str, git: Ruling, proofs: Proofs) -> bool:
    away = proofs.convicted.get(sha)
    if away is not None and away <= _CALLED:
        return True
    if git.outcome == "culprit":
        return False
    return away is not None or (git.outcome != "not_enough" and git.word == "low" and sha == git.suspects[0].commit.sha)


def _may_acquit(git: Ruling, evidence: Evidence, proofs: Proofs, thresholds: Thresholds) -> bool:
    if git.named is None:
        worth_reading = (each for each in git.suspects if each.probability >= thresholds.worth_reading)
        return not any(each.commit.sha in evidence.hit_failing_line for each in worth_reading)
    if git.named in evidence.hit_failing_line or git.probability >= thresholds.acquitted:
        return False
    return git.word == "low" or git.named in proofs.cleared
