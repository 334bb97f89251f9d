"""Developer agent, Reflective-Chain-ReAct: one inquiry an incident, from the failing line backwards along the value.

    plan (at most P steps) -> for each step: thought / tool calls / observations (at most T thoughts)
                           -> control point between two steps: continue, revise or stop
                           -> final reflection that tries to show the named commit innocent

ReAct (Yao et al. 2023, arXiv:2210.03629) with Reflexion-like self-critique (Shinn et al. 2023, arXiv:2303.11366). Every
turn is one schema-constrained reply (a tool call is a typed choice). It may conclude as soon as the case is decided.
Reaching a limit is a normal outcome: it is noted, shown to the reflection, and recorded in the opinion.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from pydantic import BaseModel

from agents.case import Case
from agents.conclusion import opinions_from
from agents.notes import Notes
from agents.prompt import render
from agents.replies import MECHANISM_CHARACTERS, SAYS_CHARACTERS, Control, Plan, Reflection
from agents.tool_calls import Look, Thought
from agents.toolbox import SEEN_BEFORE, Toolbox
from incidents.opinion import DEVELOPER, Opinion, SelfCritique
from incidents.reasoning import Step
from models.door import Answer, LanguageModel, Question

NAME = DEVELOPER
Reply = TypeVar("Reply", bound=BaseModel)


class Finding(NamedTuple):
    """The outcome of an inquiry: an opinion about each commit it speaks of, what speaks against them, and the notes, for a
    second inquiry."""

    opinions: list[Opinion]
    critique: SelfCritique
    notes: tuple[str, ...]


async def inquire(case: Case, model: LanguageModel, steps: list[Step]) -> Finding:
    """Find the commit that caused the failure. Tool calls are appended to `steps`. Raises ModelError."""
    inquiry = Inquiry(case, model, Toolbox(case, NAME, steps))
    await inquiry.follow(await inquiry.plan())
    return await inquiry.conclude()


async def answer(question: str, notes: Sequence[str], case: Case, model: LanguageModel, steps: list[Step]) -> Finding:
    """Continue the inquiry of these `notes` with the SRE manager's question as its only step. Raises ModelError."""
    inquiry = Inquiry(case, model, Toolbox(case, NAME, steps), Notes(list(notes)))
    await inquiry.follow([f"Answer the SRE manager: {question}"])
    return await inquiry.conclude()


@dataclass(slots=True)
class Inquiry:
    """The inquiry: the notes so far, the turns used, and the limits that were reached."""

    case: Case
    model: LanguageModel
    toolbox: Toolbox
    notes: Notes = field(default_factory=Notes)
    turns: int = 0
    limits_reached: list[str] = field(default_factory=list)

    async def plan(self) -> list[str]:
        """Return at most P steps, in the order in which they are to be taken."""
        allowed = self.case.limits.plan_steps
        looks = max(self._left - 1, 1)  # the plan itself takes one of the turns
        plan = (await self._ask("developer_plan", Plan, plan_steps=allowed, looks=looks)).reply
        steps = list(plan.steps[:allowed])
        self.notes.add("Plan: " + plan.goal + "".join(f"\n{number}. {step}" for number, step in enumerate(steps, 1)))
        return steps

    async def follow(self, plan: list[str]) -> None:
        """Work through the plan until the case is decided. A control point between two steps may revise the next one."""
        pending, number, total = deque(plan), 0, len(plan)
        planned = plan.copy() if self.turns else []  # the manager's question stands in no plan
        while pending:
            number += 1
            step = pending.popleft()
            # A step that stands in the plan above is not written twice: every later prompt carries the notes.
            self.notes.add(f"Step {number} of {total}" + ("" if step in planned else f": {step}"))
            if await self._step(number, total) or not pending:
                return
            if not self._may_go_on(f"{len(pending)} steps of the plan were not taken"):
                return
            if self._left == 1:  # the last look is worth more than to weigh whether to look
                continue
            control = await self._control_point(number, total)
            if control.next == "stop":
                return
            if control.next == "revise" and control.revised_step:
                pending[0] = control.revised_step

    async def _step(self, number: int, total: int) -> bool:
        """Think and look until the step has enough, or T thoughts are used. Return whether the case is decided."""
        for thought in range(1, self.case.limits.thoughts + 1):
            if not self._may_go_on(f"step {number} of {total} was not finished"):
                return False
            reply = await self._think(number, total, thought)
            for look in reply.looks:
                await self._look(look)
            if reply.next != "look":
                return reply.next == "decided"
        self._limit(f"all {self.case.limits.thoughts} thoughts of step {number} are used")
        return False

    async def _think(self, number: int, total: int, thought: int) -> Thought:
        reply = (
            await self._ask(
                "developer_thought",
                Thought,
                number=number,
                total=total,
                thought=thought,
                thoughts=self.case.limits.thoughts,
                left=self._left,
            )
        ).reply
        self.notes.add(f"Thought: {reply.thought}")
        return reply

    async def _look(self, look: Look) -> None:
        seen = SEEN_BEFORE if self.notes.knows(look) else await self.toolbox.use(look)
        self.notes.observed(look, seen)

    async def _control_point(self, number: int, total: int) -> Control:
        control = (await self._ask("developer_control", Control, number=number, total=total)).reply
        supported = "supported" if control.supported else "not supported"
        revised = f" ({control.revised_step})" if control.next == "revise" else ""
        self.notes.add(f"Control point: {supported}; {control.next}{revised}. {control.reason}")
        return control

    async def conclude(self) -> Finding:
        """Claim, try to show the named commit innocent, answer."""
        told = await self._ask(
            "developer_reflection",
            Reflection,
            probability_of="commit_is_innocent",
            limits_reached=self.limits_reached,
            says_characters=SAYS_CHARACTERS,
            mechanism_characters=MECHANISM_CHARACTERS,
        )
        final = told.reply
        also = f" Explains it as well: {final.also}" if final.also else ""
        named = f"{final.answer} {final.commit}".strip()
        self.notes.add(f"Conclusion: {named}. {final.mechanism}{also} Defence: {final.defence}")
        opinions = opinions_from(self.case, final, told.probability, tuple(self.limits_reached))
        critique = SelfCritique(also=final.also.strip(), defence=final.defence.strip())
        return Finding(opinions, critique, tuple(self.notes.entries))

    @property
    def _left(self) -> int:
        """Turns left before the one that is needed for the conclusion."""
        return self.case.limits.developer_turns - self.turns - 1

    def _may_go_on(self, otherwise: str) -> bool:
        """Return whether a turn is left beside the conclusion; note the limit when there is none."""
        if self._left > 0:
            return True
        self._limit(f"all {self.case.limits.developer_turns} turns are used, {otherwise}")
        return False

    def _limit(self, reached: str) -> None:
        self.limits_reached.append(reached)
        self.notes.add(f"Limit: {reached}")

    async def _ask(
        self, prompt: str, reply: type[Reply], probability_of: str | None = None, **values: object
    ) -> Answer[Reply]:
        self.turns += 1
        notes = self.notes.text(self.case.limits.notes_characters)
        question = Question(
            prompt=render(prompt, case=self.case, notes=notes, **values),
            reply=reply,
            agent=NAME,
            probability_of=probability_of,
        )
        return await self.model.ask(question)
