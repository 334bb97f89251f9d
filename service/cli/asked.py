"""What `redtide investigate` was asked: the checked options."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from graph.request import Request
    from incidents.reliability import Reliability
    from service.cli.trace_options import Given
    from service.settings import Settings
    from tools.git.repository import Repository
    from tools.ranking.ranker import Weights


class Asked(NamedTuple):
    """What to investigate. `settings` are those of the service, used for what is looked up; None: nothing is.

    `line` tells the defaults that were taken; "" when there were none, or when they are not known yet.
    """

    repository: "Repository"
    request: "Request"
    settings: "Settings | None"
    weights: "Weights | None" = None
    reliability: "Reliability | None" = None
    given: "Given | None" = None
    line: str = ""
