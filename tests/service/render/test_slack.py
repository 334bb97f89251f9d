import json
import re
from typing import Any

from hypothesis import given

from graph.unstated import how_to_give
from incidents.evidence import Evidence
from incidents.report import Report
from incidents.seen import Seen
from incidents.trace import StackTrace
from service.render import slack
from service.render.slack import fitted
from tests.service.render.reports import CULPRIT, LIKELY, NONE, hostile_reports


def _texts(message: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for block in message["blocks"]:
        elements = block.get("elements", [block.get("text")])
        found.extend(element["text"] for element in elements)
    return found


def _visible(message: dict[str, Any]) -> int:
    shown = "".join(_texts(message)).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    return len(re.sub(r"<https?://[^|>]*\|([^>]*)>", r"\1", shown).replace("\u200b", ""))


def test_the_message_reads_verdict_first_and_ends_with_the_command() -> None:
    message = slack.blocks(LIKELY)
    texts = _texts(message)

    assert texts[0] == "Likely cause found · checkout · production"
    assert texts[1].startswith("*3f9a1c2d ")
    assert "High confidence: line in trace; 2 of 2 agents" in texts[1]
    began, error, rate = texts[2].splitlines()
    assert began == (
        "Around 10:02:00 UTC we got 1,280 of the following error"
        " (<https://kibana.example/app/discover#/?_g=%28a%29&amp;_a=%28b%29|log>):"
    )
    assert error == "`Error: Call to a member function total() on null`"
    assert rate.startswith("▁▁▁▁▂▇█▇▆█ 0 → 51 a minute, a new error, still going on at 10:27:00")
    assert "1 of 14 commits worth a look" in texts[4]
    assert "deployed 4 min before, at 09:58:02, by Ben" in texts[4]
    assert "9 × tests or docs · 4 × no file of the trace" in texts[4]
    assert texts[6] == "```redtide revert inc-142```"
    assert texts[-1].startswith("<https://alerts.example/a?x=1&amp;y=2|alert> · inc-142 · 1,280 errors since 10:02 UTC")
    assert message["text"].startswith("Likely cause found")


def test_no_command_is_shown_when_there_is_nothing_to_revert() -> None:
    assert not any("```" in text for text in _texts(slack.blocks(NONE)))


@given(hostile_reports())
def test_a_message_is_within_the_limits_of_slack_and_no_text_of_a_stranger_becomes_a_mention_or_a_link(
    report: Report,
) -> None:
    message = slack.blocks(report)

    assert 1 <= len(message["blocks"]) <= 10
    assert message["text"]
    for block in message["blocks"]:
        if block["type"] == "header":
            assert 1 <= len(block["text"]["text"]) <= 150
        for element in block.get("elements", [block.get("text")]):
            assert 1 <= len(element["text"]) <= 3000
    assert _visible(message) <= slack.VISIBLE_BUDGET + 300
    assert json.dumps(message).encode("utf-8")
    for text in [message["text"], *_texts(message)[1:]]:
        assert not re.search(r"<[!@#]|<(?!https?://[^|>\s]+\|(?:alert|log)>)", text)
        assert not re.search(r"@(?!\u200b)(?![^<>|]*\|(?:alert|log)>)", text)


def test_a_message_with_everything_long_keeps_the_verdict_and_drops_the_rest_first() -> None:
    long = "a rather long sentence about what was seen in the trace and in the commit " * 5
    row = CULPRIT.model_copy(update={"subject": long, "tag": long})
    report = LIKELY.model_copy(
        update={"verdict_line": long, "why": (long,) * 3, "commits": (row,) * 3, "missing": (long,) * 4}
    )

    short = slack.fitted(report)

    assert short.missing == ()
    assert short.why
    assert short.verdict_line.startswith("a rather long sentence")
    assert _visible(slack.blocks(report)) <= slack.VISIBLE_BUDGET + 60


def test_the_next_step_is_never_cut_off_before_its_remedy() -> None:
    library = Evidence(trace=StackTrace(), base="0", deployed="1", none_probability=1.0, seen=Seen(frames=2))
    step = how_to_give(library)
    assert fitted(LIKELY.model_copy(update={"next_step": step})).next_step == step


def test_an_ordinary_message_loses_nothing() -> None:
    assert slack.fitted(LIKELY).why == LIKELY.why
    assert slack.fitted(LIKELY).missing == LIKELY.missing


def test_without_a_log_nothing_is_said_of_it() -> None:
    assert "following error" not in json.dumps(slack.blocks(NONE))
    assert len(slack.blocks(NONE)["blocks"]) < len(slack.blocks(LIKELY)["blocks"])
