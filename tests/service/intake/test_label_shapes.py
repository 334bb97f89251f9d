"""Labels in every shape that senders give them."""

from typing import Any

import pytest

from service.intake.label_shapes import environment_among, labelled, plain


@pytest.mark.parametrize(
    "sent",
    [
        {"service": "checkout", "env": "qa"},
        [["service", "checkout"], ["env", "qa"]],
        [{"key": "service", "value": "checkout"}, {"key": "env", "value": "qa"}],
        [{"Name": "service", "Value": "checkout"}, {"Name": "env", "Value": "qa"}],
        [{"tag": "service", "value": "checkout"}, {"title": "env", "value": "qa"}],
        [{"key": "service", "value": {"stringValue": "checkout"}}, ["env", "qa"]],
        ["service:checkout", "env=qa", "alone", None, 3],
        "service:checkout, env:qa, alone",
        '[{"tag":"service","value":"checkout"},{"tag":"env","value":"qa"}]',
    ],
)
def test_one_meaning_in_every_shape(sent: object) -> None:
    assert labelled(sent) == {"service": "checkout", "env": "qa"}


@pytest.mark.parametrize(
    "sent", [None, 3, True, [], {}, [[]], [{}], [None], "{", [["a"]], [{"key": "a"}], [["a", "b", "c"]]]
)
def test_what_holds_no_pair_is_empty(sent: object) -> None:
    assert labelled(sent) == {}


def test_the_first_of_a_name_counts_and_a_value_may_be_a_number_a_truth_or_a_list() -> None:
    assert labelled([["a", "1"], ["a", "2"]]) == {"a": "1"}
    assert labelled({"count": 3, "paged": True, "teams": ["shop", "pay", 1], "none": None, "deep": {"x": {}}}) == {
        "count": "3",
        "paged": "true",
        "teams": "shop, pay",
    }


@pytest.mark.parametrize(
    ("tags", "environment"),
    [
        (["database", "staging"], "staging"),
        ("database,Staging", "Staging"),
        (["staging", "production"], ""),
        (["database"], ""),
        ([None, 3, {}], ""),
        ({"staging": 1}, ""),
    ],
)
def test_a_word_among_tags_is_the_environment_when_there_is_but_one(tags: Any, environment: str) -> None:  # noqa: ANN401
    assert environment_among(tags) == environment


def test_a_value_of_opentelemetry_is_unwrapped_and_no_other_object_is() -> None:
    assert plain({"intValue": "7"}) == "7"
    assert plain({"name": "x"}) == ""


@pytest.mark.parametrize(
    "value", ["service:billing,env:qa", ["service:billing,env:qa"], [{"service": "billing", "env": "qa"}]]
)
def test_one_thing_in_a_list_holds_the_labels_that_it_holds_alone(value: object) -> None:
    assert labelled(value) == {"service": "billing", "env": "qa"}
