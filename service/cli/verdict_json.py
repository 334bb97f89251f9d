"""The JSON object of `redtide investigate --json`. Scripts rely on it: fields may be added, never changed."""

from typing import TYPE_CHECKING, Any

from incidents.evidence import Commit, RuledOut, Suspect
from incidents.trace import Frame

if TYPE_CHECKING:
    from graph.investigation import Investigation
    from incidents.blame import Blame, Changer


def verdict_object(found: "Investigation", seconds: float) -> dict[str, Any]:
    """The object as plain data. Every commit of the window is once in `suspects` (best first) or in `ruled_out`."""
    verdict, evidence, trace = found.verdict, found.evidence, found.evidence.trace
    return {
        "outcome": verdict.outcome,
        "culprit": verdict.culprit,
        "confidence": verdict.confidence.model_dump(mode="json"),
        "suspects": [_suspect(suspect) for suspect in verdict.suspects],
        "ruled_out": [_ruled_out(dropped) for dropped in verdict.ruled_out],
        "seconds": round(seconds, 3),
        "mode": verdict.mode,
        "reason": verdict.reason,
        "sides": list(verdict.sides),
        "instead": list(evidence.instead),
        "doubts": [each.model_dump() for each in evidence.doubts],
        "seen": {"visibility": evidence.seen.visibility, **evidence.seen.model_dump(mode="json")},
        "next_step": found.report.next_step,
        "none_probability": evidence.none_probability,
        "missing": list(evidence.missing),
        "base": evidence.base,
        "deployed": evidence.deployed,
        "language": trace.language,
        "exception": trace.exception,
        "message": trace.message,
        "frames": [_frame(frame) for frame in trace.frames],
        "opinions": [opinion.model_dump(mode="json") for opinion in verdict.opinions],
        "revert": found.report.revert,
        "command": found.report.command,
    }


def _suspect(suspect: Suspect) -> dict[str, Any]:
    fields = {"probability": suspect.probability, "reasons": list(suspect.reasons)}
    return {"commit": suspect.commit.sha, **fields, **_commit(suspect.commit)}


def _ruled_out(dropped: RuledOut) -> dict[str, Any]:
    return {"commit": dropped.commit.sha, "reason": dropped.reason, **_commit(dropped.commit)}


def _commit(commit: Commit) -> dict[str, Any]:
    return {"subject": commit.subject, "author": commit.author, "committed_at": commit.committed_at.isoformat()}


def _frame(frame: Frame) -> dict[str, Any]:
    """A frame as printed, and its file in the repository (None when it has none there)."""
    return {
        "path": frame.path,
        "line": frame.line,
        "function": frame.function,
        "class": frame.class_name,
        "repo_path": frame.repo_path,
    }


def changer_object(changer: "Changer") -> dict[str, Any]:
    """One commit of `redtide blame`; `back` counts the commits between it and the deployed revision."""
    fields = {"back": changer.back, "score": round(changer.score, 3), "reasons": list(changer.reasons)}
    return {"commit": changer.commit.sha, **fields, **_commit(changer.commit)}


def blame_object(found: "Blame") -> dict[str, Any]:
    """The object of `redtide blame --json`."""
    return {
        "revision": found.revision,
        "changers": [changer_object(each) for each in found.changers],
        "missing": list(found.missing),
        "commits": found.commits,
        "oldest": found.oldest.isoformat() if found.oldest else None,
        "language": found.trace.language,
        "exception": found.trace.exception,
        "message": found.trace.message,
        "frames": [_frame(frame) for frame in found.trace.frames],
    }
