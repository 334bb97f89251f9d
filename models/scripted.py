"""A language model with scripted replies, for tests and the recorded demo."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from incidents.errors import ModelError, ReplyInvalid
from models.door import Answer, Question, T, Usage

Reply = Mapping[str, Any] | ModelError
"""The fields of one reply (`"$probability"` beside them sets the answer's probability), or the failure to raise."""

Script = Mapping[str, Reply | Sequence[Reply]]
"""The replies of each agent. Keys are "agent" or "agent/commit" (a prefix of the sha; it has priority).

A single reply is used every time. A list is used in order, one reply per sample, and then ends.
"""


class Unscripted(LookupError):
    """The script has no reply for this question. Not a ModelError: a gap in a script must fail the test."""


class ScriptedModel:
    """Answer from a script. Every reply is validated against its type; `questions` records the questions."""

    def __init__(self, script: Script) -> None:
        """Set the script. A reply of the wrong type raises only when it is used."""
        self._script = script
        self._said: defaultdict[str, int] = defaultdict(int)
        self.questions: list[Question[Any]] = []

    async def ask(self, question: Question[T]) -> Answer[T]:
        """Return the agent's next scripted replies. Raises Unscripted, or the ModelError in the script."""
        self.questions.append(question)
        said = [self._next(question) for _ in range(question.samples)]
        replies = tuple(self._parsed(question, fields) for fields in said)
        probabilities = [fields["$probability"] for fields in said if "$probability" in fields]
        return Answer(
            replies=replies,
            probability=sum(probabilities) / len(probabilities) if probabilities else vote_share(question, replies),
            usage=Usage(requests=1),
            texts=tuple(reply.model_dump_json() for reply in replies),
        )

    def _next(self, question: Question[T]) -> Mapping[str, Any]:
        key = self._key(question)
        entry = self._script[key]
        if isinstance(entry, Sequence):
            if self._said[key] >= len(entry):
                raise Unscripted(f"the script of {key!r} ends after {len(entry)} replies; one more was asked for")
            entry = entry[self._said[key]]
        self._said[key] += 1
        if isinstance(entry, ModelError):
            raise entry
        return entry

    def _key(self, question: Question[T]) -> str:
        commit = question.commit or ""
        for key in self._script:
            agent, _, start = key.partition("/")
            if agent == question.agent and start and commit.startswith(start):
                return key
        if question.agent in self._script:
            return question.agent
        known = ", ".join(sorted(self._script)) or "nothing"
        raise Unscripted(
            f"no reply is scripted for agent {question.agent!r}, commit {commit[:12]!r}; there is: {known}"
        )

    def _parsed(self, question: Question[T], fields: Mapping[str, Any]) -> T:
        text = json.dumps({key: value for key, value in fields.items() if key != "$probability"})
        try:
            return question.reply.model_validate_json(text)
        except ValueError as error:
            raise ReplyInvalid(f"the script of {question.agent!r} is no {question.reply.__name__}: {error}") from error


def vote_share(question: Question[T], replies: Sequence[T]) -> float | None:
    """Return the share of replies in which the requested boolean is true; None for fewer than two replies."""
    if question.probability_of is None or len(replies) < 2:
        return None
    return sum(bool(getattr(reply, question.probability_of)) for reply in replies) / len(replies)
