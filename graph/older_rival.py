"""The commit from before the deploy that explains the failure at least as well as each commit of it."""

from incidents.evidence import Evidence, Suspect


def older_rival(evidence: Evidence) -> Suspect | None:
    """That commit; None when there is none."""
    best = max((each.probability for each in evidence.suspects), default=0.0)
    older = evidence.older
    return older if older is not None and older.probability >= best else None
