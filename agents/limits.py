"""Limits for the agents' work on one incident. Reaching a limit is a normal outcome and is recorded."""

from pydantic import Field

from incidents.frozen import Frozen


class Limits(Frozen):
    """Every number that limits the agents. The service's settings embed this type unchanged."""

    judged_commits: int = Field(default=5, ge=1, le=9, description="How many suspects are candidates, best first.")
    listed_commits: int = Field(default=16, ge=0, le=90, description="How many other commits of the deploy are listed.")
    concurrency: int = Field(default=4, ge=1, description="How many agents of one incident work at the same time.")
    samples: int = Field(default=5, ge=1, le=32, description="Samples of the chain-of-thought SRE (self-consistency).")
    temperature: float = Field(default=0.7, gt=0, le=2, description="Temperature of those samples.")
    developer_turns: int = Field(
        default=6,
        ge=0,
        le=40,
        description="Model calls of the developer's inquiry, plan and reflection included; 0: none.",
    )
    plan_steps: int = Field(default=3, ge=1, le=4, description="P: steps of the developer's plan.")
    thoughts: int = Field(default=3, ge=1, le=10, description="T: thoughts for each step of the plan.")
    calls_per_tool: int = Field(default=4, ge=0, description="How often the developer may use each tool.")
    searches: int = Field(default=8, ge=0, description="How often the developer may use each of the searches.")
    judge_rounds: int = Field(default=1, ge=0, le=1, description="Questions the SRE manager may send back.")
    calls: int = Field(default=120, ge=0, description="Model calls of one incident.")
    tokens: int = Field(default=600_000, ge=0, description="Prompt and completion tokens of one incident.")
    seconds: float = Field(default=300.0, ge=0, description="Seconds after which no new model call is made.")
    trace_characters: int = Field(default=2_500, ge=500, description="Stack trace shown in a prompt.")
    code_characters: int = Field(default=3_000, ge=500, description="Source around the frames shown in a prompt.")
    change_characters: int = Field(
        default=400, ge=200, description="Changes of one candidate shown in a prompt; the first two get twice as much."
    )
    observation_characters: int = Field(default=2_400, ge=200, description="What one tool call may show.")
    diff_characters: int = Field(
        default=4_000, ge=200, description="What one diff or part of a file may show, where that is more."
    )
    notes_characters: int = Field(default=20_000, ge=500, description="The developer's own notes shown back to it.")
    decisive_characters: int = Field(
        default=4_000, ge=200, description="Observations of the developer shown to the SRE manager."
    )
