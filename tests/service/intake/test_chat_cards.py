"""Cards for a chat: what they say of an alert, and what their rows may not say."""

from typing import Any

import pytest

from service.intake.chat_cards import without_card
from service.intake.lenient import Draft, NotUnderstood
from service.intake.sources.generic import read

_ROWS = (("Service", "billing"), ("Environment", "staging"))
BLOCKS: dict[str, Any] = {
    "blocks": [
        {"type": "header", "text": {"type": "plain_text", "text": "Too many errors"}},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": f"*{name}:*\n{value}"} for name, value in _ROWS]},
    ]
}
ADAPTIVE: dict[str, Any] = {
    "type": "message",
    "attachments": [
        {
            "content": {
                "type": "AdaptiveCard",
                "body": [
                    {"type": "TextBlock", "text": "Too many errors"},
                    {"type": "FactSet", "facts": [{"title": name, "value": value} for name, value in _ROWS]},
                ],
            }
        }
    ],
}
GOOGLE: dict[str, Any] = {
    "cardsV2": [
        {
            "card": {
                "header": {"title": "Too many errors"},
                "sections": [
                    {"widgets": [{"decoratedText": {"topLabel": name, "text": value}} for name, value in _ROWS]}
                ],
            }
        }
    ]
}


def only(body: dict[str, Any]) -> Draft:
    (draft,) = read(body)
    return draft


@pytest.mark.parametrize("body", [BLOCKS, ADAPTIVE, GOOGLE], ids=["Slack", "Microsoft", "Google"])
def test_a_card_says_what_happened_and_where(body: dict[str, Any]) -> None:
    found = only(body)
    assert (found.message, found.service, found.environment) == ("Too many errors", "billing", "staging")


def test_rows_of_a_card_name_no_key() -> None:
    block = {"type": "section", "fields": [{"type": "mrkdwn", "text": "*alert_id:*\nof-another"}]}
    assert not only({"blocks": [*BLOCKS["blocks"], block]}).key


def test_rows_beside_an_error_say_nothing_of_its_service() -> None:
    error = {"type": "KeyError", "message": "price", "stack": 'File "/srv/pay.py", line 9, in charge\n'}
    assert only({"error": error, **BLOCKS}).service == ""


def test_what_has_no_card_stays_as_it_is() -> None:
    body = {"text": "down", "attachments": [{"title": "5xx", "fields": [{"title": "Service", "value": "billing"}]}]}
    assert without_card(body) is body


def test_a_card_that_says_nothing_is_refused() -> None:
    with pytest.raises(NotUnderstood):
        read({"blocks": [{"type": "divider"}]})


def test_a_card_as_deep_as_a_body_may_be_is_read() -> None:
    deep: list[Any] = []
    for _ in range(900):
        deep = [deep]
    assert without_card({"blocks": deep, "title": "x"})["title"] == "x"
