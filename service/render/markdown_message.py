"""A message about an incident as Markdown of limited length, for chats that take a webhook."""

import re

from service.render import sanitize, wording
from service.render.markdown import escape
from service.render.message import (
    Message,
    auto_line,
    commit_address,
    group_line,
    resolved_line,
    revert_line,
    shown_report,
    status,
    title,
)

_CALL = re.compile(r"@(?=everyone|here|all|channel)")


def render(message: Message, limit: int) -> str:
    """The message, at most `limit` characters; the least important lines are left out."""
    report = shown_report(message)
    revert = message.revert
    lines = [f"**{escape(title(message), 100)}**"]
    if report is None:
        lines.append(escape(status(message), 600))
    else:
        lines.append(f"{escape(report.verdict_line, 300)}  \n{escape(wording.confidence(report), 300)}")
    command = _command(report.command or "") if report else ""
    page, alert = sanitize.web_address(message.page), sanitize.web_address(message.alert_url)
    lines += [
        escape(revert_line(message, revert.actor if revert else ""), 400),
        escape(auto_line(message), 300),
        f"<{pull}>" if (pull := sanitize.web_address(revert.url if revert else None)) else "",
        escape(message.error, 300),
        f"```\n{command}\n```" if command and report and len(report.command or "") <= 300 else "",
        escape(group_line(message), 400),
        escape(resolved_line(message), 200),
        *(f"- {escape(reason, 300)}" for reason in (report.why if report else ())),
        *(_commit(message, each.sha, each.subject) for each in (report.commits if report else ())),
        escape(report.revert, 300) if report else "",
        escape(report.next_step, 300) if report else "",
        " · ".join(part for part in (message.incident, *(f"<{each}>" for each in (page, alert) if each)) if part),
    ]
    return _within([line for line in lines if line], limit)


def _command(text: str) -> str:
    """The command for a code block, in which nothing ends the block and nobody is called."""
    return _CALL.sub("@\u200b", sanitize.line(text, 300).replace("`", "'"))


def _commit(message: Message, sha: str, subject: str) -> str:
    address = commit_address(message, sha)
    shown = f"`{wording.short(sha)}`"
    return f"- {f'[{shown}](<{address}>)' if address else shown} {escape(subject, 100)}"


def _within(lines: list[str], limit: int) -> str:
    fitting: list[str] = []
    size = 2
    for line in lines:
        size += len(line) + 1
        if size > limit:
            return "\n".join([*fitting, sanitize.ELLIPSIS])
        fitting.append(line)
    return "\n".join(fitting)
