"""Record every question and its answer for the reasoning trace."""

import time
from datetime import UTC, datetime

from incidents.errors import ModelError
from incidents.reasoning import ModelCall, Step
from models.door import Answer, LanguageModel, Question, T, Unparsed, Usage


class Recorded:
    """A language model that appends a ModelCall to `steps` for every question, whether it was answered or failed."""

    def __init__(self, model: LanguageModel, steps: list[Step]) -> None:
        """Record into `steps`, the list of the investigation; calls are appended when they end."""
        self._model = model
        self._steps = steps

    async def ask(self, question: Question[T]) -> Answer[T]:
        """Ask the model, and record the call."""
        at, began = datetime.now(UTC), time.monotonic()
        try:
            answer = await self._model.ask(question)
        except ModelError as error:
            said = (error.texts, error.usage) if isinstance(error, Unparsed) else ((), Usage())
            self._note(question, at, began, *said, error=str(error))
            raise
        texts = answer.texts or tuple(reply.model_dump_json() for reply in answer.replies)
        self._note(question, at, began, texts, answer.usage, probability=answer.probability)
        return answer

    def _note(
        self,
        question: Question[T],
        at: datetime,
        began: float,
        texts: tuple[str, ...],
        usage: Usage,
        *,
        probability: float | None = None,
        error: str | None = None,
    ) -> None:
        self._steps.append(
            ModelCall(
                agent=question.agent,
                commit=question.commit,
                at=at,
                system=question.prompt.system,
                prompt=question.prompt.user,
                replies=texts,
                probability=probability,
                prompt_tokens=usage.prompt_tokens,
                cached_tokens=usage.cached_tokens,
                completion_tokens=usage.completion_tokens,
                seconds=time.monotonic() - began,
                error=error,
            )
        )
