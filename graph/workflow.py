"""The workflow: who works when. Evidence-only mode is the same graph; the agents are then not sent anything."""

from collections.abc import Sequence
from functools import cache

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Send

from graph.nodes import (
    advise,
    ask_chain_of_thought,
    ask_developer,
    ask_zero_shot,
    choose_commits,
    gather_evidence,
    notes_of,
    settle_verdict,
    write_report,
)
from graph.state import Assignment, Bench, State

Workflow = CompiledStateGraph[State, Bench, State, State]


def build_workflow() -> StateGraph[State, Bench, State, State]:
    """Evidence, two SREs for each suspect in parallel, the developer on the likeliest, the judge, the verdict."""
    return (
        StateGraph(State, context_schema=Bench)
        .add_node(gather_evidence)
        .add_node(ask_zero_shot)
        .add_node(ask_chain_of_thought)
        .add_node(choose_commits)
        .add_node(ask_developer)
        .add_node(advise)
        .add_node(settle_verdict)
        .add_node(write_report)
        .add_edge(START, "gather_evidence")
        .add_conditional_edges("gather_evidence", to_both_sres, ["ask_zero_shot", "ask_chain_of_thought", SETTLE])
        .add_edge("ask_zero_shot", "choose_commits")
        .add_edge("ask_chain_of_thought", "choose_commits")
        .add_conditional_edges("choose_commits", to_developer, ["ask_developer", "advise", SETTLE])
        .add_edge("ask_developer", "advise")
        .add_conditional_edges("advise", back_to_developer, ["ask_developer", SETTLE])
        .add_edge(SETTLE, "write_report")
        .add_edge("write_report", END)
    )


SETTLE = "settle_verdict"
Route = Sequence[Send] | str


def to_both_sres(state: State) -> Route:
    """Every commit to be judged goes to both; nothing to judge, or nobody to do it, is settled at once."""
    sres = ("ask_zero_shot", "ask_chain_of_thought")
    return [Send(sre, _assignment(state, sha)) for sha in state["judged"] for sre in sres] or SETTLE


def to_developer(state: State) -> Route:
    """The shortlist; without one the judge reads the SREs, and when nobody said anything it is settled."""
    if state["shortlist"]:
        return [Send("ask_developer", _assignment(state, sha)) for sha in state["shortlist"]]
    return "advise" if any(opinion.caused is not None for opinion in state.get("opinions", [])) else SETTLE


def back_to_developer(state: State) -> Route:
    """The judge's one question, if it has one."""
    advice = state.get("advice")
    if advice is None or advice.question_about is None:
        return SETTLE
    commit = advice.question_about
    again = _assignment(state, commit)
    update = {"question": advice.question, "notes": notes_of(state, commit)}
    return [Send("ask_developer", again.model_copy(update=update))]


def _assignment(state: State, sha: str) -> Assignment:
    return Assignment(request=state["request"], evidence=state["evidence"], commit=sha)


@cache
def workflow() -> Workflow:
    """The compiled graph without a checkpointer."""
    return build_workflow().compile(name="investigation")


def diagram() -> str:
    """The graph as Mermaid text, for README."""
    return workflow().get_graph().draw_mermaid()
