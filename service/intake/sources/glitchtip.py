"""GlitchTip's general webhook, in Slack's form: one attachment an issue, or one for an uptime monitor."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from service.intake.adapter import Source
from service.intake.label_shapes import labelled
from service.intake.labels import COMMIT, about, revision_in, revision_of
from service.intake.lenient import Draft, Items, Objects, Sent, Text, said
from service.intake.names import in_one_spelling
from service.intake.sdk_frames import titled

_ISSUE = re.compile(r".{0,1000}?(/(?:issues|uptime-monitors)/\d+)")
MONITOR = "/uptime-monitors/"


class Attachment(Sent):
    """One issue. `text` is the culprit; of a monitor, what happened."""

    title: Text
    title_link: Text
    text: Text
    fields: Items


class Body(Sent):
    """What GlitchTip sends to a chat."""

    text: Text
    attachments: Annotated[list[Attachment], Objects] = Field(max_length=1_000)


def read(document: Mapping[str, Any]) -> Sequence[Draft]:
    """Every issue of the body."""
    sent = Body.model_validate(document)
    uptime = "uptime" in sent.text.lower()
    return [_of_monitor(each) if uptime or MONITOR in each.title_link else _of_issue(each) for each in sent.attachments]


def _of_issue(issue: Attachment) -> Draft:
    fields = in_one_spelling(labelled(issue.fields))
    named = about(fields, service=fields.get("project", ""))
    return Draft(
        key=_key(issue),
        former_key=_former_key(issue),
        service=named["service"],
        environment=named["environment"],
        message=issue.title,
        trace=titled("", issue.title),
        error_text=False,
        repository=named["repository"],
        revision=revision_of(fields, COMMIT) or revision_in(fields.get("release", "")),
        url=issue.title_link,
        details=said(culprit=issue.text, release=fields.get("release", ""), server=fields.get("servername", "")),
    )


def _of_monitor(monitor: Attachment) -> Draft:
    over = "back up" in monitor.text.lower()
    return Draft(
        state="resolved" if over else "firing",
        key=_key(monitor),
        former_key=_former_key(monitor),
        service=monitor.title,
        message=monitor.text,
        error_text=False,
        url=monitor.title_link,
    )


def _key(attachment: Attachment) -> str:
    found = _ISSUE.match(attachment.title_link)
    return found[0] if found else attachment.title


def _former_key(attachment: Attachment) -> str:
    """Without the address of the GlitchTip, as in older builds."""
    found = _ISSUE.match(attachment.title_link)
    return found[1] if found else attachment.title


SOURCE = Source("glitchtip", read, takes="GlitchTip's general webhook, with its `attachments`")
