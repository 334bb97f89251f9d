"""A model that answers nothing and remembers what it was asked: to look at prompts."""

from incidents.errors import BudgetSpent
from models.door import Answer, Prompt, Question, T


class SilentModel:
    """Refuses every question. `asked` are the agents and the prompts of their questions, each agent once."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self.asked: list[tuple[str, Prompt]] = []

    async def ask(self, question: Question[T]) -> Answer[T]:
        """Remember the question. Raises BudgetSpent always."""
        if question.agent not in [agent for agent, _ in self.asked]:
            self.asked.append((question.agent, question.prompt))
        raise BudgetSpent("no model is asked")
