"""The report, built by code from the verdict: what a tired person reads, in the order they read it."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from agents.fence import one_line
from agents.prose import ids_in
from graph.hearing import known_ids
from graph.log_wording import began, deployed, rate, sparkline
from graph.names import agent, short
from graph.readiness import readiness
from graph.request import Request
from graph.state import Context
from incidents.errors import InputError
from incidents.evidence import Commit, Evidence, Suspect
from incidents.opinion import DEVELOPER, Opinion, Proof, ProofStep
from incidents.reference import Reference
from incidents.report import Report, ReportedCommit
from incidents.verdict import STATED, Outcome, Verdict
from tools.git.default_branch import remote_url
from tools.git.forge import Forge, forge_of
from tools.git.references import references
from tools.git.repository import Repository

if TYPE_CHECKING:
    from agents.incident_manager import Words

STATES: dict[Outcome, str] = {
    "culprit": "Likely cause found",
    "unsure": "Not sure",
    "none": "No commit of this deploy",
    "not_enough": "Not enough to tell",
}
_HEADLINE = 100
_SENTENCE = 240
_WORTH_SHOWING = 0.01
_MOST_SHOWN = 3
_LESS_LIKELY = "less likely than these"
_UNLIKELY = "less likely than 1%"


def draft(context: Context, repository: Repository, request: Request, evidence: Evidence, verdict: Verdict) -> Report:
    """The deterministic report. A culprit's revert is planned in memory."""
    ready = readiness(context, repository, request, evidence, verdict)
    trace, shown, forge = evidence.trace, _shown(verdict), forge_of(remote_url(repository))
    return Report(
        incident=request.incident,
        service=request.service,
        environment=request.environment,
        outcome=verdict.outcome,
        headline=headline(verdict.outcome, request.service, trace.exception or trace.message or "errors"),
        verdict_line=_verdict_line(request, evidence, verdict),
        why=_why(verdict),
        commits=tuple(_row(each, evidence, repository, forge) for each in shown),
        considered=len(verdict.suspects) + len(verdict.ruled_out),
        dropped=_dropped(verdict, shown),
        revert=ready.line,
        command=ready.command,
        next_step=ready.next_step or verdict.next_step,
        missing=(*verdict.left_out, *evidence.missing, *_silent(verdict)),
        confidence=verdict.confidence,
        mode=verdict.mode,
        model=context.model_name if verdict.mode == "agents" else None,
        began=began(evidence.log),
        rate=rate(evidence.log),
        sparkline=sparkline(evidence.log),
        log_url=evidence.log.url if evidence.log else None,
        error=one_line(": ".join(filter(None, (trace.exception, trace.message))), 300),
        count=request.count,
        first_seen=request.first_seen,
        alert_url=request.alert_url,
    )


def headline(outcome: Outcome, service: str, effect: str) -> str:
    """State, service and effect, at most 100 characters; the state is always the verdict's."""
    start = f"{STATES[outcome]} · {one_line(service, 40)} · "
    return start + one_line(effect, _HEADLINE - len(start))


def nameable(evidence: Evidence, verdict: Verdict) -> tuple[str, ...]:
    """The commits that words about the verdict may name: those that the verdict itself names to the reader."""
    basis = verdict.confidence.basis
    said = " ".join((verdict.culprit or "", verdict.reason, verdict.next_step, *basis, *_unfollowed(verdict)))
    return (*(sha for sha in known_ids(evidence) if short(sha) in said), *ids_in(said))


def with_words(report: Report, words: "Words | None") -> Report:
    """The report in the incident manager's words; unchanged when there are none."""
    if words is None:
        return report
    told = headline(report.outcome, report.service, words.effect)
    after = f"{report.next_step} {words.next}".strip()
    return report.model_copy(update={"headline": told, "why": words.why, "next_step": after})


def conclusion(report: Report, verdict: Verdict) -> str:
    """The settled verdict as text, for whoever words it. Holds everything the words may rest on."""
    measured = [sentence for sentence in (*_measured(verdict), report.began, report.rate) if sentence]
    once = {sentence.rstrip(".") for sentence in measured}
    facts = [fact for fact in verdict.confidence.basis if fact not in once]
    lines = [
        f"{STATES[verdict.outcome]}. {report.verdict_line}",
        f"Confidence: {verdict.confidence.word} ({'; '.join(facts)})",
        f"Reason: {verdict.reason}",
        *_steps_told(verdict),
        *_unfollowed(verdict),
        *(f"Measured: {sentence}" for sentence in measured),
        f"Next step: {verdict.next_step}",
        *(f"Not seen: {sentence}" for sentence in report.missing),
    ]
    return "\n".join(lines)


def _steps_told(verdict: Verdict) -> list[str]:
    """Each step of the developer's explanation, and whether code found it."""
    proof = _proof(verdict)
    marks = {True: "checked in code", False: "code found no way to it", None: "not checked"}
    steps = proof.steps if proof else ()
    return [f"Step ({marks[each.checked]}): {each.path}:{each.line}: {each.says}" for each in steps if each.says]


def _unfollowed(verdict: Verdict) -> list[str]:
    """What the developer found out, where the verdict states nothing or something else: code could not follow it far
    enough."""
    said = [each for each in verdict.opinions if each.agent == DEVELOPER and each.mechanism]
    first = min(said, key=lambda each: not each.caused, default=None)
    if first is None or _is_told(verdict, first):
        return []
    if first.caused is None:
        return [f"The developer cannot tell: {first.mechanism}"]
    about = short(first.commit) if first.caused else "what was there before the deploy or outside it"
    manner = "says otherwise" if verdict.outcome in STATED else "not proven"
    return [f"The developer, {manner}, on {about}: {first.mechanism}"]


