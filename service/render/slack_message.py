"""A message about an incident for Slack, in each of its states, and the detail that goes into its thread."""

import re
from datetime import UTC
from typing import Any

from service.render import sanitize, slack
from service.render.message import (
    Message,
    commit_address,
    group_line,
    resolved_line,
    revert_line,
    shown_report,
    status,
    title,
)
from service.render.slack_buttons import buttons
from service.render.slack_text import Block, context, header, link, section, text, whole_lines
from service.render.wording import short

_PERSON = re.compile(r"slack:([UW][A-Z0-9]{2,40})")
_WHO = "{who}"
_ROWS = 20
_TRACE = 2_400
_DEEPEST = 12  # blanks before a line of a trace


def message_blocks(message: Message, token: str) -> dict[str, Any]:
    """`{"text": fallback, "blocks": [...]}` for `chat.postMessage` and `chat.update`."""
    report = shown_report(message)
    found = [
        header(title(message)),
        section(_revert(message)),
        *(slack.verdict_blocks(report, lambda sha: commit_address(message, sha)) if report else _status(message)),
        section(text(group_line(message), 400)),
        context(text(_latest(message), 200)),
        buttons(message, token),
    ]
    return {"text": _fallback(message), "blocks": [block for block in found if block is not None]}


def detail(message: Message) -> str:
    """The detail as mrkdwn of whole lines: the trace, what was ruled out and why, what the agents think; "" if none."""
    parts = [_trace(message), _views(message), _excluded(message)]
    return whole_lines("\n\n".join(part for part in parts if part), 3_900)


def _fallback(message: Message) -> str:
    report = shown_report(message)
    line = report.verdict_line if report else status(message)
    return text(f"{title(message)}: {sanitize.line(line, 180)}", 300)


def _revert(message: Message) -> str:
    """How far the revert is, its pull request linked, a person of this workspace by the name that Slack shows."""
    step = message.revert
    if step is None:
        return ""
    person = _PERSON.fullmatch(step.actor)
    who = f"<@{person[1]}>" if person else text(step.actor, 60)
    line = text(revert_line(message, _WHO if who else ""), 400).replace(_WHO, who)
    page = sanitize.web_address(step.url)
    return f"{line} {link(page, 'Look at it')}" if page else line


def _status(message: Message) -> list[Block]:
    """What is said where no verdict is shown; never the commit of a verdict that a person called wrong."""
    address = sanitize.web_address(message.alert_url)
    opened = f"since {message.opened_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    errors = f"{message.errors:,} error{'' if message.errors == 1 else 's'}"
    small = (link(address, "alert") if address else "", text(message.incident, 40), errors, opened)
    found = [
        section(text(status(message), 600)),
        section(f"`{text(message.error, 300)}`" if message.error else ""),
        context(" · ".join(part for part in small if part)),
    ]
    return [block for block in found if block is not None]


def _latest(message: Message) -> str:
    due = "The agents are still to be asked: this may change." if message.agents_due else ""
    return " ".join(part for part in (resolved_line(message), due) if part)


def _trace(message: Message) -> str:
    if not message.trace.strip():
        return ""
    lines = [_indent(line) + text(line, 200) for line in message.trace.splitlines()[:40]]
    return f"*Trace*\n```{whole_lines(chr(10).join(lines), _TRACE)}```"


def _indent(line: str) -> str:
    """What stands before a line of a trace: without it the code below a frame reads like a frame."""
    return " " * min(len(line) - len(line.lstrip()), _DEEPEST) if line.strip() else ""


def _views(message: Message) -> str:
    if not message.views or message.state == "wrong":
        return ""  # they are about the commit that a person has called wrong
    said = {True: "caused it", False: "did not cause it", None: "no answer"}
    split = len({each.caused for each in message.views if each.caused is not None}) > 1
    rows = [
        f"• {text(each.agent, 40)}, `{text(short(each.sha))}`: {said[each.caused]}. {text(each.words, 200)}"
        for each in message.views[:_ROWS]
    ]
    return "\n".join([f"*What the agents think{' (they disagree)' if split else ''}*", *rows])


def _excluded(message: Message) -> str:
    if not message.excluded:
        return ""
    rows = [
        f"• {link(commit_address(message, each.sha), f'`{text(short(each.sha))}`')} {text(each.subject, 60)}: {text(each.reason, 100)}"
        for each in message.excluded[:_ROWS]
    ]
    hidden = len(message.excluded) - _ROWS
    more = [f"and {hidden} more"] if hidden > 0 else []
    return "\n".join([f"*Ruled out: {len(message.excluded)}*", *rows, *more])


def plain(message: Message) -> str:
    """The message as mrkdwn text, for when its blocks are refused."""
    report = shown_report(message)
    lines = [
        f"*{text(title(message), 100)}*",
        _revert(message),
        text(report.verdict_line if report else status(message), 300),
        f"`{text(message.error, 300)}`" if message.error else "",
        *(f"• {text(reason, 240)}" for reason in (report.why if report else ())),
        text(report.revert, 240) if report else "",
        f"```{text(report.command, 400)}```" if report and report.command else "",
        text(group_line(message), 400),
        text(message.incident, 40),
    ]
    return whole_lines("\n".join(line for line in lines if line), 3_900)
