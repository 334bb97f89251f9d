"""Fields by the names that many senders use, at whatever depth of a body of no known form.

What stands nearer to the top counts first, and of the same depth the name that comes first in a list of names. An
object that only holds the rest together (`data`, `event`, `alert`, or one with nothing beside it) is no depth.

What belongs to the request that failed is not searched: whoever sent that request wrote it, and does not speak for the
sender of the alert.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from service.intake.field_names import ERROR_MESSAGES, ERRORS, SEVERAL, TITLES
from service.intake.label_shapes import labelled
from service.intake.lenient import parsed
from service.intake.names import folded, says_nothing
from service.intake.told_in_rows import ERRORS as NAMES_OF_ERRORS
from service.intake.told_in_rows import OF_RECORDS, Rows, rows_of

_HOLDERS = frozenset(
    map(folded, ("data", "event", "alert", "incident", "issue", "problem", "payload", "body", "attributes", "detail"))
) | {
    "notification",
    "result",
    "message",
    "details",
    "evaluation",
    "content",
    "essentials",
    "alertgroup",
    "downtime",
    "outage",
}
LABELS = frozenset(
    map(folded, ("labels", "tags", "annotations", "custom_details", "details", "metadata", "meta", "context", "fields"))
) | {"extra", "properties", "dimensions", "resource", "variables", "commonlabels", "entitytags", "attributes"}
"""What holds labels: whatever stands there is said of the alert in somebody's own words."""
_TAGS = ("tags", "labels")
_IN_TEXT = frozenset(("attributes", "dimensions", "group", "scope"))
"""What a template prints labels under, too: a text that is no sentence."""
_OF_REQUEST = frozenset(
    ("params", "parameters", "headers", "query", "querystring", "form", "formdata", "postdata", "cookies", "cookie")
) | {
    *("session", "user", "httprequest", "args", "kwargs", "input", "inputs", "locals", "vars", "userinput"),
    *("order", "orders", "customer", "cart", "formvalues"),
}
_ENDS_OF_REQUEST = ("params", "parameters", "headers", "cookies")
_BESIDE_ERROR = frozenset(("body", "payload", "content"))
"""Beside an error these hold what was sent to the program that failed; else they hold the alert."""
_HEADS = frozenset(folded(name) for name in TITLES if not name.startswith("*")) - {
    *("body", "alert", "incident", "problem", "trigger", "monitor", "name")
}
_WORDS = _HEADS | frozenset(map(folded, (*ERRORS, *ERROR_MESSAGES)))
"""Texts of these names are words, also where they look like JSON: a program may print what a stranger sent to it. A
`body` is words beside a title. A template may render an alert into a text."""
_ENDS_OF_WORDS = ("message", "msg", "description", "reason", "summary")
_OF_CARDS = ("sections", "facts")
"""Where a card for a chat has its rows."""
_RENDERED = _HOLDERS | NAMES_OF_ERRORS | frozenset(map(folded, SEVERAL))
_DEEPEST = 6
_DRAWN = re.compile(r"\d{4}")
"""In what should be a name: it is rather drawn."""
_MOST = 5_000
"""Fields that are looked at; a body of more says what it is about before."""


class FoundField(NamedTuple):
    """One value. `within` is the folded name of what holds it, `path` those of all that do, the outermost first."""

    depth: int
    name: str
    value: Any
    within: str = ""
    path: tuple[str, ...] = ()


class FieldSearch:
    """Every field of a body, nearest to the top first; of the same depth before those that it shares with others."""

    def __init__(self, document: Mapping[str, Any], shared: "FieldSearch | None" = None) -> None:
        own = list(islice(_walked(document, rows_of(document)), _MOST))
        self._know(sorted([*own, *(shared.every() if shared else ())], key=lambda field: field.depth))

    def _know(self, fields: list[FoundField]) -> None:
        self._all = fields
        self._called: dict[str, list[tuple[int, FoundField]]] = {}
        for number, field in enumerate(self._all):
            self._called.setdefault(field.name, []).append((number, field))

    def only(self, fits: Callable[[FoundField], bool]) -> "FieldSearch":
        """Those of its fields that fit."""
        chosen = FieldSearch({})
        chosen._know([field for field in self._all if fits(field)])
        return chosen

    def first(self, names: Sequence[str], fits: Callable[[Any], bool] = lambda value: True) -> Any:  # noqa: ANN401
        """The value of the first field that is called like one of these and fits; None when there is none."""
        return self.chosen(names, lambda field: fits(field.value))

    def chosen(self, names: Sequence[str], fits: Callable[[FoundField], bool]) -> Any:  # noqa: ANN401
        """As `first`, where it matters how a field is called and what holds it. `*at` is every name that ends so."""
        exact, endings = _places(tuple(names))
        called = {name: exact[name] for name in exact.keys() & self._called.keys()}
        if endings:
            ending = (name for name in self._called if name.endswith(tuple(endings)) and name not in exact)
            called |= {name: next(endings[end] for end in endings if name.endswith(end)) for name in ending}
        known = [
            (field.depth, place, number, field)
            for name, place in called.items()
            for number, field in self._called[name]
        ]
        # What fits is asked of the best first: to answer may mean to read a long text.
        return next((field.value for *_, field in sorted(known, key=_order) if fits(field)), None)

    def text(self, names: Sequence[str]) -> str:
        """The first text among them."""
        found = self.first(names, lambda value: isinstance(value, str) and bool(value.strip()))
        return found if isinstance(found, str) else ""

    def word(self, names: Sequence[str]) -> str:
        """The first that is a text or a number, on one line and short."""
        found = self.first(names, _is_word)
        return "" if found is None else str(found).strip()

    def named(self, names: Sequence[str], is_none: Callable[[str], object] | None = None) -> str:
        """The first that is a word, or an object or a list with a name in it, of which `is_none` does not hold."""

        def fits(value: object) -> bool:
            name = _name_in(value)
            return bool(name) and not (is_none and is_none(name))

        return _name_in(self.first(names, fits))

    def within(self, name: str) -> Iterator[Mapping[str, Any]]:
        """The objects of this name."""
        wanted = folded(name)
        return (field.value for field in self._all if field.name == wanted and isinstance(field.value, Mapping))

    def every(self) -> Sequence[FoundField]:
        """All of them."""
        return self._all


