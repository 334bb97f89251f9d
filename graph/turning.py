"""How far opinions may change git's answer.

Words alone earn nothing, nor does a line that exists. What counts is what developer and judge both answer, when a way from
the change to the failing line was found in code (`tools.impact.proof_check`), or both its ends were and the team shares the
answer (`graph.agreement`). Nothing of it moves the blame from a commit that git names and that hits the failing line.

- The same answer as git's always stands.
- Commit B, named by developer and judge, stands when code found the whole way, unless an agent accuses more than half of the
  commits that it was asked about: who says yes to everything tells nothing. Its word is "medium" at most.
- B stands at low confidence when code found both ends of the explanation, one of the SREs names B too, and no agent names
  another commit or clears B; not against what git gives more than `unmoved`. Where git is not sure, it stands at low confidence
  when code found the changed line, no agent names another commit, and B is git's first suspect or wrote a cited line in a
  function of the trace or in one that such a function calls.
- "None" stands at low confidence where git states nothing, when code found every step of a way through older code to the
  failing line, or two lines of it (`tools.impact.older_way`), of which the last fails, and one of the SREs says so too and no
  agent accuses anybody; not by two lines while a commit changed what gives the failing value, and not while a suspect worth
  reading hits the failing line. Where git names A, only a way that also
  tells of lines that the trace does not name counts, and not where git gives A more than `unmoved`.
- With a good record of the model on labelled incidents (`redtide calibrate`), what developer and judge both say stands when
  the developer cites what is tied to it; its word is at most "medium", or the one of the figures where git states nothing
  and the way begins in a function of the trace or in one that such a function calls.

What stands at low confidence is "medium" where git states nothing, the whole team says it and code found every step of it.

Where an answer does not stand, git's own stays, with one confidence word less. It becomes "not sure" where developer and judge
name another commit and code found a whole way from it, or its changed line and git suspects another one first while no agent
names a third one, or the model has a good record. Where git is not sure itself, the opinions give the order; where it saw too
little for any answer, the commit that the whole team names, with a changed line that code found, is the first to be read.
"""

from graph.agreement import Agreement
from graph.citations import Proofs
from graph.reliability import trusted
from graph.ruling import Ruling
from graph.thresholds import Thresholds
from incidents.advice import JUDGE
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
        return _may_clear(git, evidence, proofs, shared, thresholds)
    if team.named in proofs.proven and shared.apart:
        return True
    if shared.supported and (not git.stated or git.probability <= thresholds.unmoved):
        return True
    near = _first(git, team.named) or proofs.convicted.get(team.named, _FAR) <= _CALLED
    return git.outcome == "unsure" and near and shared.began and shared.unopposed


def may_open(git: Ruling, team: Ruling, shared: Agreement | None) -> bool:
    """Return whether the commit that the whole team names is worth a "not sure" where too little was seen for any answer:
    one that is not git's first suspect, whom a model names that only repeats the order."""
    if shared is None or shared.commit is None or not (shared.began and shared.whole):
        return False
    return team.named == shared.commit and not _first(git, shared.commit)


def followed(
    git: Ruling, team: Ruling, evidence: Evidence, shared: Agreement | None, reliability: Reliability | None
) -> bool:
    """Whether the answer of the opinions stands against git's: the developer and the judge give it, both have a good
    record, and the developer cites what is tied to it.

    Never against a commit that git names and that hits the failing line: what a record is worth where somebody writes
    texts to mislead the model, no labelled incident tells.
    """
    if shared is None or team.answer != shared.answer or git.named in evidence.hit_failing_line:
        return False
    return (shared.tied or (shared.commit is None and shared.cited)) and _good(reliability)


def insisted(
    git: Ruling, evidence: Evidence, proofs: Proofs, shared: Agreement, reliability: Reliability | None
) -> bool:
    """Whether developer and judge name another commit than git, and that is too much to keep git's answer, too little to
    state theirs: code found the way from it, or both have a good record and the developer cites what exists; or code found
    its changed line, nobody names a third commit, and what git names does not hit the failing line.

    Who only repeats git's order names its first suspect: that is no reason to doubt that git clears it.
    """
    if shared.commit is None or shared.commit == git.named:
        return False
    if (shared.commit in proofs.proven and shared.apart) or (shared.cited and _good(reliability)):
        return True
    other = not _first(git, shared.commit) and git.named not in evidence.hit_failing_line
    return other and shared.began and shared.unopposed


def word_of(git: Ruling, team: Ruling, proofs: Proofs, shared: Agreement | None = None, known: bool = False) -> Word:
    """Return the confidence word of the opinions' answer: never above git's own, unless code found the whole way.

    When git states another answer, or none, it is "low", and "medium" when code found the way, or the model is `known` to be
    followed; with both, and no other answer of git, the one of the figures. Where git states none it is "medium" too when code
    found every step of what the whole team says. Beside git's own "none" a checked step makes no difference: that one commit is
    cleared says nothing about commits that nobody suspects.
    """
    proven, answers = team.named in proofs.proven, team.answer == git.answer
    near = proven and proofs.convicted.get(team.named or "", _FAR) <= _CALLED
    if not team.stated or (near and (answers or (known and not git.stated))):
        return team.word
    whole = shared is not None and shared.answer == team.answer and shared.whole and shared.followed and not git.stated
    other: Word = "medium" if known or proven or whole else "low"
    return min(team.word, git.word if answers else other, key=WORDS.index)


def _first(git: Ruling, sha: str) -> bool:
    """Whether git suspects it first."""
    return bool(git.suspects) and git.suspects[0].commit.sha == sha


def _good(reliability: Reliability | None) -> bool:
    return reliability is not None and trusted(reliability, (DEVELOPER, JUDGE))


def _may_clear(git: Ruling, evidence: Evidence, proofs: Proofs, shared: Agreement, thresholds: Thresholds) -> bool:
    if git.named is not None:
        return proofs.older_way and git.probability <= thresholds.unmoved
    worth_reading = (each for each in git.suspects if each.probability >= thresholds.worth_reading)
    hit = any(each.commit.sha in evidence.hit_failing_line for each in worth_reading)
    gave = any(each.kind != "worked" for each in evidence.producers)  # a commit changed what gives the failing value
    return not hit and (proofs.older_way or (shared.supported and not gave))
