"""The nouns are frozen, strict, and survive the store (JSON there and back)."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from incidents.alert import Alert
from incidents.reasoning import ModelCall, NodeRun, Step, ToolCall
from incidents.revert import Conflict, RevertPlan
from incidents.trace import Failure, Frame, StackTrace
from incidents.verdict import percent

NOW = datetime(2026, 1, 15, 9, 41, tzinfo=UTC)


def test_a_value_never_changes_and_refuses_fields_it_does_not_know() -> None:
    alert = Alert(service="shop", repository="shop")
    with pytest.raises(ValidationError, match="frozen"):
        alert.service = "other"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="Extra inputs"):
        Alert.model_validate({"service": "shop", "repository": "shop", "command": "rm"})


def test_frames_of_a_chain_run_from_the_root_cause_outward_without_repeats() -> None:
    raised, shared = Frame(path="a.py", line=1), Frame(path="main.py", line=9)
    chain = StackTrace(
        failures=(
            Failure(type="KeyError", message="'x'", frames=(raised, shared)),
            Failure(type="RuntimeError", message="later", frames=(shared,)),
        )
    )
    assert chain.frames == (raised, shared)
    assert (chain.exception, chain.message) == ("KeyError", "'x'")
    silent = StackTrace(failures=(Failure(type="NullPointerException"), Failure(type="RuntimeError", message="later")))
    assert (silent.exception, silent.message, silent.spoken) == ("NullPointerException", "", "later")


def test_a_frame_is_in_app_only_when_its_file_is_in_the_repository() -> None:
    assert not Frame(path="/srv/app/a.py", line=1).in_app
    assert Frame(path="/srv/app/a.py", line=1, repo_path="a.py").in_app


def test_a_revert_with_conflicts_is_not_clean() -> None:
    plan = RevertPlan(commit="c" * 40, head="d" * 40, branch="b", message="m")
    conflict = Conflict(path="a.py", reason="changed later")
    assert not plan.model_copy(update={"conflicts": (conflict,)}).clean


def test_reasoning_steps_come_back_as_what_they_were() -> None:
    steps: list[Step] = [
        ModelCall(agent="judge", at=NOW, system="s", prompt="p", replies=("{}",), seconds=0.5),
        ToolCall(
            agent="developer", at=NOW, tool="class_source", arguments={"name": "Cart"}, observation="x", seconds=0
        ),
        NodeRun(node="settle", at=NOW, seconds=0.1, outcome="none"),
    ]
    adapter = TypeAdapter(list[Step])
    assert adapter.validate_json(adapter.dump_json(steps)) == steps


@pytest.mark.parametrize(
    ("probability", "text"), [(0, "<1%"), (0.004, "<1%"), (0.006, "1%"), (0.5, "50%"), (0.99, "99%"), (0.999, ">99%")]
)
def test_a_probability_is_never_told_as_certain(probability: float, text: str) -> None:
    assert percent(probability) == text
