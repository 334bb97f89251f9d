"""The sentences of a verdict: what it rests on, and why. Facts only, no model's prose but quoted."""

from collections.abc import Sequence

from graph.citations import Checked
from graph.dissent import Dissent
from graph.hearing import Hearing
from graph.names import agent, short
from graph.ruling import Ruling, giver_of_null, givers_of_value
from graph.thresholds import THRESHOLDS
from graph.unstated import between, cleared_by_guess, too_little, withheld
from incidents.advice import Advice
from incidents.evidence import Evidence
from incidents.opinion import DEVELOPER, Opinion, Proof
from incidents.verdict import percent

_NO_WAY = "code did not find a way from the changed line to the failing one"
_NO_END = "no line of the failure lies in this code, to which a way could lead"


def basis(
    final: Ruling, evidence: Evidence, hearing: Hearing, against: Ruling | None, contrary: Dissent
) -> tuple[str, ...]:
    """The checkable facts the confidence was computed from. Git's own figure is the first: nobody can talk it over."""
    pointed = against.named if against is not None and final.outcome == "unsure" else None
    best = pointed or (final.suspects[0].commit.sha if final.suspects and final.outcome != "none" else None)
    figure = (
        _figure(evidence, best, overruled=bool(hearing.counted) and (final.stated or pointed is not None))
        if final.outcome != "not_enough"
        else _stands_out(evidence)
    )
    git = [
        figure,
        *_contradicted(against),
        *_read_otherwise(contrary),
        *_sight(evidence),
        *_doubts(final, evidence),
    ]
    told = next((each for each in final.suspects if each.commit.sha == best), None)
    reasons = [each.rstrip(".") for each in told.reasons[:2]] if told else []
    if not hearing.counted:
        undecided = any(each.undecided for each in hearing.shown)
        return (*git, *reasons, "the agents could not tell" if undecided else "no language model took part")
    about = [each for each in hearing.counted if best is None or each.opinion.commit == best]
    return (
        *git,
        *_read(about, mapped=bool(evidence.seen.mapped)),
        *_votes(about, best),
        *_cited(about, mapped=bool(evidence.seen.mapped)),
        *_judged(hearing.advice, hearing.advised),
        *reasons,
    )


def _figure(evidence: Evidence, best: str | None, *, overruled: bool) -> str:
    """What git alone gives the answer, and what it gives more to; where agents `overruled` that, that they did."""
    chances = {each.commit.sha: each.probability for each in evidence.suspects}
    first = max(chances, key=lambda sha: chances[sha], default=None)
    if overruled and first is not None and (told := _overruled(evidence, first, best)):
        return told
    none = f"{percent(evidence.none_probability)} to none of these commits"
    if best is None:
        other = chances[first] if first else 0.0
        return f"git evidence alone gives {none}" + (
            f", {short(first or '')} {percent(other)}" if other >= 0.01 else ""
        )
    told = f"git evidence alone gives {short(best)} {percent(chances[best])}"
    if first is not None and first != best:
        return f"{told}, {short(first)} {percent(chances[first])}"
    return f"{told}, {none}" if evidence.none_probability > chances[best] else told


def _overruled(evidence: Evidence, first: str, best: str | None) -> str:
    """That git's likeliest explanation is another one than the answer; nothing where it is the answer."""
    chances = {None: evidence.none_probability} | {each.commit.sha: each.probability for each in evidence.suspects}
    likeliest = first if chances[first] > evidence.none_probability else None
    if likeliest == best:
        return ""
    names = {sha: "none of these commits" if sha is None else short(sha) for sha in (likeliest, best)}
    by_git, by_agents = names[likeliest], names[best]
    return (
        f"git evidence alone points to {by_git} ({percent(chances[likeliest])}), the agents to {by_agents}, "
        f"to which git gives {percent(chances[best])}"
    )


def _stands_out(evidence: Evidence) -> str:
    """What git alone gives the likeliest commit where too little was seen: what it gives "none of these" is no finding."""
    best = max(evidence.suspects, key=lambda each: each.probability, default=None)
    if best is None or not best.probability:
        return (
            "no commit could be compared" if evidence.window_unknown else "no commit shares anything with what was seen"
        )
    return f"git evidence alone gives no commit more than {percent(best.probability)} ({short(best.commit.sha)})"


