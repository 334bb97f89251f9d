"""The seam where an agent's failure becomes data: an opinion that abstains and says why."""

from collections.abc import Awaitable

from agents.prose import refusal
from incidents.errors import ModelError, ModelUnavailable, QuestionRefused, ReplyInvalid
from incidents.opinion import Opinion


async def opinion_of(agent: str, commit: str, work: Awaitable[Opinion]) -> Opinion:
    """The agent's opinion, or its abstention when the language model could not be used.

    Only ModelError is turned into data; anything else is a defect of ours and propagates.
    """
    try:
        return await work
    except ModelError as error:
        return Opinion(agent=agent, commit=commit, caused=None, abstained=reason(error), unreached=is_away(error))


def is_away(error: ModelError) -> bool:
    """Whether it is the model that is away: the same question may well be answered when it is back."""
    return isinstance(error, ModelUnavailable) and not isinstance(error, QuestionRefused)


def reason(error: ModelError) -> str:
    """One sentence a person can read: what kind of failure, and the server's own words, shortened.

    What is wrong with a reply may quote it, so these words pass the check of a model's prose.
    """
    kind, words = _KINDS.get(type(error).__name__, "the language model failed"), " ".join(str(error).split())[:300]
    return kind if isinstance(error, ReplyInvalid) and refusal(words, ()) else f"{kind}: {words}"


_KINDS = {
    "ModelUnavailable": "the language model did not answer",
    "QuestionRefused": "the language model refused the question",
    "ReplyInvalid": "the language model's reply did not fit the question",
    "Unparsed": "the language model's reply did not fit the question",
    "BudgetSpent": "this incident's budget for the language model is spent",
}
