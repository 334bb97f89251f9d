"""The deploys of the window: what was live, and since when."""

from datetime import datetime
from typing import Literal

from incidents.frozen import Frozen


class Rollout(Frozen):
    """A deploy of the window, with the first-parent commits it shipped, oldest first.

    `innocent` is the proof that it cannot have caused the failure, or None. `source` says where the deploy is known
    from: the deploys recorded here, a deploy log, or git itself (then `at` is the time of the commit or tag).
    """

    revision: str
    at: datetime
    actor: str | None = None
    url: str | None = None
    source: Literal["recorded", "log", "git"] = "recorded"
    commits: tuple[str, ...] = ()
    innocent: str | None = None