def _contradicted(against: Ruling | None) -> list[str]:
    return (
        [f"the opinions point to {_named(against)}, but code could not follow them to the failure"] if against else []
    )


def _sight(evidence: Evidence) -> list[str]:
    """What an answer rests on, where it is not the failing code."""
    seen = evidence.seen
    if seen.read:
        return [] if seen.confirmed else ["nothing confirms that the trace's lines are those of this revision"]
    if not seen.frames:
        return [] if evidence.trace.frames else ["only the message was seen, no stack trace"]
    if seen.mapped:
        return ["no file of the trace could be read"]
    number = "the only frame does not lie" if seen.frames == 1 else f"none of {seen.frames} frames lies"
    return [f"{number} in this repository"]


def _doubts(final: Ruling, evidence: Evidence) -> list[str]:
    """What keeps a stated answer from being sure."""
    if final.outcome == "culprit" and (other := giver_of_null(evidence, final.suspects)):
        return [f"{short(other.commit.sha)} changed when the failing code is given null"]
    if final.outcome == "not_enough" and cleared_by_guess(evidence):
        return ["which commits were deployed is not known"]
    if final.outcome != "none":
        return []
    hits = [f"{short(sha)} changed code at the failing line" for sha in evidence.hit_failing_line[:2]]
    unread = [f"{short(sha)} was not read in full" for sha in evidence.read_in_part[:2]]
    given = [f"{short(sha)} changed what the failing line is given" for sha in givers_of_value(final.suspects)[:2]]
    return hits + unread + given


def _read(about: Sequence[Checked], *, mapped: bool) -> list[str]:
    """How many steps of the developer's explanation code found."""
    proof = explained(about)
    if proof is None:
        return []
    found = sum(1 for step in proof.steps if step.checked)
    change = proof.change
    began = "" if change is None else ", the changed line " + ("too" if change.checked else "was not found")
    read = f"read in code by the developer, {found} of {len(proof.steps)} steps checked{began}"
    return [read, _NO_WAY if mapped else _NO_END] if without_way(proof) else [read]


def explained(about: Sequence[Checked]) -> Proof | None:
    """The developer's explanation, where it states steps."""
    read = (each.opinion.proof for each in about if each.opinion.agent == DEVELOPER)
    return next((proof for proof in read if proof is not None and proof.steps), None)


def without_way(proof: Proof) -> bool:
    """Whether code found where the explanation begins, and no way from there to the failing line."""
    return proof.began and not proof.complete


def _votes(about: Sequence[Checked], best: str | None) -> list[str]:
    """How many accuse the commit; without one, how many of the agents accuse any."""
    if not about:
        return []
    asked = dict.fromkeys(agent(each.opinion.agent) for each in about)
    if best is None:
        accusers = {each.opinion.agent for each in about if each.opinion.caused}
        return [f"{len(accusers)} of {len(asked)} agents say that one of the commits caused it ({', '.join(asked)})"]
    yes = sum(1 for each in about if each.opinion.caused)
    return [f"{yes} of {len(about)} opinions say it caused the failure ({', '.join(asked)})"]


def _cited(about: Sequence[Checked], *, mapped: bool) -> list[str]:
    """How many citations exist, and whether git ties one of them to the failure."""
    most = max(
        about, key=lambda each: each.claimed, default=None
    )  # who speaks of several commits cites the same for each
    if most is None or not most.claimed:
        return []
    claimed, real = most.claimed, len(most.opinion.citations)
    facts = [f"{real} of {claimed} cited places exist at the deployed revision"]
    if any(each.calls_away is not None for each in about):
        facts.append("checked in git: a cited line is the commit's own, on the way of the failing execution")
    elif mapped and any(each.opinion.caused for each in about) and not any(each.proven for each in about):
        facts.append("none of the cited lines is the commit's own on the way of the failing execution")
    return facts


