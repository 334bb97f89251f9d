"""Which times of a body are not the alert's: when a user signed up, an order was due, a monitor was set up.

Whoever takes such a time for the alert's looks at the wrong deploys; without any, the alert began when it came.
"""

import re

from service.intake.field_names import SEVERAL
from service.intake.field_search import LABELS, FoundField
from service.intake.names import folded

_OTHERS = re.compile(
    r"user|login|logon|signin|signup|account|customer|client|member|tenant|person|patient|employee|author|birth|born"
    r"|order|deliver|shipp|shipment|payment|paid|invoice|purchase|booking|cart|product|contract|trial|subscri|registr"
    r"|session|token|cert|password|deploy|build|release|commit|boot|install|visit|appointment|query|window|range|maintenance"
)
_SET_UP = re.compile(r"(?:monitor|check|rule|service|project|host|policy|team|search|dashboard)s?(?:created|updated)")
_HOLDERS = frozenset(
    map(
        folded,
        (
            *SEVERAL,
            *(
                "alert",
                "incident",
                "issue",
                "problem",
                "event",
                "error",
                "exception",
                "notification",
                "result",
                "evaluation",
            ),
            *("data", "payload", "body", "attributes", "detail", "details", "message", "content", "essentials", "log"),
            *(
                "period",
                "monitor_period",
                "check",
                "monitor",
                "heartbeat",
                "check_result",
                "attachments",
                "kibana",
                "instant",
            ),
        ),
    )
)
"""What holds an alert, the rest together, or what is watched."""
_OF_ALERTS = re.compile(
    r"(?:alert|event|incident|issue|problem|error|outage)(?:time|date|start|createdat|startedat|openedat)"
    r"|firstseen|firstoccur\w*|lastseen|(?:occurred|fired|triggered|detected|raised|failed|reported)(?:at|on)|down(?:at|since)|timestamp"
)


def is_of_others(field: FoundField) -> bool:
    """Whether the time tells of something else, by its name or by what holds it."""
    names = (*field.path, field.name)
    if any(_OTHERS.search(name) for name in names) or _SET_UP.search(field.within + field.name):
        return True
    own = field.depth == 0 and LABELS.isdisjoint(field.path)
    return not own and not _HOLDERS.issuperset(field.path) and _OF_ALERTS.search(field.name) is None
