"""A stack trace, in one form for all languages."""

from incidents.frozen import Frozen


class Frame(Frozen):
    """One call of a stack trace.

    `path` is as printed, with forward slashes ("" when the trace has none); `line` and `column` are 1-based. `function`
    is the bare name, `class_name` the class or module around it (dotted or with backslashes, as printed). `source` is
    the line of code that the trace quotes. `repo_path` is the file at the deployed revision, or None when the frame is
    not part of the repository; only this decides `in_app`.
    """

    path: str = ""
    line: int | None = None
    column: int | None = None
    function: str | None = None
    class_name: str | None = None
    source: str | None = None
    repo_path: str | None = None

    @property
    def in_app(self) -> bool:
        """Whether the frame's file exists in the repository at the deployed revision."""
        return self.repo_path is not None


class Failure(Frozen):
    """One exception with the frames it passed through, innermost (where it was raised) first."""

    type: str | None = None
    message: str = ""
    frames: tuple[Frame, ...] = ()


class StackTrace(Frozen):
    """A chain of exceptions, root cause first; the last one is the exception that was reported.

    Text without a recognised trace is one Failure whose frames are the `path:line` pairs in it. `tokens` are the
    distinct words of the messages that could be names in code, in order of appearance. `before` are the last lines that
    the log holds above the trace, oldest first: what the program was doing. `not_run`: a compiler tells the error, so that
    no code of its places had run.
    """

    language: str | None = None
    failures: tuple[Failure, ...] = ()
    tokens: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    not_run: bool = False

    @property
    def frames(self) -> tuple[Frame, ...]:
        """Every distinct frame, innermost of the root cause first."""
        return tuple(dict.fromkeys(frame for failure in self.failures for frame in failure.frames))

    @property
    def exception(self) -> str | None:
        """The type of the root cause, or None when the trace does not print it."""
        return next((failure.type for failure in self.failures if failure.type), None)

    @property
    def message(self) -> str:
        """The message of the root cause: of the first exception that says anything, be it only its type."""
        return next((failure.message for failure in self.failures if failure.type or failure.message), "")

    @property
    def spoken(self) -> str:
        """The message nearest to the root cause: that of the exception around it when it has none itself."""
        return next((failure.message for failure in self.failures if failure.message), "")