def _judged(advice: Advice | None, advised: Advice | None) -> list[str]:
    if advice is None:
        return []
    if advice.abstained is not None:
        return [f"the SRE manager abstained: {advice.abstained}"]
    if advised is None:
        return ["the SRE manager named no candidate of this deploy, so its advice was not counted"]
    named = f" {short(advised.commit)}" if advised.commit else ""
    return [f"the SRE manager advises {advised.decision}{named}"]


def _read_otherwise(contrary: Dissent) -> list[str]:
    """That the developer contradicts the answer, and whether the SRE manager does so too."""
    words = contrary.developer
    if words is None:
        return []
    said = f"that {short(words.commit)} did it" if words.caused else "that it did not cause the failure"
    too = "; the SRE manager does not share the answer either" if contrary.judge is not None else ""
    return [f"the developer, who read the code, says {said}{too}"]


def reason(final: Ruling, evidence: Evidence, hearing: Hearing, against: Ruling | None, contrary: Dissent) -> str:
    """Why this outcome, in one or two sentences."""
    if against is not None and final.outcome == "unsure":
        if against.named is not None and _answer(evidence).startswith(short(against.named)):
            return (
                f"Git and the opinions lean to {_answer(evidence)}; code could not follow the opinions to the failure."
            )
        return f"Git points to {_answer(evidence)}, the opinions to {_named(against)}; code could not follow them to the failure."
    if final.outcome == "none":
        return _read_by_developer(hearing) or _why_none(evidence)
    if final.outcome == "not_enough":
        return too_little(evidence)
    if final.outcome == "unsure":
        return _why_unsure(final, evidence)
    best = final.suspects[0]
    read = contrary.developer is None  # what decides against who read the code is git, not an SRE's words
    told = next((each.mechanism for each in explaining(hearing, best.commit.sha)), "") if read else ""
    return told or (best.reasons[0] if best.reasons else best.commit.subject)


def explaining(hearing: Hearing, sha: str) -> list[Opinion]:
    """The opinions that explain how the commit caused it: what code found first, then who read code, then the others."""
    said = [each for each in hearing.counted if each.opinion.commit == sha and each.opinion.caused]
    said = [each for each in said if each.opinion.mechanism]
    order = sorted(said, key=lambda each: (not each.proven, each.opinion.agent != DEVELOPER))
    return [each.opinion for each in order]


def _read_by_developer(hearing: Hearing) -> str:
    """The developer's explanation of why no commit caused it, where code found each of its steps."""
    cleared = [each.opinion for each in hearing.counted if each.opinion.agent == DEVELOPER and not each.opinion.caused]
    for each in cleared:
        if each.proof and each.proof.steps and all(step.checked for step in each.proof.steps):
            return each.mechanism
    return ""


def _why_unsure(final: Ruling, evidence: Evidence) -> str:
    number = len(evidence.unread)
    unread = f" {number} commit{'' if number == 1 else 's'} of the deploy could not be read in full." if number else ""
    return f"{between(final, evidence)}.{unread} {withheld(final, evidence)}".rstrip()


def _answer(evidence: Evidence) -> str:
    """What git alone points to, with its figure."""
    first = evidence.suspects[0]
    if first.probability > evidence.none_probability:
        return f"{short(first.commit.sha)} ({percent(first.probability)})"
    return f"none of these commits ({percent(evidence.none_probability)})"


def _named(ruling: Ruling) -> str:
    if ruling.named is not None:
        return short(ruling.named)
    return "none of these commits" if ruling.outcome == "none" else "no single commit"


def _why_none(evidence: Evidence) -> str:
    if evidence.instead:
        return evidence.instead[0]
    best = max((each.probability for each in evidence.suspects), default=0.0)
    if best >= THRESHOLDS.worth_reading or evidence.hit_failing_line:
        return f"No commit stands out: the likeliest had {percent(best)} by git alone, and none of them is likelier."
    if evidence.read_in_part:
        return "No commit of the deploy changed what the failing code depends on, in what could be read of them."
    return "No commit of the deploy changed what the failing code depends on, as far as git and the trace tell."
