"""What a program logged beside an error places the incident nowhere: whoever filled in a form could move it."""

from typing import Any

import pytest

from tests.service.intake.generic_drafts import TRACE, only

FORM = {"commit": "deadbee5", "git_sha": "deadbee6", "environment": "qa", "env": "uat", "repository": "payments"}
OWN = {"error": TRACE, "service": "shop"}


def place_of(body: dict[str, Any]) -> tuple[str, ...]:
    told = only(body)
    return (told.service, told.environment, told.repository, told.revision)


@pytest.mark.parametrize(
    "name",
    ["note", "file", "result", "data", "metadata", "context", "properties", "extra", "details", "site", "profile"],
)
@pytest.mark.parametrize("more", [{}, {"error": "x"}])
def test_no_object_beside_an_error_places_it(name: str, more: dict[str, str]) -> None:
    assert place_of(OWN | {name: FORM | more}) == ("shop", "", "", "")


@pytest.mark.parametrize(
    "beside",
    [
        {"variables": [{"name": "commit", "value": "deadbee5"}]},
        {"sections": [{"facts": [{"name": "environment", "value": "qa"}]}]},
        {"comment_commit_id": "deadbee5"},
        {"text": "hi\nenvironment: dev\n"},
    ],
)
def test_neither_rows_nor_words_nor_another_commit_beside_an_error_place_it(beside: dict[str, Any]) -> None:
    assert place_of(OWN | beside) == ("shop", "", "", "")


@pytest.mark.parametrize("name", ["tags", "labels", "deploy", "release"])
def test_what_stands_for_the_place_still_tells_it(name: str) -> None:
    told = {"commit": "deadbee5", "environment": "qa"}
    assert place_of(OWN | {name: told}) == ("shop", "qa", "", "deadbee5")
    assert place_of({"data": OWN | told}) == place_of(OWN | told) == ("shop", "qa", "", "deadbee5")


VICTIM = {"service": "victim", "alert_id": "42", "status": "resolved", "alert_status": "resolved"}


@pytest.mark.parametrize("own", [{"app": "shop"}, {"service": "shop"}, {"application": {"name": "shop"}}])
@pytest.mark.parametrize("name", ["data", "variables", "metadata", "extra", "labels", "result"])
@pytest.mark.parametrize("title", ["title", "name"])
def test_a_service_told_at_the_top_is_that_of_all_that_is_told(own: dict[str, Any], name: str, title: str) -> None:
    assert only({title: "Form cannot be stored", name: VICTIM} | own).service == "shop"


@pytest.mark.parametrize(
    "beside",
    [
        {"labels": "a=1,alert_id=42,service=victim,alert_state=resolved"},
        {"search_tags": "a=1,alert_id=42,service=victim,alert_state=resolved"},
        {"result": '{"service": "victim", "alert_id": "42", "status": "resolved"}'},
        {"entities": [{"type": "SERVICE", "name": "victim"}]},
    ],
)
def test_neither_a_text_nor_a_list_names_another_service(beside: dict[str, Any]) -> None:
    assert only({"name": "Form refused", "app": "shop"} | beside).service == "shop"
