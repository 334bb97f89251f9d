"""How far opinions may change git's answer. A model repeats what it has read; git's evidence cannot be forged by text.

What anybody can copy earns nothing: a line of the diff, a line that exists, three agents that agree. What counts is a way
from the commit's change to the failing line in which code found every step (`tools.impact.proof_check`).

- The same answer as git's always stands.
- Commit B stands when code found such a way and the judge names B too; not where git names a commit that hits the failing
  line. Its word is "medium" at most; where git states nothing else and a cited line was written by B in a function of the trace or
  in one that such a function calls, it is the one of the figures.
- B stands at low confidence without such a way where git is not sure and the judge names B too, when code found the changed
  line, and B is git's first suspect or wrote a cited line in a function of the trace or in one that such a function calls.
- "None" stands where git states nothing or is not sure of A, when the developer gives the way from an older line to the
  failing one, code found every step, and the judge says so too; not while a suspect worth reading hits the failing line,
  and never against an A that hits it or has `acquitted` or more from git.
- Where git states nothing, the commit that the whole team names, with a changed line that code found, is the first to be read.
- With a record of the model on labelled incidents (`redtide calibrate`), what developer and judge both say stands when
  both have a good one and the developer's citations exist; its word is at most "medium".

Where an answer does not stand, git's own stays, with one confidence word less. It becomes "not sure" where code found a
whole way to B, or a model with a good record names it, and a fact of git speaks against B; where git is not sure itself, the
opinions give the order.
"""

from graph.agreement import Agreement
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
    git: Ruling,
    team: Ruling,
    evidence: Evidence,
    proofs: Proofs,
    shared: Agreement | None,
    thresholds: Thresholds,
) -> bool:
    """Return whether the opinions' answer may stand although git alone gives another."""
    if team.answer == git.answer:
        return True
    if shared is None or team.answer != shared.answer or git.named in evidence.hit_failing_line:
        return False
    if team.named is None:
        return _may_acquit(git, evidence, proofs, shared, thresholds)
    if team.named in proofs.proven or shared.supported:
        return True
    near = _first(git, team.named) or proofs.convicted.get(team.named, _FAR) <= _CALLED
    return git.outcome == "unsure" and near and shared.began


def may_open(git: Ruling, team: Ruling, shared: Agreement | None) -> bool:
    """Return whether the commit that the whole team names is worth a "not sure" where too little was seen for any answer:
    one that is not git's first suspect, whom a model names that only repeats the order."""
    if shared is None or not (shared.began and shared.whole):
        return False
    return team.named == shared.commit and not _first(git, shared.commit)


def followed(git: Ruling, team: Ruling, evidence: Evidence, hearing: Hearing, reliability: Reliability | None) -> bool:
    """Whether the answer of the opinions stands against git's: the developer and the judge give it, both have a good
    record, and the developer cites what code could find: both ends of its explanation, or the failing path; of a trace
    without any frame in this code, the end that there is.

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
        about = (each for each in said if each.opinion.commit == team.named and each.opinion.caused)
        return any(
            each.linked or each.calls_away is not None or (each.began and not evidence.seen.mapped) for each in about
        )
    innocent = bool(said) and not any(each.opinion.caused for each in said)
    return team.outcome == "none" and advised.decision == "none" and innocent and any(e.opinion.citations for e in said)


def insisted(
    git: Ruling, proofs: Proofs, hearing: Hearing, shared: Agreement, reliability: Reliability | None
) -> bool:
    """Whether developer and judge name another commit than git, and either code found the way from it, or its changed line
    while nobody names a third one, or both have a good record and the developer cites what exists: too much to keep git's
    answer, too little to state theirs."""
    if shared.commit is None or shared.commit == git.named:
        return False
    if shared.commit in proofs.proven or (shared.unopposed and shared.began and not _first(git, shared.commit)):
        return True
    said = [each.opinion for each in hearing.counted if each.opinion.agent == DEVELOPER and each.opinion.caused]
    cited = any(each.commit == shared.commit and each.citations for each in said)
    return cited and reliability is not None and trusted(reliability, (DEVELOPER, JUDGE))


def _first(git: Ruling, sha: str) -> bool:
    """Whether git suspects it first: whom a model names that only repeats the order."""
    return git.suspects[0].commit.sha == sha


def word_of(git: Ruling, team: Ruling, proofs: Proofs, shared: Agreement | None = None, known: bool = False) -> Word:
    """Return the confidence word of the opinions' answer: never above git's own, unless code found the whole way.

    When git states another answer it is "low", or "medium" when the model is `known` to be followed. For "none" a checked
    step makes no difference: that one commit is cleared says nothing about commits that nobody suspects.
    """
    proven, answers = team.named in proofs.proven, team.answer == git.answer
    near = proven and proofs.convicted.get(team.named or "", _FAR) <= _CALLED
    if not team.stated or (near and (answers or not git.stated)):
        return team.word
    other: Word = "medium" if known or proven else "low"
    return min(team.word, git.word if answers else other, key=WORDS.index)


def _may_acquit(
    git: Ruling, evidence: Evidence, proofs: Proofs, shared: Agreement, thresholds: Thresholds
) -> bool:
    if git.named is None:
        worth_reading = (each for each in git.suspects if each.probability >= thresholds.worth_reading)
        hit = any(each.commit.sha in evidence.hit_failing_line for each in worth_reading)
        return not hit and (proofs.older_way or shared.supported)
    return proofs.older_way and git.probability < thresholds.acquitted
