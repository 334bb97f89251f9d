"""Records of a model on labelled incidents."""

from incidents.advice import JUDGE
from incidents.reliability import Record, Reliability
from tests.graph.settling import AGENTS

RIGHT = (20, 19, 60, 2)


def record(agent: str, counts: tuple[int, int, int, int]) -> Record:
    guilty, guilty_accused, innocent, innocent_accused = counts
    return Record(
        agent=agent,
        guilty=guilty,
        guilty_accused=guilty_accused,
        innocent=innocent,
        innocent_accused=innocent_accused,
    )


def reliability(counts: tuple[int, int, int, int]) -> Reliability:
    records = tuple(record(agent, counts) for agent in (*AGENTS, JUDGE))
    return Reliability(model="m", prompts="p", incidents=40, records=records)
