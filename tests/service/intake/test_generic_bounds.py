"""How much of a body of no known form is read, and how often."""

from collections.abc import Sequence
from typing import Any

import pytest

import tools.traces
from incidents.trace import StackTrace
from service.intake import generic_error
from service.intake.field_search import FieldSearch
from service.intake.generic_reading import began
from service.intake.lenient import Draft, NotUnderstood
from service.intake.sources import generic
from service.intake.sources.generic import read

TRACE = 'Traceback (most recent call last):\n  File "/srv/pay.py", line 9, in charge\n    raise E\nValueError: bad card'


def only(document: dict[str, Any]) -> Draft:
    (draft,) = read(document)
    return draft


@pytest.fixture
def parsed_texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text in which a parser looked for a trace."""
    texts: list[str] = []

    def parse(text: str) -> StackTrace:
        texts.append(text)
        return tools.traces.parse(text)

    monkeypatch.setattr(generic_error, "parse", parse)
    return texts


LOG = "\n".join(f"at foo bar baz {number} ValueError: x a.py:12" for number in range(240))


@pytest.mark.parametrize("name", ["log", "stack", "anything"])
@pytest.mark.parametrize("text", [LOG, TRACE, "    at charge (/srv/app/pay.js:8:3)\n    at run (/srv/app/run.js:2:1)"])
def test_a_text_around_many_alerts_is_parsed_once(parsed_texts: list[str], name: str, text: str) -> None:
    alerts = [{"title": f"a{number}", "message": f"m{number}"} for number in range(100)]
    assert len(read({name: text, "error_class": "MyError", "alerts": alerts})) == 100
    assert sum(map(len, parsed_texts)) <= 2 * len(text)


def test_of_many_logs_in_one_alert_no_more_is_parsed_than_for_one_alert_of_a_list(parsed_texts: list[str]) -> None:
    logs = {f"l{number}": {"log": LOG[:80_000] + f"\n{number}" * 10_000} for number in range(20)}
    assert len(read({"title": "t", **logs})) == 1
    assert 0 < sum(map(len, parsed_texts)) <= generic_error._MOST_READ


def test_a_trace_at_the_best_name_is_found_without_reading_the_others(parsed_texts: list[str]) -> None:
    assert only({"title": "t", "log": LOG, "stack": TRACE, "output": LOG}).stack_trace == TRACE
    assert parsed_texts == [TRACE]


def test_each_alert_of_a_list_has_its_own_trace_and_too_many_are_refused() -> None:
    traces = [TRACE.replace("9", str(number)) for number in range(30)]
    assert [
        draft.stack_trace for draft in read({"alerts": [{"title": "t", "stack": each} for each in traces]})
    ] == traces
    long = [{"title": "t", "stack": f"{number}\n" + "x\n" * 49_000} for number in range(30)]
    with pytest.raises(NotUnderstood) as refused:
        read({"alerts": long})
    assert "send fewer alerts at once" in refused.value.text


@pytest.mark.parametrize(
    "around", [{"stack": "x\n" * 5_000}, {f"k{number}": 1 for number in range(1_000)}, {"labels": {"a": ["b"] * 2_000}}]
)
def test_what_stands_around_a_list_is_weighed_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch, around: dict[str, Any]
) -> None:
    made: list[object] = []

    class Counted(FieldSearch):
        def __init__(self, *given: Any) -> None:  # noqa: ANN401
            made.append(given)
            super().__init__(*given)

    monkeypatch.setattr(generic, "FieldSearch", Counted)
    with pytest.raises(NotUnderstood) as refused:
        read({**around, "alerts": [{"title": "a"}] * 400})
    assert refused.value.field == "alerts"
    assert not made
    assert len(read({**around, "alerts": [{"title": "a"}] * 20})) == 20
    assert len(made) == 20 + 1


def test_an_alert_of_a_list_hides_what_is_called_the_same_around_it() -> None:
    around = {"data": {"title": "x"}, "env": "qa", "service": "pay", "status": "resolved"}
    alerts = [{"title": "a"}, {"title": "b", "env": "dev", "status": "firing"}, {"service": "shop", "title": None}]
    found = [(each.message, each.environment, each.service, each.state) for each in read({**around, "alerts": alerts})]
    assert found == [
        ("a", "qa", "pay", "resolved"),
        ("b", "dev", "pay", "firing"),
        ("x", "qa", "shop", "resolved"),
    ]


def test_of_many_dates_only_some_are_joined_with_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    first = FieldSearch.first

    def counted(fields: FieldSearch, names: Sequence[str], *fits: Any) -> Any:  # noqa: ANN401
        asked.extend(names)
        return first(fields, names, *fits)

    monkeypatch.setattr(FieldSearch, "first", counted)
    began(FieldSearch({f"a{number}_date": "2026-01-01" for number in range(2_000)}))
    assert len([name for name in asked if name.endswith("time") and name.startswith("a")]) <= 20


def test_of_what_stands_around_a_list_fields_are_counted_too() -> None:
    labels = ",".join(f"k{number}:1" for number in range(499))
    with pytest.raises(NotUnderstood) as refused:
        read({"labels": labels, "alerts": [{"title": "a"}] * 500})
    assert "send fewer at once" in refused.value.text
    assert len(read({"labels": labels, "alerts": [{"title": "a"}] * 40})) == 40
