"""Replies of weak models are mended where their meaning is plain, and nothing is made up."""

from typing import Literal

import pytest
from pydantic import Field, ValidationError

from incidents.frozen import Frozen
from models.repair import repaired
from models.schema import Sentence


class Inner(Frozen):
    """A part."""

    path: Sentence


class Weak(Frozen):
    """What a weak model gets wrong."""

    steps: tuple[Sentence, ...] = Field(max_length=2)
    parts: tuple[Inner, ...] = Field(max_length=1)
    next: Literal["continue", "stop"]
    points: int = Field(ge=0, le=4)
    caused: bool


GOOD = {"steps": ["a"], "parts": [{"path": "x"}], "next": "stop", "points": 3, "caused": True}


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"Caused": "Yes."}, {"caused": True}),
        ({"caused": "нет"}, {"caused": False}),
        ({"caused": "是"}, {"caused": True}),
        ({"next": "STOP"}, {"next": "stop"}),
        ({"steps": "a"}, {"steps": ("a",)}),
        ({"steps": ["a", "b", "c"]}, {"steps": ("a", "b")}),
        ({"steps": ["a", None, 3]}, {"steps": ("a", "")}),
        ({"points": 3.0, "certainty": "high"}, {"points": 3}),
        ({"parts": {"Path": "y", "line": 3}}, {"parts": (Inner(path="y"),)}),
    ],
)
def test_spelling_is_mended(change: dict[str, object], outcome: dict[str, object]) -> None:
    given = {key: value for key, value in GOOD.items() if key not in {name.lower() for name in change}} | change
    with pytest.raises(ValidationError):
        Weak.model_validate({**given, "x": 1})
    found = Weak.model_validate(repaired(Weak, given))
    assert {key: getattr(found, key) for key in outcome} == outcome


@pytest.mark.parametrize("wrapped", [{"answer": GOOD}, {"Weak": {"properties": GOOD}}])
def test_an_object_around_the_object_is_taken_off(wrapped: dict[str, object]) -> None:
    assert Weak.model_validate(repaired(Weak, wrapped)).caused


@pytest.mark.parametrize(
    "change", [{"caused": "perhaps"}, {"caused": None}, {"next": "go"}, {"points": 7}, {"points": None}, {"parts": 3}]
)
def test_no_value_is_made_up(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Weak.model_validate(repaired(Weak, GOOD | change))


@pytest.mark.parametrize("value", [None, 3, "text", [], [GOOD], {}, {"a": {"b": {"c": {}}}}])
def test_what_is_no_object_stays_as_it_is(value: object) -> None:
    with pytest.raises(ValidationError):
        Weak.model_validate(repaired(Weak, value))
