"""The limits of Block Kit: what Slack refuses as invalid_blocks, as documented at https://docs.slack.dev/reference/block-kit"""

import json
import re
from typing import Any

_ELEMENTS = {"button", "static_select", "overflow"}
_PERSON = "<@U0RESPOND>"
"""The only mention that a message may contain: of who proposes a revert."""


def check_blocks(blocks: list[dict[str, Any]], most: int = 50) -> None:
    """Raises AssertionError where Slack answers invalid_blocks."""
    assert len(blocks) <= most
    for block in blocks:
        match block["type"]:
            case "header":
                assert block["text"]["type"] == "plain_text"
                assert 1 <= len(block["text"]["text"]) <= 150
            case "section":
                assert 1 <= len(block["text"]["text"]) <= 3_000
                check_mrkdwn(block["text"]["text"])
            case "context":
                assert 1 <= len(block["elements"]) <= 10
                for element in block["elements"]:
                    assert 1 <= len(element["text"]) <= 3_000
                    check_mrkdwn(element["text"])
            case "actions":
                assert 1 <= len(block["elements"]) <= 25
                check_elements(block["elements"])
            case "input":
                check_input(block)
            case other:
                raise AssertionError(other)


def check_view(view: dict[str, Any]) -> bool:
    """Whether Slack takes this modal; https://docs.slack.dev/reference/views/modal-views has the limits."""
    try:
        assert view["type"] == "modal"
        for name in ("title", "submit", "close"):
            assert view[name]["type"] == "plain_text"
            assert 1 <= len(view[name]["text"]) <= 24
        assert len(view["callback_id"]) <= 255
        assert len(view["private_metadata"]) <= 3_000
        assert len(json.dumps(view).encode()) <= 250_000
        assert 1 <= len(view["blocks"]) <= 100
        named = [each["block_id"] for each in view["blocks"] if "block_id" in each]
        assert len(set(named)) == len(named)
        check_blocks(view["blocks"], most=100)
    except (AssertionError, KeyError):
        return False
    return True


def check_input(block: dict[str, Any]) -> None:
    """A field of a form."""
    assert block["label"]["type"] == "plain_text"
    assert 1 <= len(block["label"]["text"]) <= 2_000
    element = block["element"]
    if element["type"] == "plain_text_input":
        assert 1 <= element["max_length"] <= 3_000
    else:
        check_elements([element])


def check_mrkdwn(text: str) -> None:
    """Every angle bracket and ampersand is part of a link or an entity."""
    rest = re.sub(r"<https?://[^|<>\s]+\|[^<>]*>|&(?:amp|lt|gt);", "", text.replace(_PERSON, ""))
    assert not re.search(r"[<>&]", rest), rest


def check_elements(elements: list[dict[str, Any]]) -> None:
    """Interactive elements and their limits."""
    assert len({each["action_id"] for each in elements}) == len(elements)
    for each in elements:
        assert each["type"] in _ELEMENTS
        assert 1 <= len(each["action_id"]) <= 255
        if each["type"] == "button":
            assert 1 <= len(each["text"]["text"]) <= 75
            assert len(each.get("value", "")) <= 2_000
            assert len(each.get("url", "")) <= 3_000
            assert each.get("style", "danger") in ("primary", "danger")
            continue
        assert 1 <= len(each["options"]) <= (5 if each["type"] == "overflow" else 100)
        for option in each["options"]:
            assert 1 <= len(option["text"]["text"]) <= 75
            assert 1 <= len(option["value"]) <= (75 if each["type"] == "overflow" else 150)
        if each["type"] == "static_select":
            assert 1 <= len(each["placeholder"]["text"]) <= 150
            assert each.get("initial_option") in (None, *each["options"])
