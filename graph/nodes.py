"""The nodes at which no agent is asked: verb in, noun out. Each may be resumed on its own. The others: `graph.agent_nodes`."""

import asyncio

from graph.citations import LinesOf
from graph.recording import Update, recorded
from graph.reporting import draft
from graph.settle import settle
from graph.state import Context, NodeRuntime, Request, State
from incidents.errors import IncompleteRepository
from incidents.evidence import Evidence
from tools.impact.step_check import StepCheck
from tools.ranking.gather import gather
from tools.traces import parse


@recorded
async def gather_evidence(state: State, runtime: NodeRuntime) -> Update:
    """What can be seen without a language model, and which commits the agents shall judge."""
    context = runtime.context.context
    evidence = await asyncio.to_thread(_gather, context, state["request"])
    suspects = [suspect.commit.sha for suspect in evidence.suspects[: context.limits.judged_commits]]
    judged = tuple(suspects) if context.model is not None else ()
    kept = f"{len(evidence.suspects)} suspects, {len(evidence.ruled_out)} ruled out"
    return {"evidence": evidence, "judged": judged}, f"{kept}, {len(judged)} for the agents"


def _gather(context: Context, request: Request) -> Evidence:
    """Of the repository, and what was prepared before: the log's findings, the deploys, and what was not to be had."""
    trace = parse(request.trace)
    found = gather(
        context.repository,
        request.base,
        request.deployed,
        trace,
        first_seen=request.first_seen,
        innocent=request.innocent,
        rollouts=request.rollouts,
    )
    seen = {"log": request.log, "rollouts": request.rollouts, "ruled_out": (*found.ruled_out, *request.later)}
    return found.model_copy(update={**seen, "missing": (*found.missing, *request.notes)})


@recorded
async def settle_verdict(state: State, runtime: NodeRuntime) -> Update:
    """The verdict, from facts that code can check."""
    context, evidence = runtime.context.context, state["evidence"]
    verdict = await asyncio.to_thread(
        settle,
        evidence,
        state.get("opinions", []),
        state.get("advice"),
        lines_of=_line_counts(context, evidence),
        steps=StepCheck(context.repository, evidence),
    )
    return {"verdict": verdict}, f"{verdict.outcome} {verdict.culprit or ''}".strip()


@recorded
async def write_report(state: State, runtime: NodeRuntime) -> Update:
    """The deterministic report; in the incident manager's words when there is one and it keeps to the rules."""
    request, verdict = state["request"], state["verdict"]
    report = await asyncio.to_thread(draft, runtime.context.context, request, state["evidence"], verdict)
    if verdict.mode == "evidence":
        return {"report": report}, "written by code"
    from graph.agent_nodes import worded  # here: a run without a model imports no agent

    told, steps = await worded(state, runtime.context, report)
    by_code = "written by code, the incident manager's words not used"
    return {"report": told, "steps": steps}, by_code if told is report else "worded by the incident manager"


def _line_counts(context: Context, evidence: Evidence) -> LinesOf:
    def lines_of(path: str) -> int | None:
        try:
            text = context.repository.text(evidence.deployed, path)
        except IncompleteRepository:  # nobody can check it, so it does not count
            return None
        return None if text is None else len(text.splitlines())

    return lines_of
