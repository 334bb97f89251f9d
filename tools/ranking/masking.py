"""The sentences of evidence without secrets: they name paths, and a path may be called anything.

Everything else they say was clean when it was read: the trace (`tools.traces`), lines and words (`tools.commits`,
`tools.impact`), subjects and authors (`tools.git.repository`). A path is a key into the repository, so it stays as it is
until it is told.
"""

from collections.abc import Callable

from incidents.evidence import Evidence, Suspect
from tools.text.redaction import masked_lines


def without_secret_paths(evidence: Evidence) -> Evidence:
    """The evidence, with the reasons and details that hold a secret redacted."""
    suspects = (*evidence.suspects, *((evidence.older,) if evidence.older else ()))
    said = [signal.detail for suspect in suspects for signal in suspect.signals]
    said += [reason for suspect in suspects for reason in suspect.reasons]
    said += [each.how for each in evidence.producers] + [each.why for each in evidence.doubts]
    masked = masked_lines([*said, *(said for each in evidence.ruled_out for said in (each.reason, each.brief))])
    if not masked:
        return evidence

    def clean(sentence: str) -> str:
        return masked.get(sentence, sentence)

    ruled_out = tuple(
        each.model_copy(update={"reason": clean(each.reason), "brief": clean(each.brief)})
        for each in evidence.ruled_out
    )
    older = _clean(evidence.older, clean) if evidence.older else None
    found = tuple(_clean(suspect, clean) for suspect in evidence.suspects)
    told = {
        "producers": tuple(each.model_copy(update={"how": clean(each.how)}) for each in evidence.producers),
        "doubts": tuple(each.model_copy(update={"why": clean(each.why)}) for each in evidence.doubts),
    }
    return evidence.model_copy(update={"suspects": found, "ruled_out": ruled_out, "older": older, **told})


def _clean(suspect: Suspect, clean: Callable[[str], str]) -> Suspect:
    signals = tuple(signal.model_copy(update={"detail": clean(signal.detail)}) for signal in suspect.signals)
    return suspect.model_copy(update={"reasons": tuple(map(clean, suspect.reasons)), "signals": signals})
