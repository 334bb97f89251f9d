"""What the developer concludes, as opinions about commits: the named one with its proof, and all candidates."""

from agents.abstention import silent, undecided
from agents.case import Case
from agents.replies import Reflection
from incidents.evidence import Commit
from incidents.opinion import DEVELOPER, ChangedLine, Citation, Opinion, Proof, ProofStep


def opinions_from(case: Case, final: Reflection, innocent: float | None, limits: tuple[str, ...]) -> list[Opinion]:
    """Return one opinion about each candidate, and about the named commit when it is none of them.

    A commit that the developer itself shows innocent is not the cause, and then nothing is said of the others. An
    answer that names no commit of the deploy, where it should, tells nothing; nor does it tell anything of a commit that
    explains the failure as well. `innocent` is the probability that the named one is innocent.
    """
    shas = [each.commit.sha for each in case.suspects]
    if final.answer == "cannot_tell":
        return _undecided(shas, final, limits)
    if final.answer != "commit":
        return [_opinion(sha, False, final, limits, proof=_proof(final)) for sha in shas]
    named = case.named(final.commit)
    if named is None:
        return _limited(silent(DEVELOPER, shas, "it named no commit of the deploy"), limits)
    if final.commit_is_innocent:
        return [_opinion(named.sha, False, final, limits)]
    also = case.named(final.also)
    cleared = [sha for sha in shas if sha not in (named.sha, also.sha if also else "")]
    others = [_opinion(sha, False, final, limits) for sha in cleared]
    return [_accusation(named, final, innocent, limits), *others]


def _accusation(named: Commit, final: Reflection, innocent: float | None, limits: tuple[str, ...]) -> Opinion:
    guilty = None if innocent is None else 1 - innocent
    opinion = _opinion(named.sha, True, final, limits, proof=_proof(final))
    return opinion.model_copy(update={"probability": guilty})


def _opinion(sha: str, caused: bool, final: Reflection, limits: tuple[str, ...], proof: Proof | None = None) -> Opinion:
    return Opinion(
        agent=DEVELOPER,
        commit=sha,
        caused=caused,
        mechanism=final.mechanism,
        citations=tuple(Citation(path=step.path, line=step.line) for step in final.steps),
        proof=proof,
        limits=limits,
    )


def _proof(final: Reflection) -> Proof | None:
    steps = tuple(
        ProofStep(path=step.path, line=step.line, function=step.function, says=step.says) for step in final.steps
    )
    change = final.changed
    named = final.answer == "commit" and change.path and change.line and change.text
    began = ChangedLine(path=change.path, line=change.line, text=change.text) if named else None
    return Proof(change=began, steps=steps) if began or steps else None


def _undecided(shas: list[str], final: Reflection, limits: tuple[str, ...]) -> list[Opinion]:
    """It names nobody, but what it found out is worth reading."""
    told = _limited(undecided(DEVELOPER, shas, "it cannot tell which commit it was"), limits)
    return [each.model_copy(update={"mechanism": final.mechanism}) for each in told]


def _limited(opinions: list[Opinion], limits: tuple[str, ...]) -> list[Opinion]:
    return [each.model_copy(update={"limits": limits}) for each in opinions]
