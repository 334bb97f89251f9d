"""From a request to a verdict and its report: the one entry the service and the command line use."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import Field

from graph.draining import Drain
from graph.request import Request
from graph.resuming import Beginning, beginning, new_start
from graph.state import Context, RunContext, State
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
    """What an investigation brings: everything a store keeps and every surface renders."""

    evidence: Evidence
    verdict: Verdict
    report: Report
    steps: tuple[Step, ...] = ()
    seconds: float = Field(ge=0)


async def investigate(
    context: Context,
    request: Request,
    *,
    checkpointer: "Checkpointer | None" = None,
    thread_id: str | None = None,
    drain: Drain | None = None,
) -> Investigation:
    """Run the workflow. Raises InputError for revisions that make no window; agents' failures are abstentions.

    With a `checkpointer` (`graph.checkpoints`) every node's result is kept under `thread_id` (the incident's id when
    left out), and a second call with the same id resumes where the first was cut off. A thread that had finished is
    not run again, unless agents could not be reached then and can be asked now: only they are. The budget of model
    calls starts anew each time. When `drain` is asked for on the way, the nodes that run are finished and
    WorkInterrupted is raised.
    """
    started = time.perf_counter()
    thread = thread_id or request.incident
    if checkpointer is not None and not thread:
        raise ValueError("a checkpointed investigation needs a thread_id, or a request with an incident id")
    runtime = RunContext(_budgeted(context))
    if context.model is None and checkpointer is None and drain is None:
        from graph.run_without_langgraph import run_nodes

        return _checked(await run_nodes(runtime, new_start(request)), time.perf_counter() - started)
    graph = _workflow(checkpointer)
    with (drain or Drain()).control() as control:
        final = await _run(graph, runtime, request, thread, control, checkpointer)
    return _checked(final, time.perf_counter() - started)


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
    with tracing_context(enabled=False):  # what is investigated leaves this machine only through the model's door
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
    # Imported here: LangGraph costs 0.8 s, which `--help` and refused input need not pay.
    from graph.workflow import build_workflow, workflow

    return workflow() if checkpointer is None else build_workflow().compile(checkpointer, name="investigation")


def _supersteps(context: Context) -> int:
    """The longest way through the graph: nine nodes after another, two more for each question, and its ends."""
    return 12 + 2 * context.limits.judge_rounds


def _budgeted(context: Context) -> Context:
    """The same context with the incident's budget before its model."""
    if context.model is None:
        return context
    limits = context.limits
    budget = Budget(calls=limits.calls, tokens=limits.tokens, seconds=limits.seconds)
    return replace(context, model=Budgeted(context.model, budget))


def _checked(final: State, seconds: float) -> Investigation:
    """LangGraph does not validate what the last node wrote; this does."""
    return Investigation.model_validate(
        {
            "evidence": final["evidence"],
            "verdict": final["verdict"],
            "report": final["report"].model_copy(update={"seconds": seconds}),
            "steps": tuple(final["steps"]),
            "seconds": seconds,
        }
    )
