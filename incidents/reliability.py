"""What one model's word was worth on labelled incidents: the outcome of `redtide calibrate`."""

from pydantic import Field

from incidents.frozen import Frozen


class Record(Frozen):
    """How often one agent accused a commit, of those that had caused the failure and of those that had not."""

    agent: str
    guilty: int = Field(ge=0)
    guilty_accused: int = Field(ge=0)
    innocent: int = Field(ge=0)
    innocent_accused: int = Field(ge=0)
    guilty_proven: int = Field(
        default=0, ge=0, description="Of the guilty accused, those with every step found in code."
    )
    innocent_proven: int = Field(default=0, ge=0)


class Reliability(Frozen):
    """The records of one model's agents with one version of the prompts, on `incidents` labelled incidents."""

    model: str
    prompts: str
    incidents: int = Field(ge=0)
    records: tuple[Record, ...]

    def of(self, agent: str) -> Record | None:
        """The record of that agent; None when it was never asked."""
        return next((each for each in self.records if each.agent == agent), None)