@lru_cache(maxsize=200)
def _places(names: tuple[str, ...]) -> tuple[dict[str, int], dict[str, int]]:
    """Where names stand in a list of them, and endings of names; one name that is there twice counts first."""
    places = [(folded(name), place, name.startswith("*")) for place, name in reversed(list(enumerate(names)))]
    exact = {name: place for name, place, ends in places if not ends}
    return exact, {name: place for name, place, ends in reversed(places) if ends}


def _order(known: tuple[int, int, int, FoundField]) -> tuple[int, int, int]:
    return known[:3]


def _walked(
    document: Mapping[str, Any], rows: Rows, depth: int = 0, path: tuple[str, ...] = (), record: bool = False
) -> Iterator[FoundField]:
    """Broadly: all of an object before what its objects hold."""
    record = record or _is_record(document)
    inner: list[tuple[int, str, Mapping[str, Any]]] = []
    within = path[-1] if path else ""
    holders = (
        path[-2:] if within == "metadata" else path[-1:]
    )  # of Kubernetes' objects the metadata are what they are called
    composed: list[FoundField] = []
    titled = any(folded(str(key)) in _HEADS for key in document)
    words = _WORDS | {"body"} if titled else _WORDS
    beside_error = any(folded(str(key)) in NAMES_OF_ERRORS and bool(value) for key, value in document.items())
    for key, sent in document.items():
        name = folded(str(key))
        value = parsed(sent) if _may_hold_json(name, words, record, titled) else sent
        if not name or says_nothing(value):
            continue
        yield FoundField(depth, name, value, within, path)
        composed += [FoundField(depth, each + name, value, within, path) for each in holders]
        if _of_request(name) or (beside_error and name in _BESIDE_ERROR):
            continue
        tags = name.endswith(_TAGS) or (name in _IN_TEXT and isinstance(value, str))
        if name in LABELS or tags or (within, name) == _OF_CARDS:
            told = ((folded(each), text) for each, text in labelled(value if tags else _pairs(value)).items())
            listed = depth + isinstance(value, list)
            if name == "fields" and isinstance(value, list):
                told = ((each, text) for each, text in told if rows.may_say(each, path))
            yield from (FoundField(listed, each, text, name, (*path, name)) for each, text in told if each)
        first = value[0] if isinstance(value, list) and value else value
        if isinstance(first, Mapping) and depth < _DEEPEST:
            alone = depth == 0 and _holds_all(name, document)
            inner.append((depth + (first is not value or not (alone or name in _HOLDERS)), name, first))
    yield from composed
    for deeper, name, each in inner:
        yield from _walked(each, rows, deeper, (*path, name), record)


def _may_hold_json(name: str, words: frozenset[str], record: bool, titled: bool) -> bool:
    """Whether a text of this name may be an object that a template has rendered; a stranger's may stand in any other."""
    if name in words or record or name.endswith(_ENDS_OF_WORDS):
        return False
    return name in LABELS or name.endswith(_TAGS) or (name in _RENDERED and not titled)


def _holds_all(name: str, document: Mapping[str, Any]) -> bool:
    """Whether it is all that is sent, or called like the type of event that is told beside it."""
    told = (document.get(each) for each in ("event_type", "eventType", "type"))
    return len(document) == 1 or any(isinstance(text, str) and folded(text) == name for text in told)


def _is_record(document: Mapping[str, Any]) -> bool:
    """Whether it is a log's record or an error's, in which a list of names and values may be a stranger's."""
    return any(folded(str(key)) in OF_RECORDS and bool(value) for key, value in document.items())


def _pairs(value: object) -> object:
    """Labels without what is only text: outside tags `a=1, b=2` may stand in any sentence."""
    return [each for each in value if not isinstance(each, str)] if isinstance(value, list) else _object(value)


def _object(value: object) -> object:
    return value if isinstance(value, Mapping) else None


def _of_request(name: str) -> bool:
    return name in _OF_REQUEST or name.startswith("request") or name.endswith(_ENDS_OF_REQUEST)


def _is_word(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    return "\n" not in str(value).strip() and len(str(value)) <= 200


def _name_in(value: object) -> str:
    """`checkout`, `{"name": "checkout"}`, `["checkout"]`."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, Mapping):
        texts = (value.get(name) for name in ("slug", "name", "summary", "title", "stringValue"))
        named = [text for text in texts if isinstance(text, str) and text.strip()]
        value = next((text for text in named if not _DRAWN.search(text)), named[0] if named else None)
    return value.strip() if isinstance(value, str) and _is_word(value) else ""
