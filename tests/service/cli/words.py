"""The words of commands: those that a test gives, and those that a message offers."""

import shlex

from tests.recorded import Recorded


def alert_options(sample: Recorded) -> tuple[str, ...]:
    trace = ("--trace", str(sample.folder / "trace.txt"), "--service", "shop", "--repository", "shop")
    return (*trace, "--base", sample.base, "--deployed", sample.deployed)


def command_in(text: str) -> list[str]:
    """The words of the command that a message offers."""
    (line,) = [line for line in text.splitlines() if line.strip().startswith("$ ")]
    return shlex.split(line.strip().removeprefix("$ "))


def one_line(text: str) -> str:
    """A message without its line breaks, which depend on the width."""
    return " ".join(text.split())
