"""The workflow: the nodes and the routes between them. Evidence-only mode is the same graph without agent nodes."""

from collections.abc import Sequence
from functools import cache

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Send

from agents import chain_of_thought, developer, zero_shot
from graph.agent_nodes import advise, ask_chain_of_thought, ask_developer, ask_zero_shot, choose_commits, notes_of
from graph.nodes import find_window, gather_evidence, read_log, settle_verdict, write_report
from graph.state import Assignment, RunContext, State

Workflow = CompiledStateGraph[State, RunContext, State, State]


def build_workflow() -> StateGraph[State, RunContext, State, State]:
    """Return the graph, not compiled.

    It runs log, window, evidence; both SREs on each suspect in parallel, the developer on the most likely ones, the
    judge; then verdict and report.
    """
    return (
        StateGraph(State, context_schema=RunContext)
        .add_node(read_log)
        .add_node(find_window)
        .add_node(gather_evidence)
        .add_node(ask_zero_shot)
        .add_node(ask_chain_of_thought)
        .add_node(choose_commits)
        .add_node(ask_developer)
        .add_node(advise)
        .add_node(settle_verdict)
        .add_node(write_report)
        .add_edge(START, "read_log")
        .add_edge("read_log", "find_window")
        .add_edge("find_window", "gather_evidence")
        .add_conditional_edges("gather_evidence", to_both_sres, [*SRES, "choose_commits", SETTLE])
        .add_edge("ask_zero_shot", "choose_commits")
        .add_edge("ask_chain_of_thought", "choose_commits")
        .add_conditional_edges("choose_commits", to_developer, ["ask_developer", "advise", SETTLE])
        .add_edge("ask_developer", "advise")
        .add_conditional_edges("advise", back_to_developer, ["ask_developer", SETTLE])
        .add_edge(SETTLE, "write_report")
        .add_edge("write_report", END)
    )


SRES = {"ask_zero_shot": zero_shot.NAME, "ask_chain_of_thought": chain_of_thought.NAME}
SETTLE = "settle_verdict"
Route = Sequence[Send] | str


def to_both_sres(state: State) -> Route:
    """Send every commit to both SREs; settle at once when there is no commit or no model.

    An SRE whose opinion is known from an earlier run is not asked again.
    """
    if not state["judged"]:
        return SETTLE
    asked = [(node, sha) for sha in state["judged"] for node, sre in SRES.items() if not _has_opinion(state, sre, sha)]
    return [Send(node, _assignment(state, sha)) for node, sha in asked] or "choose_commits"


def to_developer(state: State) -> Route:
    """Send the shortlist to the developer, except commits that it judged in an earlier run.

    Without a shortlist go to the judge, or settle when there is no opinion at all.
    """
    if open_ones := [sha for sha in state["shortlist"] if not _has_opinion(state, developer.NAME, sha)]:
        return [Send("ask_developer", _assignment(state, sha)) for sha in open_ones]
    return "advise" if any(opinion.caused is not None for opinion in state.get("opinions", [])) else SETTLE


def back_to_developer(state: State) -> Route:
    """Send the judge's question, if there is one, to the developer."""
    advice = state.get("advice")
    if advice is None or advice.question_about is None:
        return SETTLE
    commit = advice.question_about
    again = _assignment(state, commit)
    update = {"question": advice.question, "notes": notes_of(state, commit)}
    return [Send("ask_developer", again.model_copy(update=update))]


def _has_opinion(state: State, agent: str, sha: str) -> bool:
    return any((each.agent, each.commit) == (agent, sha) for each in state.get("opinions", []))


def _assignment(state: State, sha: str) -> Assignment:
    return Assignment(
        request=state["request"], log=state["log"], window=state["window"], evidence=state["evidence"], commit=sha
    )


@cache
def workflow() -> Workflow:
    """Return the compiled graph without a checkpointer."""
    return build_workflow().compile(name="investigation")


def diagram() -> str:
    """Return the graph as Mermaid text, for the README."""
    return workflow().get_graph().draw_mermaid()
