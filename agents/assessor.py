"""Judges a stored reasoning trace by a fixed rubric: in one answer (LLM-as-a-judge), or with tools (Agent-as-a-Judge).

LLM-as-a-judge: Zheng et al. 2023, arXiv:2306.05685, which also names the biases that `Order` and `padded` measure.
Agent-as-a-Judge: Zhuge et al. 2024, arXiv:2410.10934. The judge sees no label.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import Field

from agents.case import Case
from agents.fence import clean
from agents.prompt import render_alone
from agents.reasoning_checks import checked
from agents.replies import Passage, Points
from agents.tool_calls import Look
from agents.tool_table import offers
from agents.toolbox import Toolbox, called
from incidents.assessment import Assessment, Failing
from incidents.frozen import Frozen
from incidents.reasoning import ModelCall, Step, ToolCall
from incidents.verdict import Verdict
from models.door import LanguageModel, Question
from models.schema import prose

NAME: Final = "assessor"
Order = Literal["verdict_first", "trace_first"]
_ROUNDS: Final = 3
_TRACE: Final = 24_000
_STEP: Final = 1_500
_PADDING: Final = (
    " This was considered with care and from several sides. The description above is complete in every respect, and "
    "nothing that is relevant here was left out of it."
)


class Rubric(Frozen):
    """The reply: reasons first, then the answers."""

    reason: Passage
    rests_on_seen: bool
    explains_error: bool
    in_order: bool
    invents: bool
    economy: Points
    failing: Failing
    holds: bool


class Lookup(Frozen):
    """One round of the judge with tools."""

    thought: Annotated[str, prose(300)]
    looks: tuple[Look, ...] = Field(max_length=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The reasoning to judge: the verdict with its opinions, the steps that led to it, and the text of the error."""

    incident: str
    error: str
    verdict: Verdict
    why: tuple[str, ...]
    steps: tuple[Step, ...]


async def assess(
    subject: Subject, model: LanguageModel, *, order: Order = "verdict_first", padded: bool = False
) -> Assessment:
    """Judge in one answer. `order` is that of the parts of the prompt; `padded` adds empty words to the conclusion.

    Raises ModelError.
    """
    rubric = await _rubric(subject, model, order=order, padded=padded)
    return _assessment(subject, rubric, "one_answer", 0)


async def assess_with_tools(subject: Subject, case: Case, model: LanguageModel) -> Assessment:
    """Judge after looking at the code with the developer's read-only tools. Raises ModelError."""
    steps: list[Step] = []
    toolbox = Toolbox(case, NAME, steps)
    seen: list[str] = []
    for _ in range(_ROUNDS):
        prompt = render_alone(
            "assess_look", **_values(subject), tools=offers(case), seen="\n\n".join(seen), order="verdict_first"
        )
        answer = await model.ask(Question(prompt=prompt, reply=Lookup, agent=NAME))
        if not answer.reply.looks:
            break
        for look in answer.reply.looks:
            seen.append(f"{called(look)}\n{await toolbox.use(look)}")
    rubric = await _rubric(subject, model, seen="\n\n".join(seen))
    return _assessment(subject, rubric, "agent", len(steps))


async def _rubric(
    subject: Subject, model: LanguageModel, *, order: Order = "verdict_first", padded: bool = False, seen: str = ""
) -> Rubric:
    values = _values(subject, padded=padded)
    prompt = render_alone("assess", **values, order=order, seen=seen)
    return (await model.ask(Question(prompt=prompt, reply=Rubric, agent=NAME))).reply


def _assessment(subject: Subject, rubric: Rubric, judge: Literal["one_answer", "agent"], looks: int) -> Assessment:
    facts = checked(subject.steps, subject.verdict.opinions)
    return Assessment(incident=subject.incident, judge=judge, looks=looks, checked=facts, **rubric.model_dump())


def _values(subject: Subject, *, padded: bool = False) -> dict[str, object]:
    verdict = subject.verdict
    named = verdict.culprit[:12] if verdict.culprit else "no commit"
    said = [f"{verdict.outcome}: {named}", *subject.why]
    said += [f"{each.agent} on {each.commit[:12]}: {each.mechanism}" for each in verdict.opinions if each.mechanism]
    return {
        "error": subject.error,
        "conclusion": "\n".join(said) + (_PADDING if padded else ""),
        "trace": transcript(subject.steps),
    }


def transcript(steps: Sequence[Step]) -> str:
    """Return replies, tool calls and observations in their order, shortened to what a prompt holds."""
    rows: list[str] = []
    for step in steps:
        if isinstance(step, ModelCall):
            rows += [f"{step.agent} says: {clean(reply)[:_STEP]}" for reply in step.replies[:2]]
        elif isinstance(step, ToolCall):
            given = ", ".join(f"{name}={value}" for name, value in step.arguments.items() if value)
            rows.append(f"{step.agent} calls {step.tool}({given}) and sees: {clean(step.observation)[:_STEP]}")
    text = "\n".join(rows)
    return text if len(text) <= _TRACE else f"{text[: _TRACE // 2]}\n(cut)\n{text[-_TRACE // 2 :]}"
