"""The entry point of an investigation, for service and command line: from a request to a verdict and a report."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import Field

from graph.draining import Drain
from graph.request import Request
from graph.resuming import Beginning, beginning, new_start
from graph.snapshot import Snapshot, versions_of
from graph.state import Context, RunContext, State
from incidents.advice import Advice
from incidents.errors import WorkInterrupted
from incidents.evidence import Evidence
from incidents.frozen import Frozen
from incidents.reasoning import Step
from incidents.report import Report
from incidents.verdict import Verdict
from models.budget import Budget, Budgeted

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.runtime import RunControl

    from graph.checkpoints import Checkpointer
    from graph.workflow import Workflow


class Investigation(Frozen):
    """The result of an investigation, which the store saves and every output renders."""

    evidence: Evidence
    verdict: Verdict
    report: Report
    advice: Advice | None = None
    steps: tuple[Step, ...] = ()
    seconds: float = Field(ge=0)
    snapshot: Snapshot | None = Field(default=None, description="What was read; None in results of older versions.")


async def investigate(
    context: Context,
    request: Request,
    *,
    checkpointer: "Checkpointer | None" = None,
    thread_id: str | None = None,
    drain: Drain | None = None,
) -> Investigation:
    """Run the workflow. Raises InputError when there is no window; an agent that fails abstains.

    With a `checkpointer` (`graph.checkpoints`) the result of every node is stored under `thread_id` (default: the
    incident's id), and a second call with the same id resumes where the first one was interrupted. A finished thread is
    not run again, except to ask agents that could not be reached before. The budget of model calls starts anew with
    each call. When `drain` is activated, the running nodes finish and WorkInterrupted is raised. Raises ValueError for
    a checkpointer without a thread id.
    """
    started = time.perf_counter()
    thread = thread_id or request.incident
    if checkpointer is not None and not thread:
        raise ValueError("a checkpointed investigation needs a thread_id, or a request with an incident id")
    runtime = RunContext(_budgeted(context))
    if context.model is None and checkpointer is None and drain is None:
        from graph.run_without_langgraph import run_nodes

        return _checked(await run_nodes(runtime, new_start(request)), context, time.perf_counter() - started)
    graph = _workflow(checkpointer)
    with (drain or Drain()).control() as control:
        final = await _run(graph, runtime, request, thread, control, checkpointer)
    return _checked(final, context, time.perf_counter() - started)


async def _run(
    graph: "Workflow",
    runtime: RunContext,
    request: Request,
    thread: str,
    control: "RunControl",
    checkpointer: "Checkpointer | None",
) -> State:
    from langgraph.errors import GraphDrained
    from langsmith import tracing_context

    config: RunnableConfig = {
        "configurable": {"thread_id": thread},
        "max_concurrency": runtime.context.limits.concurrency,
        "recursion_limit": _supersteps(runtime.context),
    }
    with tracing_context(enabled=False):  # incident data must not go to LangSmith
        start = Beginning(new_start(request))
        if checkpointer is not None:
            start = await beginning(graph, config, checkpointer, request, asks=runtime.context.model is not None)
        if start.finished is not None:
            return start.finished
        try:
            return await graph.ainvoke(start.given, config, context=runtime, control=control)  # type: ignore[return-value]
        except GraphDrained as error:
            raise WorkInterrupted("stopped between two steps") from error


def _workflow(checkpointer: "Checkpointer | None") -> "Workflow":
    # Imported here: LangGraph takes 0.8 s, which `--help` and invalid input should not cost.
    from graph.workflow import workflow

    compiled = workflow()  # once in a process: it takes a tenth of an investigation without a model
    return compiled if checkpointer is None else compiled.copy({"checkpointer": checkpointer})


def _supersteps(context: Context) -> int:
    """Return the longest path: seven nodes in a row, two more for each question of the judge, and the ends."""
    return 10 + 2 * context.limits.judge_rounds


def _budgeted(context: Context) -> Context:
    """Return the context with a model that is limited by the incident's budget."""
    if context.model is None:
        return context
    limits = context.limits
    budget = Budget(calls=limits.calls, tokens=limits.tokens, seconds=limits.seconds)
    return replace(context, model=Budgeted(context.model, budget))


def _checked(final: State, context: Context, seconds: float) -> Investigation:
    """Return the final state, validated, which LangGraph does not do."""
    return Investigation.model_validate(
        {
            "evidence": final["evidence"],
            "verdict": final["verdict"],
            "report": final["report"].model_copy(update={"seconds": seconds}),
            "advice": final.get("advice"),
            "steps": tuple(final["steps"]),
            "seconds": seconds,
            "snapshot": Snapshot(
                request=final["request"], log=final["log"], window=final["window"], versions=versions_of(context)
            ),
        }
    )
