"""The nodes that ask no agent (others: `graph.agent_nodes`). A resumed run starts with the first unfinished node."""

import asyncio
from datetime import UTC, datetime

from agents.candidates import candidates_of
from graph.citations import LinesOf
from graph.commit_window import WindowFinder, as_given, stale_clone_is_no_input_error
from graph.recording import Update, recorded
from graph.reporting import draft
from graph.request import CommitWindow
from graph.settle import settle
from graph.state import Context, NodeRuntime, State
from incidents.errors import IncompleteRepository
from incidents.evidence import Evidence
from incidents.reasoning import LOG_TRACE, ToolCall
from tools.git.repository import Repository
from tools.impact.step_check import StepCheck
from tools.logs.log_reading import LogReading
from tools.ranking.gather import gather
from tools.ranking.ranker import Weights
from tools.ranking.visibility import seen_by_name
from tools.signals.registry import is_excluded
from tools.source.index import SourceIndex


@recorded
async def read_log(state: State, runtime: NodeRuntime) -> Update:
    """Read the error's log: it corrects the alert's times and count, and gives a trace when the alert has none."""
    request, logs = state["request"], runtime.context.context.logs
    log = await logs.read(request) if logs is not None else LogReading()
    update = State(log=log, request=request.corrected(log), steps=[_trace_step(log)] if log.trace is not None else [])
    return update, _log_outcome(log)


@recorded
async def find_window(state: State, runtime: NodeRuntime) -> Update:
    """Find the blame window and its repository."""
    request, heard = state["request"], state.get("heard")
    window = await _window(runtime.context.context, state)
    update = State(window=window, heard=None)
    if window.repository != request.alert.repository:  # `redtide revert` knows only the alert's own repository
        update["request"] = request.model_copy(update={"revert_command": None})
    if heard is not None and heard.revisions == window.revisions:
        update |= State(opinions=list(heard.opinions), steps=list(heard.steps))
        update |= State(notes=heard.notes, critique=heard.critique)
    return update, _window_outcome(window)


@recorded
async def gather_evidence(state: State, runtime: NodeRuntime) -> Update:
    """Collect all evidence that needs no language model, and choose the commits that the agents judge."""
    context, window = runtime.context.context, state["window"]
    with stale_clone_is_no_input_error(context.repositories, window.repository):
        repository = await runtime.context.repository(window)
        evidence = await asyncio.to_thread(_gather, repository, state, context.weights)
    candidates = candidates_of(evidence)[: context.limits.judged_commits] if context.model is not None else ()
    judged = tuple(each.commit.sha for each in candidates)
    asked = tuple(each.commit.sha for each in evidence.suspects if each in candidates and not is_excluded(each))
    found = f"{len(evidence.suspects)} suspects, {len(evidence.ruled_out)} ruled out"
    return {"evidence": evidence, "judged": judged, "asked": asked}, f"{found}, {len(judged)} for the agents"


@recorded
async def settle_verdict(state: State, runtime: NodeRuntime) -> Update:
    """Settle the verdict from facts that code can check."""
    repository = await runtime.context.repository(state["window"])
    evidence = state["evidence"]
    verdict = await asyncio.to_thread(
        settle,
        evidence,
        state.get("opinions", []),
        state.get("advice"),
        lines_of=_line_counts(repository, evidence.deployed),
        steps=StepCheck(repository, evidence),
        reliability=runtime.context.context.reliability,
    )
    return {"verdict": verdict}, f"{verdict.outcome} {verdict.culprit or ''}".strip()


@recorded
async def write_report(state: State, runtime: NodeRuntime) -> Update:
    """Write the report; in the incident manager's words when there is a model and they follow the rules."""
    context, request, verdict = runtime.context.context, state["request"], state["verdict"]
    repository = await runtime.context.repository(state["window"])
    report = await asyncio.to_thread(draft, context, repository, request, state["evidence"], verdict)
    if verdict.mode == "evidence":
        return {"report": report}, "written by code"
    from graph.agent_nodes import worded  # here: a run without a model imports no agent

    in_words, steps = await worded(state, runtime.context, report)
    by_code = "written by code, the incident manager's words not used"
    return {"report": in_words, "steps": steps}, by_code if in_words is report else "worded by the incident manager"


async def _window(context: Context, state: State) -> CommitWindow:
    if context.known_window is not None:
        return context.known_window
    if context.deploys is None:
        return as_given(state["request"].alert).model_copy(update={"guessed": state["request"].guessed})
    finder = WindowFinder(context.repositories, context.deploys, context.window)
    return await finder.find(state["request"], state["log"])


def _gather(repository: Repository, state: State, weights: Weights | None) -> Evidence:
    """Return the evidence of the repository, with the findings and gaps of the earlier nodes."""
    request, log, window = state["request"], state["log"], state["window"]
    found = gather(
        repository,
        window.base,
        window.deployed,
        request.trace,
        first_seen=request.first_seen,
        innocent=window.innocent,
        rollouts=window.rollouts,
        weights=weights,
    )
    seen = {"log": log.findings, "rollouts": window.rollouts, "ruled_out": (*found.ruled_out, *window.later)}
    named = seen_by_name(found.seen, SourceIndex(repository, found.deployed), found.trace, request.text)
    gaps = dict.fromkeys((*window.notes, *_guess(window, found), *log.missing))
    found = found.model_copy(
        update={**seen, "missing": (*found.missing, *gaps), "guessed": window.guessed, "seen": named}
    )
    # An empty window that somebody named clears all commits; one that was guessed says nothing at all.
    return found.model_copy(update={"none_probability": 0.0, "instead": ()}) if found.window_unknown else found


def _guess(window: CommitWindow, found: Evidence) -> tuple[str, ...]:
    """Which commits were compared, where nobody said which were deployed."""
    compared = (
        f"Which commits were deployed is not known: those of {found.base[:9]}..{found.deployed[:9]} were compared."
    )
    return (compared,) if window.guessed else ()


def _trace_step(log: LogReading) -> ToolCall:
    """Return the log's text as a step: it is stored nowhere else, and feedback on the verdict needs it."""
    return ToolCall(agent="log", at=datetime.now(UTC), tool=LOG_TRACE, arguments={}, observation=log.text, seconds=0.0)


def _log_outcome(log: LogReading) -> str:
    findings = log.findings
    if findings is None:
        return "; ".join(log.missing)[:500] or "nothing was read"
    began = f"began around {findings.onset.at:%H:%M:%S}" if findings.onset else "no beginning found"
    return f"{findings.total} documents, {began}, {len(findings.others)} other errors"


def _window_outcome(window: CommitWindow) -> str:
    revisions = f"{window.repository} {window.base[:9]}..{window.deployed[:9]}"
    return f"{revisions}, {len(window.rollouts)} deploys, {len(window.later)} commits later"


def _line_counts(repository: Repository, revision: str) -> LinesOf:
    def lines_of(path: str) -> int | None:
        try:
            text = repository.text(revision, path)
        except IncompleteRepository:  # cannot be checked, so it does not count
            return None
        return None if text is None else len(text.splitlines())

    return lines_of
