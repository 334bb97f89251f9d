"""The nodes that ask the agents, in the order in which they run. Without a model none of them runs."""

from collections import Counter

from agents import chain_of_thought, developer, incident_manager, judge, zero_shot
from agents.abstention import opinion_of
from agents.case import Case
from agents.reasoning import reasoning_of
from graph.posterior import combine
from graph.recording import Update, recorded
from graph.reporting import conclusion, nameable, with_words
from graph.state import Assignment, NodeRuntime, RunContext, State
from incidents.opinion import Opinion
from incidents.reasoning import Step
from incidents.report import Report
from models.door import LanguageModel
from models.recorder import Recorded


@recorded
async def ask_zero_shot(assignment: Assignment, runtime: NodeRuntime) -> Update:
    """Ask the zero-shot SRE one direct question about one commit."""
    case, model, steps = await _opened(assignment, runtime.context)
    work = zero_shot.opine(case, case.suspect(assignment.commit), model)
    return _opinion_update(await opinion_of(zero_shot.NAME, assignment.commit, work), steps)


@recorded
async def ask_chain_of_thought(assignment: Assignment, runtime: NodeRuntime) -> Update:
    """Ask the chain-of-thought SRE about one commit: several step-by-step samples."""
    case, model, steps = await _opened(assignment, runtime.context)
    work = chain_of_thought.opine(case, case.suspect(assignment.commit), model)
    return _opinion_update(await opinion_of(chain_of_thought.NAME, assignment.commit, work), steps)


@recorded
async def choose_commits(state: State, runtime: NodeRuntime) -> Update:
    """Choose the commits for the developer: those that most SREs suspect, then the most likely.

    There are none when no SRE answered.
    """
    said = [opinion for opinion in state.get("opinions", []) if opinion.caused is not None]
    likely = combine(state["evidence"], said).suspects
    suspected = Counter(opinion.commit for opinion in said if opinion.caused)
    ranked = sorted(state["judged"], key=lambda sha: (-suspected[sha], -likely[sha]))
    shortlist = tuple(ranked[: runtime.context.context.limits.developer_commits]) if said else ()
    return {"shortlist": shortlist}, f"{len(shortlist)} of {len(state['judged'])} commits for the developer"


@recorded
async def ask_developer(assignment: Assignment, runtime: NodeRuntime) -> Update:
    """Ask the developer to follow the execution through the code for one commit, or to answer the judge's question."""
    case, model, steps = await _opened(assignment, runtime.context)
    suspect = case.suspect(assignment.commit)
    if assignment.question:
        work = developer.reply_to(assignment.question, assignment.notes, case, suspect, model, steps)
    else:
        work = developer.opine(case, suspect, model, steps)
    return _opinion_update(await opinion_of(developer.NAME, assignment.commit, work), steps)


@recorded
async def advise(state: State, runtime: NodeRuntime) -> Update:
    """Ask the SRE manager (the judge) for advice on the opinions; it may send one question back to the developer.

    When it cannot be asked a second time, its first advice stays valid.
    """
    steps: list[Step] = []
    case = await runtime.context.case(state["request"], state["log"], state["window"], state["evidence"])
    model = Recorded(_model(runtime.context), steps)
    rounds, before = state.get("rounds", 0), state.get("advice")
    advice = await judge.advise(
        case,
        state.get("opinions", []),
        state["steps"],
        model,
        asked=before.question if before else "",
        may_ask=rounds < case.limits.judge_rounds and bool(state["shortlist"]),
    )
    outcome = advice.abstained or (f"asks the developer: {advice.question}" if advice.question else advice.decision)
    if before is not None and advice.abstained is not None:
        unasked = {"question": "", "question_about": None, "unreached": advice.unreached}
        advice = before.model_copy(update=unasked)
    return {"advice": advice, "rounds": rounds + 1, "steps": steps}, outcome


async def worded(state: State, runtime: RunContext, report: Report) -> tuple[Report, list[Step]]:
    """Return the report in the incident manager's words (unchanged if they cannot be used), and the model calls."""
    steps: list[Step] = []
    case = await runtime.case(state["request"], state["log"], state["window"], state["evidence"])
    verdict, model = state["verdict"], Recorded(_model(runtime), steps)
    words = await incident_manager.write(case, conclusion(report, verdict), model, nameable(state["evidence"], verdict))
    return with_words(report, words), steps


async def _opened(assignment: Assignment, runtime: RunContext) -> tuple[Case, LanguageModel, list[Step]]:
    steps: list[Step] = []
    case = await runtime.case(assignment.request, assignment.log, assignment.window, assignment.evidence)
    return case, Recorded(_model(runtime), steps), steps


def _model(runtime: RunContext) -> LanguageModel:
    if runtime.context.model is None:
        raise RuntimeError("an agent was reached without a model: the routes of the workflow are wrong")
    return runtime.context.model


def _opinion_update(opinion: Opinion, steps: list[Step]) -> Update:
    said = {True: "caused", False: "not caused", None: f"abstained: {opinion.abstained}"}[opinion.caused]
    return {"opinions": [opinion], "steps": steps}, f"{opinion.commit[:9]}: {said}"


def notes_of(state: State, commit: str) -> str:
    """Return the developer's first thoughts on a commit, for its answer to the judge's question."""
    return reasoning_of(state["steps"], developer.NAME, commit)
