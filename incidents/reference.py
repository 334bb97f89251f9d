"""What a commit message refers to: its review, its pull request, its ticket."""

from typing import Literal

from pydantic import Field

from incidents.frozen import Frozen

Kind = Literal["pull request", "revision", "reviewer", "ticket"]


class Reference(Frozen):
    """One reference. `text` is untrusted; `url` is only set where the address follows from the remote, or is written out."""

    kind: Kind
    text: str = Field(max_length=100)
    url: str | None = None
