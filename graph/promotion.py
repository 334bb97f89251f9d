"""Commits that were ruled out and that the developer names all the same: they become suspects that git gives nothing."""

from collections.abc import Sequence

from incidents.evidence import Evidence, RuledOut, Suspect
from incidents.opinion import DEVELOPER, Opinion, last_words


def with_named(evidence: Evidence, opinions: Sequence[Opinion]) -> Evidence:
    """Return the evidence in which every ruled-out commit that the developer accuses is a suspect.

    Their probability is 0: what the opinions give them is decided as for any other suspect (`graph.turning`).
    """
    said = last_words(opinions).values()
    named = {each.commit for each in said if each.agent == DEVELOPER and each.caused}
    back = [each for each in evidence.ruled_out if each.commit.sha in named]
    if not back:
        return evidence
    suspects = (*evidence.suspects, *(_suspect(each) for each in back))
    left = tuple(each for each in evidence.ruled_out if each.commit.sha not in named)
    return evidence.model_copy(update={"suspects": suspects, "ruled_out": left})


def _suspect(ruled_out: RuledOut) -> Suspect:
    reason = f"Named by the developer; by git alone it was ruled out: {ruled_out.reason.rstrip('.')}."
    return Suspect(commit=ruled_out.commit, probability=0.0, reasons=(reason,))
