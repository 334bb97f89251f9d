"""Labels in whatever shape they are written: an object, pairs, objects with a key and a value, words like `env:qa`."""

import re
from collections.abc import Iterable, Mapping

from service.intake.labels import is_environment, tagged
from service.intake.lenient import parsed
from service.intake.names import first_named, in_one_spelling

_NAMES = ("key", "name", "title", "label", "tag", "k", "attribute")
_VALUES = ("value", "val", "v", "values")
_OF_PAIRS = frozenset((*_NAMES, *_VALUES))
_INSIDE = ("name", "label", "key", "literal")
"""Where a name or a value is an object, what it is called there."""
_MOST_BESIDE, _MOST_BEFORE = 2, 2
_MOST = 1_000
_PARTS, _LONGEST_TITLE = re.compile(r"[|\[\](){}]"), 500


def labelled(value: object) -> dict[str, str]:
    """The labels of any of these shapes, also as JSON in a text; {} when it holds none. The first of a name counts."""
    value = parsed(value)
    if isinstance(value, Mapping):
        return _told((str(name), each) for name, each in value.items())
    if not isinstance(value, list):
        return tagged(value)
    if len(value) == 1 and isinstance(value[0], Mapping) and in_one_spelling(value[0]).keys().isdisjoint(_OF_PAIRS):
        return labelled(value[0])
    pairs = [pair for each in value[:_MOST] if (pair := _pair(each)) is not None]
    return _told(reversed(pairs)) | tagged(value)


def environment_among(tags: object) -> str:
    """The environment that stands among tags as a word of its own (`["production", "database"]`)."""
    tags = parsed(tags)
    words = tags if isinstance(tags, list) else str(tags or "")[:10_000].split(",")
    named = [word.strip() for word in words if isinstance(word, str) and is_environment(word.strip().lower())]
    return named[0] if len(named) == 1 else ""


def environment_in_title(title: str) -> str:
    """The environment that has a part of a title for itself (`[Critical] | Staging | SQS`), before the words of it."""
    parts = [part for part in map(str.strip, _PARTS.split(title[:_LONGEST_TITLE])) if part]
    for part in parts[:-1]:
        if is_environment(part.lower()):
            return part
        if len(part.split()) > _MOST_BEFORE or ":" in part:
            return ""
    return ""


def plain(value: object) -> str:
    """A value as text: a list of words is joined; `{"stringValue": "x"}` and `{"value": "x", "color": "#fff"}` are x."""
    if isinstance(value, Mapping):
        names = in_one_spelling(value)
        wrapped = [inner for name, inner in names.items() if name.endswith("value")]
        return plain(wrapped[0]) if len(wrapped) == 1 and len(names) <= _MOST_BESIDE else ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(each for each in value if isinstance(each, str) and each)
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def _called(value: object) -> str:
    if not isinstance(value, Mapping):
        return value if isinstance(value, str) else ""
    found = first_named(in_one_spelling(value), _INSIDE, lambda inner: isinstance(inner, str))
    return found if isinstance(found, str) else ""


def _told(pairs: Iterable[tuple[str, object]]) -> dict[str, str]:
    return {name: text for name, each in pairs if (text := plain(each))}


def _pair(item: object) -> tuple[str, object] | None:
    if isinstance(item, list):
        return (str(item[0]), item[1]) if len(item) == 2 else None
    if not isinstance(item, Mapping):
        return None
    names = in_one_spelling(item)
    name, value = _called(first_named(names, _NAMES)), first_named(names, _VALUES)
    value = _called(value) or value
    return (name, value) if name and value is not None else None
