"""What a verdict says when it states nothing: the explanations that compete, or what is missing and how to give it."""

from typing import Final

from graph.names import short
from graph.older_rival import older_rival
from graph.ruling import Ruling
from incidents.evidence import Doubt, Evidence
from incidents.seen import Seen
from incidents.verdict import percent
from tools.ranking.rival_giver import rival_giver
from tools.signals.registry import only_kept_expression, vector

_NONE: Final = "no commit of this deploy"
_SHOWN: Final = 0.05  # an explanation less likely than this is no side of a question
_WINDOW: Final = "Give the deployed revision and the last good one"
_NONE_COMPARED: Final = "none of the commits that were compared"
_DOUBTS: Final = 2
_LIKELY: Final = 0.85
_NO_OTHER_CAUSE: Final = (
    "That is not stated: a deploy is cleared only where something seen explains the failure without it."
)
_KEPT: Final = (
    "it kept the expression that fails or the call that leads there, and nothing else that it did tells of the failure"
)
_BESIDE: Final = "in the functions of the trace it changed only texts or what the failing value does not depend on"
_UNPROVEN: Final = "no line of the trace points to a commit, but that clears none that may have to do with the error"
_UNEXPLAINED: Final = "no commit explains the failure for certain, and no other cause was seen either"


def sides(final: Ruling, evidence: Evidence) -> tuple[str, ...]:
    """The explanations that compete, each with its probability and reason, the likeliest first; at most three."""
    doubted = led_over(final, evidence)[:_DOUBTS]
    chances = {each.commit.sha: f" ({percent(each.probability)})" for each in final.suspects}
    found = [(1.0, f"{short(each.commit)}{chances.get(each.commit, '')}: {each.why}") for each in doubted]
    told = {each.commit for each in doubted}
    found += [
        (each.probability, f"{short(each.commit.sha)} ({percent(each.probability)}): {each.reasons[0]}")
        for each in final.suspects[:3]
        if each.reasons and each.probability >= _SHOWN and each.commit.sha not in told
    ]
    if final.none >= _SHOWN and (evidence.instead or final.outcome == "unsure"):
        why = _why_none(evidence)
        none = _NONE_COMPARED if evidence.guessed else _NONE
        found.append((final.none, f"{none.capitalize()} ({percent(final.none)}): {why}"))
    return tuple(text for _, text in sorted(found, key=lambda each: -each[0])[:3])


def _why_none(evidence: Evidence) -> str:
    """What speaks for it that no commit of the deploy did it; that nothing does, where nothing does."""
    if evidence.instead:
        return evidence.instead[0]
    older = older_rival(evidence)
    if older is None or evidence.doubts:
        return f"{_UNPROVEN}." if evidence.doubts else f"{_UNEXPLAINED}."
    if not older.reasons:
        return f"{short(older.commit.sha)} from before the deploy is at least as likely as each commit of it."
    return f"{short(older.commit.sha)} from before the deploy explains it at least as well: {older.reasons[0]}"


def led_over(final: Ruling, evidence: Evidence) -> tuple[Doubt, ...]:
    """The commits that changed what the error speaks of, where only they keep "none of these" from being stated."""
    best = max((each.probability for each in final.suspects), default=0.0)
    return evidence.doubts if final.none > best else ()


def between(final: Ruling, evidence: Evidence) -> str:
    """The two likeliest explanations in one sentence; or which commit keeps "none of these" from being stated."""
    if doubted := led_over(final, evidence):
        names = " and ".join(short(each.commit) for each in doubted[:_DOUBTS])
        return f"Nothing else points to a commit of this deploy, but {names} may have to do with it"
    chances = [(each.probability, short(each.commit.sha)) for each in final.suspects[:2]]
    likeliest = sorted([*chances, (final.none, _NONE)], key=lambda each: -each[0])[:2]
    if len(likeliest) == 1:
        return f"Rather {_NONE} ({percent(final.none)})"
    return "Either " + " or ".join(f"{name} ({percent(chance)})" for chance, name in likeliest)


def withheld(final: Ruling, evidence: Evidence) -> str:
    """Why an explanation that is as likely as a stated one is not stated; empty where none is, or it is told already."""
    best = final.suspects[0].probability if final.suspects else 0.0
    if max(best, final.none) < _LIKELY or evidence.window_unknown:
        return ""
    if final.none > best:
        return "" if evidence.instead or evidence.doubts or evidence.unread else _NO_OTHER_CAUSE
    ranked = [vector(each.signals) for each in final.suspects]
    if only_kept_expression(ranked[0]):
        return f"{short(final.suspects[0].commit.sha)} is not stated: {_KEPT}."
    rival = rival_giver(ranked)
    if rival is None:
        return ""
    other = short(final.suspects[rival].commit.sha)
    return (
        f"{short(final.suspects[0].commit.sha)} is not stated: {_BESIDE}, and {other} changed what gives such a value."
    )


def too_little(evidence: Evidence) -> str:
    """What is missing, as one sentence."""
    if evidence.window_unknown:
        return "Which commits were deployed is not known, and none was made shortly before the error began."
    if cleared_by_guess(evidence):
        return "Which commits were deployed is not known, and none of those that were compared explains the failure."
    return f"Too little could be seen to tell: {_missing(evidence.seen)}."


def cleared_by_guess(evidence: Evidence) -> bool:
    """Whether something else than the compared commits explains the failure, and nobody knows whether these were deployed."""
    return evidence.guessed and bool(evidence.instead) and not evidence.window_unknown


def how_to_give(evidence: Evidence) -> str:
    """The one thing to do so that more can be seen."""
    seen = evidence.seen
    if cleared_by_guess(evidence):
        return f"{_WINDOW}, then investigate again."
    if evidence.window_unknown:
        return f"{_WINDOW}, or check when the error was first seen; then investigate again."
    if seen.absent and seen.mapped:
        return "Fetch what this clone lacks (git fetch --refetch), then investigate again."
    if seen.mapped and not seen.read:
        return "Check that the deployed revision is the one that failed, then investigate again."
    if seen.frames:
        return (
            "Give a longer stack trace, down to this repository's own code (of a bundle: with its source map applied), "
            "or name the repository that the frames belong to."
        )
    if evidence.log is None:
        return "Give the whole stack trace of the error, or the log that holds it, then investigate again."
    return "Give the whole stack trace of the error: the log that was read holds none."


def _missing(seen: Seen) -> str:
    if seen.visibility == "nothing":
        return "there is no stack trace, and no message that names anything in code"
    if seen.visibility == "message":
        return "there is no stack trace, and the message fits no commit more than another"
    if seen.mapped:
        return "none of the trace's files could be read" + (" in this clone" if seen.absent else "")
    number = "the only frame does not lie" if seen.frames == 1 else f"none of the {seen.frames} frames lies"
    return f"{number} in this repository, and no commit changed what the frames or the message name in particular"
