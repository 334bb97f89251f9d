"""What the log says about an error: when it began, where it runs, and which other errors occur. Text is untrusted."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from incidents.frozen import Frozen


class Onset(Frozen):
    """When the error began: with about 95 % in `earliest`..`latest`. Rates are errors per minute.

    `kind` distinguishes a new error from an old one that grew; `ended` is None while the error continues.
    """

    at: datetime
    earliest: datetime
    latest: datetime
    kind: Literal["new", "grew"]
    shape: Literal["sudden", "gradual"]
    rate_before: float = Field(ge=0)
    rate_after: float = Field(ge=0)
    ended: datetime | None = None


class Share(Frozen):
    """How many of the error's first documents have this version, or come from this host."""

    name: str
    count: int = Field(ge=0)


class OtherError(Frozen):
    """Another error of the same time, identified by its normalised message."""

    title: str
    count: int = Field(ge=1)


class LogFindings(Frozen):
    """The error's documents in the log. `counts` are per `bucket_seconds` from `counts_from`, for a sparkline.

    `total` counts the documents from the onset (from `since` when none was found) to `until`; `complete` is False when
    shards failed or a limit was reached, so that every number is a lower bound. `versions` and `hosts` come from the
    first ten minutes of the error: later documents show what was deployed since, not what started it.
    """

    index: str
    query: str = Field(description="The search conditions in words.")
    since: datetime
    until: datetime
    total: int = Field(default=0, ge=0)
    complete: bool = True
    first_at: datetime | None = None
    last_at: datetime | None = None
    onset: Onset | None = None
    counts_from: datetime | None = None
    bucket_seconds: int = Field(default=0, ge=0)
    counts: tuple[int, ...] = ()
    first_host: str | None = None
    first_version: str | None = None
    versions: tuple[Share, ...] = ()
    hosts: tuple[Share, ...] = ()
    title: str = ""
    others: tuple[OtherError, ...] = ()
    url: str | None = None
