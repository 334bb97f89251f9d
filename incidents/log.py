"""What the log tells about an error: when it began, where it runs, and what else is there. Text fields are hostile."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from incidents.frozen import Frozen


class Onset(Frozen):
    """When the error really began. The truth lies in `earliest`..`latest` with about 95 %; rates are errors a minute.

    `kind` tells a new error from an old one that grew; `ended` is None while it goes on.
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
    """How many of the error's first documents carry this version, or come from this host."""

    name: str
    count: int = Field(ge=0)


class OtherError(Frozen):
    """Another error of the same time, by its normalised message."""

    title: str
    count: int = Field(ge=1)


class LogFindings(Frozen):
    """The error's documents in the log. `counts` are per `bucket_seconds` from `counts_from`, for a sparkline.

    `total` counts the documents from the onset (from `since` when none was found) to `until`; `complete` is False
    when shards failed or a limit was reached, so that every number is a lower bound. `versions` and `hosts`
    are those of its first ten minutes: later ones tell what was deployed since, not what began it.
    """

    index: str
    query: str = Field(description="What was looked for, in words.")
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
