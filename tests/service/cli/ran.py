"""What a command answered."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ran:
    """Exit status, standard output and standard error."""

    status: int
    out: str
    err: str


RedTide = Callable[..., Ran]
