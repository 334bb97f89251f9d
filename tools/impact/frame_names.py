"""The names that a frame prints, without the packages, classes and receivers before them."""

import re
from typing import Final

from incidents.trace import Frame

_NOT_A_NAME: Final = re.compile(r"^(?:<.*>|func\d+|anonymous|main|\d+)$")


def last_name(function: str | None) -> str:
    """What a trace prints last of a function: `total` of `shop.Cart#total`, but also `<init>` and `func1`."""
    return re.split(r"[.:\\$#]+", function or "")[-1]


def bare_name(function: str | None) -> str | None:
    """A function's own name, without class or package; None where a trace only says that it has none."""
    name = last_name(function)
    return None if not name or _NOT_A_NAME.match(name) else name


def owner_name(frame: Frame) -> str | None:
    """The bare name of the class that a frame prints; of nested ones (`Outer+Inner`, `Outer$Inner`) the inner one's."""
    return re.split(r"[.:\\$+]+", frame.class_name)[-1] if frame.class_name else None
