"""Commits that were ruled out and of which agents speak all the same: they become suspects that git gives nothing."""

from collections.abc import Collection, Sequence

from agents.candidates import without_evidence
from incidents.evidence import Evidence, RuledOut, Suspect
from incidents.opinion import DEVELOPER, Opinion, last_words


def with_named(evidence: Evidence, opinions: Sequence[Opinion]) -> Evidence:
    """Return the evidence in which every ruled-out commit that the developer accuses is a suspect.

    Their probability is 0: what the opinions give them is decided as for any other suspect (`graph.turning`). Where git
    suspects nobody, the agents compare what it ruled out for lack of evidence: then all of whom they speak are.
    """
    said = [each for each in last_words(opinions).values() if each.caused is not None]
    named = {each.commit for each in said if each.agent == DEVELOPER and each.caused}
    spoken = named if evidence.suspects else {each.commit for each in said}
    back = [each for each in evidence.ruled_out if each.commit.sha in spoken]
    if not back:
        return evidence
    raised = (_suspect(each) if each.commit.sha in named else without_evidence(each) for each in back)
    left = tuple(each for each in evidence.ruled_out if each.commit.sha not in spoken)
    return evidence.model_copy(update={"suspects": (*evidence.suspects, *raised), "ruled_out": left})


def still_ruled_out(evidence: Evidence, opinions: Sequence[Opinion]) -> Collection[str]:
    """Return the commits that git ruled out and nobody accuses: no suspects, whatever was said of them."""
    accused = {each.commit for each in last_words(opinions).values() if each.caused}
    return {each.commit.sha for each in evidence.ruled_out} - accused


def _suspect(ruled_out: RuledOut) -> Suspect:
    reason = f"Named by the developer; by git alone it was ruled out: {ruled_out.reason.rstrip('.')}."
    return Suspect(commit=ruled_out.commit, probability=0.0, reasons=(reason,))
