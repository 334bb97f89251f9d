"""One name however a sender spells it: `service_name`, `Service-Name`, `service.name` and `serviceName`."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

_LONGEST = 100
_DEEPEST = 3
_NOTHING = frozenset({"", "null", "undefined", "<no value>", "<nil>", "[object object]", "none", "n/a", "nil", "-"})
"""What templates and programs print for a variable without a value."""
_WRAPPERS = frozenset(
    {
        "metadata",
        "meta",
        "data",
        "attributes",
        "details",
        "customdetails",
        "variables",
        "fields",
        "labels",
        "annotations",
        "event",
        "payload",
    }
)
"""Objects of templates that only hold the variables together."""
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""What numbers something, and names nothing."""
_UNRENDERED = re.compile(
    r"\{\{[^{}]{0,200}\}\}|\$[A-Za-z]\w{1,60}(?:\[[\w.-]{1,60}\]|\$)?|\$\{[\w.-]{1,100}\}|\{[A-Z][\w.]{2,60}\}|\*UNKNOWN\*"
    r"|#{1,2}[A-Z][\w.]{1,60}#{1,2}"
)


def folded(name: str) -> str:
    """Its letters and digits in lower case; "" for what is too long to be a name."""
    return _letters(name) if len(name) <= _LONGEST else ""


# A body repeats the same few names for each of up to 50,000 alerts.
@lru_cache(maxsize=10_000)
def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


def says_nothing(value: object) -> bool:
    """Whether it is missing, empty, or what a template leaves where there was no value."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return value is None
    text = value.strip()
    return text.lower() in _NOTHING or _UNRENDERED.fullmatch(text) is not None


def in_one_spelling(document: Mapping[Any, Any]) -> dict[str, Any]:
    """The same with folded names; of two spellings the first counts."""
    return {folded(str(name)): value for name, value in reversed(list(document.items()))}


def first_named(
    document: Mapping[str, Any], names: Sequence[str], fits: Callable[[Any], bool] = lambda value: value is not None
) -> Any:  # noqa: ANN401 (any JSON)
    """The value of the first of these folded names that is there and fits; None when there is none."""
    return next((document[name] for name in names if name in document and fits(document[name])), None)


def variables(document: Mapping[str, Any], deepest: int = _DEEPEST) -> dict[str, Any]:
    """Everything in a body by its folded path, also what holds others: {"alertid": 1} for `alert.id`, `alertId` and
    `alert.alert_id`.

    A template of somebody's may nest the variables of a sender, name them with dots, or write them as one word.
    """
    found = in_one_spelling(document)
    for name, value in list(found.items()):
        if isinstance(value, Mapping) and deepest > 1:
            for path, inner in variables(value, deepest - 1).items():
                found.setdefault(name + path, inner)
                if path.startswith(name) or name in _WRAPPERS:
                    found.setdefault(path, inner)
    return found
