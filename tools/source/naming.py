"""Names as traces and people write them, taken apart: `App\\\\Cart::total`, `pkg.Cart$Line.<init>`, `Cart#total`."""

import re
from typing import NamedTuple

_SEPARATORS = re.compile(r"::|->|[.\\/#]")
_NOT_NAMES = frozenset({"", "<locals>", "<lambda>", "<anonymous>", "{closure}", "prototype", "self", "this", "static"})
_JAVA_LAMBDA = re.compile(r"lambda\$(\w+)\$\d+\Z")


class Sought(NamedTuple):
    """What is looked for: a name, the class it should belong to, the namespace or module that class is in."""

    name: str
    class_name: str | None = None
    namespace: tuple[str, ...] = ()


def sought(name: str, class_name: str | None = None) -> Sought:
    """Take a name apart. What stands before its last separator is its class, unless `class_name` says otherwise."""
    *before, last = _parts(name) or [""]
    if lambda_of := _JAVA_LAMBDA.match(last):
        last = lambda_of[1]
    around = [part for piece in _parts(class_name or "") for part in piece.split("$") if part] or before
    owner = around[-1] if around else None
    if last == "<init>" and owner:
        last = owner
    return Sought(last, owner, tuple(around[:-1]))


def _parts(name: str) -> list[str]:
    cleaned = name.strip().removeprefix("new ").removesuffix("()").strip().lstrip("$@")
    return [part for part in _SEPARATORS.split(cleaned) if part not in _NOT_NAMES]