def _is_told(verdict: Verdict, opinion: Opinion) -> bool:
    """Whether the verdict states what the developer does."""
    if verdict.outcome not in STATED or opinion.caused is None:
        return verdict.outcome in STATED
    return (opinion.commit if opinion.caused else None) == verdict.culprit


def _measured(verdict: Verdict) -> tuple[str, ...]:
    """What git tells about the culprit, or what competes where there is none."""
    return verdict.suspects[0].reasons if verdict.culprit is not None else verdict.sides


def _proof(verdict: Verdict) -> Proof | None:
    """The developer's proof of the verdict's commit, or of its answer that none of them did it."""
    said = [each for each in verdict.opinions if each.agent == DEVELOPER and each.proof]
    if verdict.outcome == "none":
        return next((each.proof for each in said if each.caused is False), None)
    return next((each.proof for each in said if each.caused and each.commit == verdict.culprit), None)


def _verdict_line(request: Request, evidence: Evidence, verdict: Verdict) -> str:
    if verdict.outcome == "none":
        sure = verdict.confidence.word == "high"
        return f"{'None' if sure else 'Probably none'} of the deployed commits caused this."
    if verdict.culprit is None:
        return f"{_untold(verdict)}."
    commit = verdict.suspects[0].commit
    parts = [f'{short(commit.sha)} "{one_line(commit.subject, 90)}"', one_line(commit.author, 40)]
    if age := deployed(evidence, commit.sha) or _age(commit, request):
        parts.append(age)
    return " · ".join(parts)


def _untold(verdict: Verdict) -> str:
    """Where the suspects are, and how many of them the next step says to read: those are always shown."""
    number = len(_shown(verdict))
    if verdict.outcome != "unsure":
        below = "; the likeliest commits are below" if number > 1 else ""
        return f"No commit can be named, and the deploy cannot be cleared{below}"
    if number < 2:
        return "It cannot be told whether " + ("this commit" if number else "a commit of the deploy") + " caused it"
    first = sum(each.commit.sha in verdict.to_read for each in verdict.suspects)
    if not first:
        return "It cannot be told which"
    if first == number:
        return f"It cannot be told which; read {'both' if number == 2 else f'all {number}'} suspects"
    return f"It cannot be told which; read {'one' if first == 1 else first} of the commits first"


def _age(commit: Commit, request: Request) -> str:
    """How long before the first error the commit was made; nothing when it is not known."""
    if request.first_seen is None or request.first_seen.tzinfo is None:
        return ""
    before = request.first_seen - commit.committed_at
    return f"committed {_span(before)} before the first error" if before >= timedelta(0) else ""


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"


def _why(verdict: Verdict) -> tuple[str, ...]:
    """At most three facts: the reason of the verdict, the developer's steps, then what was measured about the culprit, or
    what competes. A step that code did not find says so."""
    proof = _proof(verdict)
    steps = [_step(each) for each in proof.steps if each.says] if proof else []
    said = dict.fromkeys(
        one_line(each, _SENTENCE)
        for each in (verdict.reason, *_unfollowed(verdict), *steps[-2:], *_measured(verdict))
        if each.strip()
    )
    return tuple(said)[:3]


def _step(step: ProofStep) -> str:
    unchecked = "" if step.checked else ", not checked"
    return f"{step.says.rstrip('.')} ({step.path}:{step.line}{unchecked})."


def _shown(verdict: Verdict) -> tuple[Suspect, ...]:
    """The short list, with the commits that are to be read next. Where too little was seen, it does not depend on
    probabilities."""
    floor = 0.0 if verdict.outcome == "not_enough" else _WORTH_SHOWING
    likely = [each for each in verdict.suspects[:_MOST_SHOWN] if each.probability >= floor]
    named = [each for each in verdict.suspects if each.commit.sha in verdict.to_read]
    chosen = list(dict.fromkeys(each.commit.sha for each in (*likely[:1], *named, *likely[1:])))[:_MOST_SHOWN]
    return tuple(each for each in verdict.suspects if each.commit.sha in chosen)


def _dropped(verdict: Verdict, shown: Sequence[Suspect]) -> dict[str, int]:
    """How many commits are not in the short list, by reason: together with it, all of them."""
    counts = Counter[str](one_line(each.shared, 80) for each in verdict.ruled_out)
    if others := len(verdict.suspects) - len(shown):
        counts[_LESS_LIKELY if shown else _UNLIKELY] = others
    return dict(counts)


def _row(suspect: Suspect, evidence: Evidence, repository: Repository, forge: Forge | None) -> ReportedCommit:
    commit = suspect.commit
    return ReportedCommit(
        sha=commit.sha,
        subject=one_line(commit.subject, 120),
        author=one_line(commit.author, 60),
        committed_at=commit.committed_at,
        probability=suspect.probability,
        tag=one_line(suspect.reasons[0], 60) if suspect.reasons else "",
        url=forge.commit(commit.sha) if forge else None,
        references=_references(repository, commit.sha, forge),
        deployed=deployed(evidence, commit.sha),
    )


def _references(repository: Repository, sha: str, forge: Forge | None) -> tuple[Reference, ...]:
    """What its message refers to; nothing of a commit that cannot be read."""
    try:
        return references(repository.message(sha), forge)
    except InputError:
        return ()


def _silent(verdict: Verdict) -> tuple[str, ...]:
    """Which agents gave no answer, and why, once for each reason."""
    silent: dict[str, list[str]] = {}
    for each in verdict.opinions:
        if each.abstained is not None and agent(each.agent) not in silent.setdefault(each.abstained, []):
            silent[each.abstained].append(agent(each.agent))
    return tuple(f"No answer of the {' and the '.join(who)}: {one_line(why, 200)}." for why, who in silent.items())
