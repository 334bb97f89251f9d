"""What was live when."""

from datetime import datetime
from typing import Literal

from incidents.frozen import Frozen


class Rollout(Frozen):
    """A deploy as the window sees it, with the first-parent commits it brought, oldest first.

    `innocent` is the proof that it cannot have caused the failure, or None. `source` tells who told of it: the
    deploys recorded here, a deploy log, or git itself (then `at` is the commit's or the tag's own time).
    """

    revision: str
    at: datetime
    actor: str | None = None
    url: str | None = None
    source: Literal["recorded", "log", "git"] = "recorded"
    commits: tuple[str, ...] = ()
    innocent: str | None = None
