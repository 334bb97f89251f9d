"""Who last changed what a failing execution depends on, however long ago."""

from datetime import datetime

from pydantic import Field

from incidents.evidence import Commit
from incidents.frozen import Frozen
from incidents.trace import StackTrace


class Changer(Frozen):
    """A commit that changed what the failing execution depends on, or speaks of it. `back`: commits between it and the
    revision. `changed`: what of the failing code it changed, as a sentence; none where it only shares words with it."""

    commit: Commit
    back: int = Field(ge=0)
    score: float = Field(description="How much speaks for it, in log-odds. Only for the order: it is no probability.")
    reasons: tuple[str, ...] = ()
    changed: str = ""


class Blame(Frozen):
    """The changers, the likeliest first, of `revision`. `missing` says in sentences what is not known.

    `looked_at` counts the blocks of code whose history was read, `commits` the commits that were compared; `oldest` is
    when the oldest of them was made.
    """

    trace: StackTrace
    revision: str
    changers: tuple[Changer, ...] = ()
    looked_at: int = 0
    commits: int = 0
    oldest: datetime | None = None
    missing: tuple[str, ...] = ()
