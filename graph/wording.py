"""The sentences of a verdict: what it rests on, why, and what to do next. Facts only, no model's prose but quoted."""

from collections.abc import Sequence

from graph.citations import Checked
from incidents.advice import Advice
from incidents.evidence import Evidence, Suspect
from incidents.opinion import Opinion
from incidents.verdict import Outcome, percent

NAMES = {"zero_shot": "zero-shot SRE", "chain_of_thought": "chain-of-thought SRE", "developer": "developer"}


WORTH_READING = 0.2
"""A suspect with at least this is named as worth reading even when the verdict is "none of these"."""


def short(sha: str) -> str:
    """The first nine digits of a commit id: enough for a person, and for git in large repositories."""
    return sha[:9]


def basis(
    outcome: Outcome,
    evidence: Evidence,
    suspects: Sequence[Suspect],
    checked: Sequence[Checked],
    counted: Sequence[Opinion],
    advice: Advice | None,
    advised: Advice | None,
) -> tuple[str, ...]:
    """The checkable facts the confidence was computed from, most telling first."""
    best = suspects[0] if suspects and outcome != "none" else None
    about = [each for each in counted if best is None or each.commit == best.commit.sha]
    voted = _votes(about) + _cited([each for each in checked if each.opinion in about]) + _judged(advice, advised)
    measured = _measured(evidence, best)
    return (*voted, *measured) if counted else (*measured, "no language model took part")


def _measured(evidence: Evidence, best: Suspect | None) -> list[str]:
    if best is None:
        return [f"git evidence alone gives {percent(evidence.none_probability)} to none of these commits"]
    alone = next(each.probability for each in evidence.suspects if each.commit.sha == best.commit.sha)
    reasons = [each.rstrip(".") for each in best.reasons[:2]]
    return [f"git evidence alone gives {short(best.commit.sha)} {percent(alone)}", *reasons]


def _votes(opinions: Sequence[Opinion]) -> list[str]:
    if not opinions:
        return []
    yes = sum(1 for each in opinions if each.caused)
    who = ", ".join(dict.fromkeys(NAMES.get(each.agent, each.agent) for each in opinions))
    return [f"{yes} of {len(opinions)} opinions say it caused the failure ({who})"]


def _cited(checked: Sequence[Checked]) -> list[str]:
    claimed = sum(each.claimed for each in checked)
    real = sum(len(each.opinion.citations) for each in checked)
    return [f"{real} of {claimed} cited places exist at the deployed revision"] if claimed else []


def _judged(advice: Advice | None, advised: Advice | None) -> list[str]:
    if advice is None:
        return []
    if advice.abstained is not None:
        return [f"the SRE manager abstained: {advice.abstained}"]
    if advised is None:
        return ["the SRE manager named no candidate of this deploy, so its advice was not counted"]
    named = f" {short(advised.commit)}" if advised.commit else ""
    return [f"the SRE manager advises {advised.decision}{named}"]


def reason(outcome: Outcome, evidence: Evidence, suspects: Sequence[Suspect], counted: Sequence[Opinion]) -> str:
    """Why this outcome, in one or two sentences."""
    if outcome == "none":
        return _why_none(evidence)
    if outcome == "unsure":
        return _why_unsure(evidence, suspects)
    best = suspects[0]
    explained = [each.mechanism for each in counted if each.commit == best.commit.sha and each.caused]
    return next(
        (text for text in reversed(explained) if text), best.reasons[0] if best.reasons else best.commit.subject
    )


def _why_unsure(evidence: Evidence, suspects: Sequence[Suspect]) -> str:
    chances = [percent(each.probability) for each in suspects[:2]]
    best = f": the best suspect has {', the next '.join(chances)}" if chances else ""
    number = len(evidence.unread)
    unread = f" {number} commit{'' if number == 1 else 's'} of the deploy could not be read in full." if number else ""
    return f"No commit stands out{best}.{unread}"


def _why_none(evidence: Evidence) -> str:
    if not evidence.suspects and not evidence.ruled_out:
        return "Nothing was deployed between the two revisions."
    if not evidence.suspects:
        return f"All {len(evidence.ruled_out)} commits of the deploy were ruled out."
    if not any(frame.in_app for frame in evidence.trace.frames):
        return "The trace passes through no file of this repository, and no commit changed what its message names."
    if evidence.older is not None:
        older = evidence.older
        return f"Likelier than any commit of the deploy is {short(older.commit.sha)} from before it: {older.reasons[0]}"
    best = max(each.probability for each in evidence.suspects)
    if best >= WORTH_READING:
        return f"No commit stands out: the likeliest had {percent(best)} by git alone, and none of them is likelier."
    return "No commit of the deploy changed what the failing code depends on, as far as git and the trace tell."


def next_step(outcome: Outcome, evidence: Evidence, suspects: Sequence[Suspect]) -> str:
    """The one thing to do now."""
    if outcome == "culprit":
        return f"Revert {short(suspects[0].commit.sha)}, then watch whether the errors stop."
    if outcome == "unsure":
        first = " and ".join(map(short, [*(each.commit.sha for each in suspects[:2]), *evidence.unread][:3]))
        return f"Read {first} against the trace before reverting anything."
    if not suspects:
        return "Check what changed without a deploy: configuration, data, traffic, dependencies; or give an older base."
    if not any(frame.in_app for frame in evidence.trace.frames):
        return "Check the dependency or platform the trace names, or send a trace that reaches this repository's code."
    outside = "Check what changed without a deploy (configuration, data, traffic, dependencies) or give an older base."
    if evidence.older is not None:
        sha = short(evidence.older.commit.sha)
        return f"Read {sha}, which was live before: what reached it may have changed. {outside}"
    best = suspects[0]
    return f"{outside} Read {short(best.commit.sha)} too." if best.probability >= WORTH_READING else outside
