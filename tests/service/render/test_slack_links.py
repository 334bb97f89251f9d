"""Where a message in Slack leads: what a culprit refers to, and its own page."""

import json
from dataclasses import replace

from incidents.reference import Reference
from service.render.slack_message import message_blocks
from tests.service.notify.parcels import MESSAGE
from tests.service.render.reports import CULPRIT, LIKELY

TOKEN = "t" * 24


def test_what_the_culprit_refers_to_is_linked_below_the_verdict() -> None:
    known = (
        Reference(kind="pull request", text="#12", url="https://github.com/acme/shop/pull/12"),
        Reference(kind="reviewer", text="Ben <!channel> Cho"),
        Reference(kind="ticket", text="SHOP-7", url="javascript:alert(1)"),
    )
    report = LIKELY.model_copy(update={"verdict_line": '3f9a1c2d0 "cart: drop null guard" · Ana Ruiz'})
    rows = (
        CULPRIT.model_copy(update={"references": known}),
        CULPRIT.model_copy(update={"sha": "d" * 40, "subject": "other", "references": known[:1]}),
    )
    message = replace(MESSAGE, report=report.model_copy(update={"commits": rows, "why": ()}))
    found = [each["text"]["text"] for each in message_blocks(message, TOKEN)["blocks"] if each["type"] == "section"]
    lines = found[0].splitlines()
    assert lines[0].startswith(f"*<https://git.example.org/shop/commit/{CULPRIT.sha}|`3f9a1c2d0`> ")
    assert lines[1].startswith(
        "<https://github.com/acme/shop/pull/12|#12> · reviewed by Ben &lt;!channel&gt; Cho · SHOP-7"
    )
    (row,) = [line for each in found for line in each.splitlines() if " other" in line]
    assert row.endswith("<https://github.com/acme/shop/pull/12|#12>")


def test_a_commit_is_linked_at_its_forge_where_the_settings_name_no_page() -> None:
    page = "https://github.com/acme/shop/commit/3f9a1c2d"
    report = LIKELY.model_copy(update={"commits": (CULPRIT.model_copy(update={"url": page}),)})
    assert f"<{page}|`3f9a1c2d0`>" in json.dumps(message_blocks(replace(MESSAGE, commit_url="", report=report), TOKEN))
