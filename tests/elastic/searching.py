"""Executes the body of a `_search` over one index."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from tests.elastic.columns import BadRequest, Index, Row, milliseconds

Body = Mapping[str, Any]
_KNOWN = {
    "query", "size", "sort", "search_after", "_source", "aggs", "timeout", "terminate_after", "track_total_hits", "from",
}  # fmt: skip


def search(index: Index, body: Body, name: str, failing: frozenset[int] = frozenset()) -> dict[str, Any]:
    """Hits, total and aggregations. Rows on `failing` shards are not seen."""
    for key in body:
        if key not in _KNOWN:
            raise BadRequest("parsing_exception", f"Unknown key for a START_OBJECT in [{key}].")
    rows = [row for row in _matching(index, body.get("query", {"match_all": {}})) if row % index.shards not in failing]
    limit = body.get("terminate_after") or len(rows)
    early = len(rows) > limit * index.shards
    rows = rows[: limit * index.shards]
    size = body.get("size", 10)
    if size > 10_000:
        raise BadRequest("illegal_argument_exception", "Result window is too large")
    hits = [_hit(index, name, row, keys, body) for row, keys in _page(index, rows, body, size)]
    outer: dict[str, Any] = {"hits": hits, "max_score": None}
    if body.get("track_total_hits", True) is not False:
        outer["total"] = {"value": len(rows), "relation": "eq"}
    answer: dict[str, Any] = {"hits": outer}
    if early:
        answer["terminated_early"] = True
    if aggs := body.get("aggs"):
        answer["aggregations"] = {key: _aggregation(index, rows, agg) for key, agg in aggs.items()}
    return answer


def _matching(index: Index, query: Body) -> list[Row]:
    """Rows that match, in the order of the first range if there is one."""
    kind, given = _single(query)
    if kind == "bool":
        return _bool(index, given)
    if kind == "range":
        return _range(index, given)
    everything = range(len(index.sources))
    return _filtered(index, everything, query)


def _bool(index: Index, given: Body) -> list[Row]:
    parts = [*_many(given.get("filter")), *_many(given.get("must"))]
    ranges = [part for part in parts if "range" in part]
    rows: Iterable[Row] = _matching(index, ranges[0]) if ranges else range(len(index.sources))
    for part in parts:
        if not ranges or part is not ranges[0]:
            rows = _filtered(index, rows, part)
    for part in _many(given.get("must_not")):
        out = set(_filtered(index, rows := list(rows), part))
        rows = [row for row in rows if row not in out]
    should = _many(given.get("should"))
    if should and int(given.get("minimum_should_match", 0 if parts else 1)):
        rows = list(rows)
        any_of = set().union(*(_filtered(index, rows, part) for part in should))
        rows = [row for row in rows if row in any_of]
    return list(rows)


def _filtered(index: Index, rows: Iterable[Row], query: Body) -> list[Row]:
    kind, given = _single(query)
    if kind == "match_all":
        return list(rows)
    if kind in ("bool", "range"):
        inside = set(_matching(index, query))
        return [row for row in rows if row in inside]
    if kind == "exists":
        column = index.column(given["field"])
        return [row for row in rows if row in column]
    if kind not in ("term", "terms", "match_phrase"):
        raise BadRequest("parsing_exception", f"unknown query [{kind}]")
    name, wanted = _single(given)
    column = index.column(name)
    if kind == "match_phrase":
        phrase = str(wanted["query"] if isinstance(wanted, Mapping) else wanted)
        whole = index.kind(name) == "keyword"
        return [
            row
            for row in rows
            if any(text == phrase if whole else index.says(str(text), phrase) for text in column.get(row, ()))
        ]
    values = {str(each) for each in (wanted if kind == "terms" else [_value(wanted)])}
    if index.kind(name) == "text":  # exact questions to analysed text see its tokens
        return [
            row for row in rows if any(index.says(str(text), each) for text in column.get(row, ()) for each in values)
        ]
    return [row for row in rows if any(str(text) in values for text in column.get(row, ()))]


def _range(index: Index, given: Body) -> list[Row]:
    name, span = _single(given)
    bounds: dict[str, int] = {}
    for key, value in span.items():
        if key != "format":
            at = milliseconds(value)
            if at is None:
                raise BadRequest("parse_exception", f"failed to parse date field [{value}]")
            bounds[key] = at
    low = bounds.get("gte", bounds["gt"] + 1 if "gt" in bounds else None)
    high = bounds.get("lt", bounds["lte"] + 1 if "lte" in bounds else None)
    return index.between(name, low, high)


def _page(index: Index, rows: list[Row], body: Body, size: int) -> list[tuple[Row, list[Any]]]:
    """The rows of the page with their sort values."""
    if not body.get("sort"):
        return [(row, []) for row in rows[:size]]
    name, order = _single(body["sort"][0]) if isinstance(body["sort"][0], Mapping) else (body["sort"][0], "asc")
    down = (order.get("order") if isinstance(order, Mapping) else order) == "desc"
    column = index.column(name)
    keyed = sorted(((-1 if down else 1) * column.get(row, (0,))[0], row) for row in rows)
    if after := body.get("search_after"):
        keyed = [each for each in keyed if each > ((-1 if down else 1) * after[0], after[1])]
    return [(row, [column.get(row, (0,))[0], row]) for _, row in keyed[:size]]


def _hit(index: Index, name: str, row: Row, keys: list[Any], body: Body) -> dict[str, Any]:
    source = index.sources[row]
    wanted = body.get("_source")
    shown = _only(source, wanted, "") if isinstance(wanted, list) else source
    return {"_index": name, "_id": str(row), "_score": None, "_source": shown, **({"sort": keys} if keys else {})}


def _only(node: Mapping[str, Any], wanted: list[str], prefix: str) -> dict[str, Any]:
    """Source filtering: a wanted name brings everything below it."""
    kept: dict[str, Any] = {}
    for key, value in node.items():
        name = f"{prefix}{key}"
        if any(name == each or name.startswith(f"{each}.") for each in wanted):
            kept[key] = value
        elif isinstance(value, Mapping) and any(each.startswith(f"{name}.") for each in wanted):
            kept[key] = _only(value, wanted, f"{name}.")
    return kept


def _aggregation(index: Index, rows: list[Row], agg: Body) -> dict[str, Any]:
    kind, given = _single(agg)
    column = index.column(given["field"])
    if kind in ("min", "max"):
        values = [column[row][0] for row in rows if row in column]
        return {"value": (min if kind == "min" else max)(values) if values else None}
    if kind == "terms":
        if index.kind(given["field"]) == "text":
            raise BadRequest("illegal_argument_exception", f"Fielddata is disabled on [{given['field']}]")
        counted = Counter(str(value) for row in rows for value in column.get(row, ()))
        top = sorted(counted.items(), key=lambda each: (-each[1], each[0]))[: given.get("size", 10)]
        return {"buckets": [{"key": key, "doc_count": count} for key, count in top]}
    if kind == "date_histogram":
        step = int(given["fixed_interval"].removesuffix("s")) * 1_000
        counted_times = Counter(column[row][0] // step * step for row in rows if row in column)
        return {"buckets": [{"key": key, "doc_count": count} for key, count in sorted(counted_times.items())]}
    raise BadRequest("parsing_exception", f"Unknown aggregation type [{kind}]")


def _single(node: Body) -> tuple[str, Any]:
    if len(node) != 1:
        raise BadRequest("parsing_exception", f"expected one key, found {sorted(node)}")
    return next(iter(node.items()))


def _many(part: object) -> list[Any]:
    return part if isinstance(part, list) else [] if part is None else [part]


def _value(wanted: object) -> object:
    return wanted["value"] if isinstance(wanted, Mapping) else wanted
