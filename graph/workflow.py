"""The workflow: the nodes and the routes between them. Evidence-only mode is the same graph without agent nodes."""

from collections.abc import Sequence
from functools import cache

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Send

from agents import chain_of_thought, developer, zero_shot
from graph.agent_nodes import advise, ask_chain_of_thought, ask_developer, ask_zero_shot
from graph.nodes import find_window, gather_evidence, read_log, settle_verdict, write_report
from graph.state import Assignment, RunContext, State

Workflow = CompiledStateGraph[State, RunContext, State, State]


def build_workflow() -> StateGraph[State, RunContext, State, State]:
    """Return the graph, not compiled.

    It runs log, window, evidence; both SREs and the developer at the same time, independent of each other; the judge,
    who may send a question back; then verdict and report.
    """
    return (
        StateGraph(State, context_schema=RunContext)
        .add_node(read_log)
        .add_node(find_window)
        .add_node(gather_evidence)
        .add_node(ask_zero_shot)
        .add_node(ask_chain_of_thought)
        .add_node(ask_developer)
        .add_node(advise)
        .add_node(settle_verdict)
        .add_node(write_report)
        .add_edge(START, "read_log")
        .add_edge("read_log", "find_window")
        .add_edge("find_window", "gather_evidence")
        .add_conditional_edges("gather_evidence", to_the_team, [*TEAM, JUDGE, SETTLE])
        .add_edge("ask_zero_shot", JUDGE)
        .add_edge("ask_chain_of_thought", JUDGE)
        .add_edge("ask_developer", JUDGE)
        .add_conditional_edges(JUDGE, back_to_developer, ["ask_developer", SETTLE])
        .add_edge(SETTLE, "write_report")
        .add_edge("write_report", END)
    )


TEAM = {"ask_chain_of_thought": chain_of_thought.NAME, "ask_developer": developer.NAME, "ask_zero_shot": zero_shot.NAME}
JUDGE, SETTLE = "advise", "settle_verdict"
Route = Sequence[Send] | str


def to_the_team(state: State, runtime: Runtime[RunContext]) -> Route:
    """Send the incident to the developer and to the comparing SRE, and each candidate to the zero-shot SRE.

    Settle at once when there is no candidate or no model. Who answered in an earlier run is not asked again.
    """
    if not state["judged"]:
        return SETTLE
    turns = runtime.context.context.limits.developer_turns
    wanted = [("ask_developer", "")] * bool(turns) + [("ask_chain_of_thought", "")]
    wanted += [("ask_zero_shot", sha) for sha in state["asked"]]
    left = [(node, sha) for node, sha in wanted if not _answered(state, TEAM[node], sha)]
    return [Send(node, _assignment(state, commit=sha)) for node, sha in left] or JUDGE


def back_to_developer(state: State) -> Route:
    """Send the judge's question, if there is one, to the developer, with its notes."""
    advice = state.get("advice")
    if advice is None or not advice.question:
        return SETTLE
    spoken = (each.commit for each in state.get("opinions", []) if each.agent == developer.NAME)
    more = {"notes": state.get("notes", ()), "named": tuple(dict.fromkeys(spoken))}
    return [Send("ask_developer", _assignment(state, question=advice.question, **more))]


def _answered(state: State, agent: str, sha: str) -> bool:
    """Whether an agent gave an opinion, about that commit where one is named."""
    return any(each.agent == agent and sha in ("", each.commit) for each in state.get("opinions", []))


def _assignment(state: State, **given: object) -> Assignment:
    known = {name: state[name] for name in ("request", "log", "window", "evidence")}
    return Assignment(**known, **given)


@cache
def workflow() -> Workflow:
    """Return the compiled graph without a checkpointer."""
    return build_workflow().compile(name="investigation")


def diagram() -> str:
    """Return the graph as Mermaid text, for the README."""
    return workflow().get_graph().draw_mermaid()
