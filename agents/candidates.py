"""Which commits the agents compare."""

from incidents.evidence import Evidence, RuledOut, Suspect


def candidates_of(evidence: Evidence) -> tuple[Suspect, ...]:
    """Return the suspects, best first. Without any, the commits that only lack evidence, newest first: that no name of the
    error stands in them excludes nothing. Whom a fact excludes is no candidate."""
    lacking = (each for each in evidence.ruled_out if each.kind != "fact")
    newest = sorted(lacking, key=lambda each: each.commit.committed_at, reverse=True)
    return evidence.suspects or tuple(map(without_evidence, newest))


def without_evidence(ruled_out: RuledOut) -> Suspect:
    """Return a ruled-out commit as a suspect that git gives nothing."""
    return Suspect(
        commit=ruled_out.commit, probability=0.0, reasons=(f"By git alone: {ruled_out.reason.rstrip('.')}.",)
    )
