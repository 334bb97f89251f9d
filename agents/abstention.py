"""Turn the failure of an agent into data: an opinion that abstains and gives the reason."""

from collections.abc import Awaitable, Iterable, Sequence

from agents.prose import refusal
from incidents.errors import ModelError, ModelUnavailable, QuestionRefused, ReplyInvalid
from incidents.opinion import Opinion


async def opinions_of(agent: str, commits: Iterable[str], work: Awaitable[Sequence[Opinion]]) -> list[Opinion]:
    """Return the agent's opinions, or its abstention about each of `commits` when the model could not be used.

    Only ModelError becomes an abstention. Any other exception is a bug and propagates.
    """
    try:
        return list(await work)
    except ModelError as error:
        return silent(agent, commits, reason(error), unreached=is_away(error))


def silent(agent: str, commits: Iterable[str], why: str, *, unreached: bool = False) -> list[Opinion]:
    """Return an abstention about each of `commits`."""
    return [Opinion(agent=agent, commit=sha, caused=None, abstained=why, unreached=unreached) for sha in commits]


def undecided(agent: str, commits: Iterable[str], why: str) -> list[Opinion]:
    """Return about each of `commits` that the agent cannot tell: its answer, not a failure to give one."""
    return [each.model_copy(update={"undecided": True}) for each in silent(agent, commits, why)]


def is_away(error: ModelError) -> bool:
    """Return whether the model itself is unavailable, so that the same question may be answered later."""
    return isinstance(error, ModelUnavailable) and not isinstance(error, QuestionRefused)


def reason(error: ModelError) -> str:
    """Return one readable sentence: the kind of failure and the server's message, shortened.

    An error about a reply may quote that reply, so the message must pass the check for a model's prose.
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
