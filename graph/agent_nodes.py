"""The nodes that ask the agents, in the order in which they run. Without a model none of them runs."""

from collections.abc import Sequence

from agents import chain_of_thought, developer, incident_manager, judge, zero_shot
from agents.abstention import opinions_of
from agents.case import Case
from graph.recording import Update, recorded
from graph.reporting import conclusion, nameable, with_words
from graph.state import Assignment, NodeRuntime, RunContext, State
from incidents.opinion import Opinion, SelfCritique
from incidents.reasoning import Step
from incidents.report import Report
from models.door import LanguageModel
from models.recorder import Recorded


@recorded
async def ask_zero_shot(assignment: Assignment, runtime: NodeRuntime) -> Update:
    """Ask the zero-shot SRE one direct question about one candidate."""
    case, model, steps = await _opened(assignment, runtime.context)
    sha = assignment.commit
    found = await opinions_of(zero_shot.NAME, [sha], zero_shot.opine(case, sha, model))
    return {"opinions": found, "steps": steps}, _outcome(found)


@recorded
async def ask_chain_of_thought(assignment: Assignment, runtime: NodeRuntime) -> Update:
    """Ask the chain-of-thought SRE to compare all candidates: several step-by-step samples vote."""
    case, model, steps = await _opened(assignment, runtime.context)
    found = await opinions_of(chain_of_thought.NAME, _candidates(case), chain_of_thought.opine(case, model))
    return {"opinions": found, "steps": steps}, _outcome(found)


@recorded
async def ask_developer(assignment: Assignment, runtime: NodeRuntime) -> Update:
    """Ask the developer to follow the failing value back through the code, or to answer the judge's question."""
    case, model, steps = await _opened(assignment, runtime.context)
    concluded = State()

    async def inquired() -> list[Opinion]:
        nonlocal concluded
        work = (
            developer.answer(assignment.question, assignment.notes, case, model, steps)
            if assignment.question
            else developer.inquire(case, model, steps)
        )
        found = await work
        concluded = State(notes=found.notes, critique=found.critique)
        return found.opinions

    found = await opinions_of(developer.NAME, _candidates(case), inquired())
    found += _taken_back(found, assignment.named)
    return {"opinions": found, **concluded, "steps": steps}, _outcome(found)


@recorded
async def advise(state: State, runtime: NodeRuntime) -> Update:
    """Ask the SRE manager (the judge) for advice on the opinions; it may send one question back to the developer.

    It is not asked when nobody answered. When it cannot be asked a second time, its first advice stays valid.
    """
    opinions = state.get("opinions", [])
    if all(each.caused is None for each in opinions):
        return {}, "nobody answered"
    steps: list[Step] = []
    case = await runtime.context.case(state["request"], state["log"], state["window"], state["evidence"])
    model = Recorded(_model(runtime.context), steps)
    rounds, before = state.get("rounds", 0), state.get("advice")
    advice = await judge.advise(
        case,
        opinions,
        state.get("notes", ()),
        model,
        critique=state.get("critique", SelfCritique()),
        asked=before.question if before else "",
        may_ask=rounds < case.limits.judge_rounds and case.limits.developer_turns > 0,
    )
    outcome = advice.abstained or (f"asks the developer: {advice.question}" if advice.question else advice.decision)
    if before is not None and advice.abstained is not None:
        advice = before.model_copy(update={"question": "", "unreached": advice.unreached})
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


def _candidates(case: Case) -> list[str]:
    return [each.commit.sha for each in case.suspects]


def _taken_back(found: list[Opinion], named: Sequence[str]) -> list[Opinion]:
    """The last answer about commits that only the answer before it spoke of: it does not accuse them any more."""
    last, spoken = found[:1], {each.commit for each in found}
    caused = None if last and last[0].caused is None else False
    other = {"caused": caused, "probability": None, "proof": None}
    return [each.model_copy(update={"commit": sha, **other}) for sha in named if sha not in spoken for each in last]


def _outcome(found: list[Opinion]) -> str:
    """One line: whom the agent accuses, or why it says nothing."""
    accused = [each.commit[:9] for each in found if each.caused]
    silent = next((each.abstained for each in found if each.abstained), None)
    return f"abstained: {silent}" if silent else f"caused: {accused[0]}" if accused else "none of those asked about"
