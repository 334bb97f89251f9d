"""The errors of a log, the most telling first."""

from typing import NamedTuple

from incidents.trace import StackTrace


class LoggedError(NamedTuple):
    """One error of a log: the text around it, its trace, and how often it occurs."""

    text: str
    trace: StackTrace
    count: int

    @property
    def headline(self) -> str:
        """Type and message, as far as they were printed."""
        said = ": ".join(filter(None, (self.trace.exception, self.trace.message.split("\n")[0])))
        return said or "an error without type and message"


def errors_in(name: str) -> tuple[LoggedError, ...]:
    """The errors of the file `name`, or of standard input for `-`. Raises InputError for what cannot be read."""
    from service.cli.streams import read_bytes
    from tools.traces import parse
    from tools.traces.text import read_trace

    text = read_trace(read_bytes(name, "--trace"))
    return (LoggedError(text, parse(text), 1),)
