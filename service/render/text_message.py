"""A message about an incident as plain text, for e-mail."""

from service.render import sanitize, terminal
from service.render.message import (
    Message,
    auto_line,
    group_line,
    resolved_line,
    revert_line,
    shown_report,
    status,
    title,
)

_WIDTH = 78


def render(message: Message) -> str:
    """The whole message, ending in a newline."""
    report = shown_report(message)
    if report is not None:
        about = "" if message.state == report.outcome else f"{title(message)}\n\n"
        body = about + terminal.render(report, width=_WIDTH)
    else:
        lines = (title(message), status(message), sanitize.line(message.error, 300), message.incident)
        body = "\n\n".join(line for line in lines if line) + "\n"
    revert = message.revert
    who = sanitize.line(revert.actor, 60) if revert else ""
    links = (sanitize.web_address(each) or "" for each in (revert.url if revert else None, message.page))
    more = (revert_line(message, who), auto_line(message), group_line(message), resolved_line(message), *links)
    return "\n".join([body, *(line for line in more if line), ""])
