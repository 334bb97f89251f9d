"""A message about an incident as plain text, for e-mail."""

from service.render import sanitize, terminal
from service.render.message import Message, group_line, resolved_line, status, title

_WIDTH = 78


def render(message: Message) -> str:
    """The whole message, ending in a newline."""
    report = message.report if message.report and message.state == message.report.outcome else None
    if report is not None:
        body = terminal.render(report, width=_WIDTH)
    else:
        lines = (title(message), status(message), sanitize.line(message.error, 300), message.incident)
        body = "\n\n".join(line for line in lines if line) + "\n"
    more = (group_line(message), resolved_line(message), sanitize.web_address(message.page) or "")
    return "\n".join([body, *(line for line in more if line), ""])
