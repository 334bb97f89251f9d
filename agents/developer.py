"""Developer agent, Reflective-Chain-ReAct: follow the execution path of the trace through the code, with tools.

    plan (at most P steps) -> for each step: thought / tool call / observation (at most T thoughts)
                           -> control point after each step: continue, revise or stop
                           -> final reflection that tries to refute its own conclusion

ReAct (Yao et al. 2023, arXiv:2210.03629) with Reflexion-like self-critique (Shinn et al. 2023, arXiv:2303.11366). Every
turn is one schema-constrained reply (a tool call is a typed choice). Reaching a limit is a normal outcome: it is noted,
shown to the reflection, and recorded in the opinion.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel

from agents.case import Case
from agents.prompt import render
from agents.replies import Control, Plan, Reflection
from agents.tool_calls import Thought
from agents.toolbox import Toolbox, called
from incidents.evidence import Suspect
from incidents.opinion import DEVELOPER, Citation, Opinion
from incidents.reasoning import Step
from models.door import Answer, LanguageModel, Question

NAME = DEVELOPER
Reply = TypeVar("Reply", bound=BaseModel)


async def opine(case: Case, suspect: Suspect, model: LanguageModel, steps: list[Step]) -> Opinion:
    """Examine one commit. Tool calls are appended to `steps`. Raises ModelError."""
    inquiry = Inquiry(case, suspect, model, Toolbox(case, NAME, steps, suspect.commit.sha))
    await inquiry.follow(await inquiry.plan())
    return await inquiry.reflect()


async def reply_to(
    question: str, notes: str, case: Case, suspect: Suspect, model: LanguageModel, steps: list[Step]
) -> Opinion:
    """Answer the judge's question about a commit: the question is the only step of the plan.

    `notes` are the notes of the first examination. Raises ModelError.
    """
    inquiry = Inquiry(case, suspect, model, Toolbox(case, NAME, steps, suspect.commit.sha))
    inquiry.note(f"Notes of the first look:\n{notes}\n\nThe SRE manager asks: {question}")
    await inquiry.follow([f"Answer the SRE manager: {question}"])
    return await inquiry.reflect()


@dataclass(slots=True)
class Inquiry:
    """The examination of one commit: the notes so far, and the limits that were reached."""

    case: Case
    suspect: Suspect
    model: LanguageModel
    toolbox: Toolbox
    notes: list[str] = field(default_factory=list)
    limits_reached: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Add a note for the next prompts. Notes are only appended, so that prompts share their prefix."""
        self.notes.append(text)

    async def plan(self) -> list[str]:
        """Return at most P steps, in the order in which the code runs."""
        allowed = self.case.limits.plan_steps
        plan = (await self._ask("developer_plan", Plan, plan_steps=allowed)).reply
        if len(plan.steps) > allowed:
            self._limit(f"the plan had {len(plan.steps)} steps, {allowed} are allowed")
        steps = list(plan.steps[:allowed])
        self.note("Plan: " + plan.goal + "".join(f"\n{number}. {step}" for number, step in enumerate(steps, start=1)))
        return steps

    async def follow(self, plan: list[str]) -> None:
        """Work through the plan. The control point after each step may revise the next step or stop."""
        pending, number = deque(plan), 0
        while pending and number < self.case.limits.plan_steps:
            number += 1
            total = number + len(pending) - 1
            step = pending.popleft()
            self.note(f"Step {number} of {total}: {step}")
            await self._think(step, number, total)
            control = await self._control_point(number, total)
            if control.next == "stop":
                return
            if control.next == "revise" and control.revised_step:
                if pending:
                    pending.popleft()
                pending.appendleft(control.revised_step)
        if pending:
            self._limit(f"all {self.case.limits.plan_steps} plan steps are used, {len(pending)} more were wanted")

    async def _think(self, step: str, number: int, total: int) -> None:
        """Repeat thought, tool call and observation until the agent has enough or T thoughts are used."""
        for thought in range(1, self.case.limits.thoughts + 1):
            answer = await self._ask(
                "developer_thought",
                Thought,
                step=step,
                number=number,
                total=total,
                thought=thought,
                thoughts=self.case.limits.thoughts,
                tools=self.toolbox.offers(),
            )
            reply = answer.reply
            self.note(f"Thought: {reply.thought}")
            look = reply.look()
            if look is None:
                return
            self.note(f"{called(look)}\nObservation:\n{await self.toolbox.use(look)}")
        self._limit(f"all {self.case.limits.thoughts} thoughts of step {number} are used")

    async def _control_point(self, number: int, total: int) -> Control:
        control = (await self._ask("developer_control", Control, number=number, total=total)).reply
        supported = "supported" if control.supported else "not supported"
        revised = f" ({control.revised_step})" if control.next == "revise" else ""
        self.note(f"Control point: {supported}; {control.next}{revised}. {control.reason}")
        return control

    async def reflect(self) -> Opinion:
        """Claim, try to refute the claim, answer. A claim that the agent refutes is not "caused"."""
        answer = await self._ask(
            "developer_reflection", Reflection, probability_of="caused", limits_reached=self.limits_reached
        )
        final = answer.reply
        caused = final.caused and not final.refuted
        return Opinion(
            agent=NAME,
            commit=self.suspect.commit.sha,
            caused=caused,
            probability=answer.probability if caused == final.caused else None,
            mechanism=final.mechanism,
            citations=tuple(Citation(path=place.path, line=place.line) for place in final.citations),
            limits=tuple(self.limits_reached),
        )

    def _limit(self, reached: str) -> None:
        self.limits_reached.append(reached)
        self.note(f"Limit: {reached}")

    async def _ask(
        self, prompt: str, reply: type[Reply], probability_of: str | None = None, **values: object
    ) -> Answer[Reply]:
        notes = "\n\n".join(self.notes)
        question = Question(
            prompt=render(prompt, case=self.case, suspect=self.suspect, notes=notes, **values),
            reply=reply,
            agent=NAME,
            commit=self.suspect.commit.sha,
            probability_of=probability_of,
        )
        return await self.model.ask(question)
