"""What names no code of the program explains no "none of these": types of the runtime, members of a null receiver, and a
person's words around the error."""

from pathlib import Path

import pytest

from graph.investigation import Investigation, investigate
from graph.ports import OneRepository
from graph.request import Request
from graph.state import Context
from incidents.alert import Alert
from tests.graph.test_four_answers import Case, told
from tests.repositories import build
from tools.git.repository import Repository
from tools.impact.clues import ClueKind, clues_in

_OLD = {
    "hall/book.py": "def book(seat, bill):\n    bill.add(seat.price)\n",
    "hall/rows.py": "def rows(hall):\n    return hall.rows\n",
}
_NEW = {"hall/rows.py": "def rows(hall):\n    return list(hall.rows)\n"}


def untold(found: Investigation) -> None:
    assert found.verdict.outcome in ("unsure", "not_enough")
    assert not found.evidence.instead


@pytest.mark.parametrize(
    "error",
    [
        "TypeError: 'NoneType' object is not iterable",
        "TypeError: 'NoneType' object is not subscriptable",
        "TypeError: cannot unpack non-iterable NoneType object",
        "TypeError: unsupported operand type(s) for +: 'int' and 'NoneType'",
        "TypeError: 'builtin_function_or_method' object is not subscriptable",
        "TypeError: a bytes-like object is required, not 'str'",
        "TypeError: can't compare offset-naive and offset-aware datetimes",
        "TypeError: 'dict_keys' object is not subscriptable",
        "NoMethodError: undefined method `+' for nil:NilClass",
        "Error: Object of class stdClass could not be converted to string",
        "java.lang.ClassCastException: java.lang.String cannot be cast to java.lang.Integer",
    ],
)
async def test_types_and_phrases_of_the_runtime_name_no_code(tmp_path: Path, error: str) -> None:
    assert not [clue.text for clue in clues_in([error.partition(": ")[2]]) if clue.tells]
    found, _ = await told(tmp_path, (_OLD, _NEW, error))
    untold(found)


@pytest.mark.parametrize(
    "error",
    [
        "AttributeError: 'NoneType' object has no attribute 'seat_price'",
        "TypeError: Cannot read properties of undefined (reading 'seatPrice')",
        "Error: Call to a member function seatPrice() on null",
        "NoMethodError: undefined method `seat_price' for nil:NilClass",
    ],
)
async def test_a_member_of_a_null_receiver_places_no_cause(tmp_path: Path, error: str) -> None:
    found, _ = await told(tmp_path, (_OLD, _NEW, error))
    untold(found)


async def test_who_wrote_before_the_deploy_what_is_asked_of_null_explains_it_where_nobody_of_the_deploy_does(
    tmp_path: Path,
) -> None:
    found, _ = await told(tmp_path, (_OLD, _NEW, "AttributeError: 'NoneType' object has no attribute 'price'"))
    assert found.verdict.outcome == "none"
    assert [" from before the deploy explains it better: " in text for text in found.evidence.instead] == [True]


@pytest.mark.parametrize(
    ("error", "name"),
    [
        ("undefined method `fare' for an instance of Seat", "fare"),
        ("undefined method `fare' for nil", "fare"),
        ("'Seat' object has no attribute 'fare'", "fare"),
        ("seat.fare is not a function (in 'fare')", "fare"),
        ("unknown key `fare`", "fare"),
    ],
)
async def test_quotes_around_an_error_do_not_hide_what_it_names(tmp_path: Path, error: str, name: str) -> None:
    before = {"hall/book.rb": f"def {name}(seat)\n  seat\nend\n"}
    case: Case = (before, {"hall/book.rb": f"def {name}(seat, day)\n  seat\nend\n"}, "")
    bare = {clue.text for clue in clues_in([error]) if clue.kind is ClueKind.NAME}
    for number, quote in enumerate("\"‘'"):
        close = "’" if quote == "‘" else quote
        said = f"prod checkout throws {quote}{error}{close} after the last deploy, help"
        assert bare <= {clue.text for clue in clues_in([said]) if clue.kind is ClueKind.NAME}
        (tmp_path / str(number)).mkdir()
        found, _ = await told(tmp_path / str(number), (*case[:2], said))
        assert found.verdict.outcome != "none"
        assert not [each for each in found.evidence.instead if f"`{name}`" in each]


@pytest.mark.parametrize("error", ["HTTP 502 Bad Gateway", "503 Service Unavailable", "upstream: 504 Gateway Time-out"])
async def test_a_gateway_that_gets_no_answer_may_stand_before_ones_own_service(tmp_path: Path, error: str) -> None:
    found, _ = await told(tmp_path, (_OLD, _NEW, error))
    untold(found)


async def test_a_report_about_a_guessed_window_names_what_was_compared(tmp_path: Path) -> None:
    built = build(tmp_path, [{"files": _OLD}, {"files": _NEW}])
    error = "OSError: [Errno 28] No space left on device: '/var/lib/hall'"
    context = Context(repositories=OneRepository(Repository.open(built.path)))
    compared = f"those of {built.shas[0][:9]}..{built.shas[1][:9]} were compared"
    for guessed, outcome in ((True, "not_enough"), (False, "none")):
        alert = Alert(
            service="hall", stack_trace=error, repository="acme/hall", base=built.shas[0], deployed=built.shas[1]
        )
        found = await investigate(context, Request.about(alert).model_copy(update={"guessed": guessed}))
        assert found.verdict.outcome == outcome
        assert any(compared in text for text in found.report.missing) is guessed
