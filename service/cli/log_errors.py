"""The errors of a log of any size, the most telling first: read as a stream, in bounded memory."""

from dataclasses import dataclass, replace

from incidents.errors import InputError
from incidents.trace import StackTrace


@dataclass(frozen=True, slots=True)
class LoggedError:
    """One error of a log: the text around it, its trace, and how often it occurs; 0 when no error was found in the text."""

    text: str
    trace: StackTrace
    count: int

    @property
    def headline(self) -> str:
        """Type and message, as far as they were printed."""
        said = ": ".join(filter(None, (self.trace.exception, self.trace.message.split("\n")[0])))
        return said or "an error without type and message"


def errors_in(name: str) -> tuple[LoggedError, ...]:
    """The errors of the file `name`, or of standard input for `-`; at least one. Raises InputError."""
    from service.cli.bar import reading
    from service.cli.streams import opened
    from tools.traces.large.stream import read_errors

    with opened(name, "--trace") as file, reading(file) as counted:
        try:
            found = read_errors(counted)
        except OSError as error:
            raise InputError(f"--trace: cannot read {name!r} ({error.strerror or error}); pass another file") from error
    errors = (LoggedError(each.text, each.trace, each.count) for each in found.errors)
    return tuple(replace(each, text=each.text or each.headline) for each in errors)
