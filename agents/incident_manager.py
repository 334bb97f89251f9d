"""Incident manager agent: write the few sentences of the report that code does not write, within length limits."""

import re
from collections.abc import Collection

from agents.case import Case
from agents.fence import one_line
from agents.prompt import render
from agents.prose import quoted, refusal
from agents.replies import EFFECT_CHARACTERS, NEXT_CHARACTERS, WHY_CHARACTERS, Message
from incidents.errors import ModelError
from incidents.frozen import Frozen
from models.door import LanguageModel, Question

NAME = "incident_manager"
_HEX = re.compile(r"\b[0-9a-f]{7,40}\b")


class Words(Frozen):
    """What is failing, in a few words; why, in at most three sentences; what to look at to be sure (may be empty)."""

    effect: str
    why: tuple[str, ...]
    next: str = ""


async def write(case: Case, conclusion: str, model: LanguageModel, ids: Collection[str] | None = None) -> Words | None:
    """Return the model's sentences for `conclusion`; None when the model cannot be used, so the built-in report stands.

    Sentences that a person must not read (`agents.prose`) are not used either: the text is read in a chat, and a commit
    message may have manipulated the model. `ids` are the commits that may be named; by default those of the conclusion.
    """
    prompt = render(
        "incident_manager",
        case=case,
        conclusion=conclusion,
        effect_characters=EFFECT_CHARACTERS,
        why_characters=WHY_CHARACTERS,
        next_characters=NEXT_CHARACTERS,
    )
    try:
        message = (await model.ask(Question(prompt=prompt, reply=Message, agent=NAME))).reply
    except ModelError:
        return None  # the failed model call is already recorded in the steps
    said = tuple(map(quoted, message.why))
    why = tuple(one_line(sentence, WHY_CHARACTERS) for sentence in said)
    effect = one_line(message.effect, EFFECT_CHARACTERS).rstrip(".")
    named = _HEX.findall(conclusion) if ids is None else ids
    if not effect or not all(why) or any(refusal(each, named) for each in (message.effect, *said)):
        return None
    after = "" if refusal(message.next, named) else str(one_line(message.next, NEXT_CHARACTERS))
    return Words(effect=effect, why=why, next=after)
