"""The seam where an agent's failure becomes data: an opinion that abstains and says why."""

from collections.abc import Awaitable

from incidents.errors import ModelError
from incidents.opinion import Opinion


async def opinion_of(agent: str, commit: str, work: Awaitable[Opinion]) -> Opinion:
    """The agent's opinion, or its abstention when the language model could not be used.

    Only ModelError is turned into data; anything else is a defect of ours and propagates.
    """
    try:
        return await work
    except ModelError as error:
        return Opinion(agent=agent, commit=commit, caused=None, abstained=reason(error))


def reason(error: ModelError) -> str:
    """One sentence a person can read: what kind of failure, and the server's own words, shortened."""
    return f"{_KINDS.get(type(error).__name__, 'the language model failed')}: {' '.join(str(error).split())[:300]}"


_KINDS = {
    "ModelUnavailable": "the language model did not answer",
    "ReplyInvalid": "the language model's reply did not fit the question",
    "Unparsed": "the language model's reply did not fit the question",
    "BudgetSpent": "this incident's budget for the language model is spent",
}
