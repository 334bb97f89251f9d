"""What an error's text names so exactly that it can be searched for."""

import pytest

from incidents.trace import Frame
from tools.impact.clues import ClueKind, clues_in


def named(message: str) -> dict[str, bool]:
    """The texts of the clues, and whether their use is what fails."""
    found: dict[str, bool] = {}
    for clue in clues_in([message]):
        found[clue.text] = found.get(clue.text, False) or clue.fails
    return found


@pytest.mark.parametrize(
    ("message", "text", "fails"),
    [
        ("shop.cartHooks is undefined", "shop.cartHooks", True),
        ("$basket is undefined", "$basket", True),
        ("Cannot read property 'lines' of null", "lines", True),
        ("Cannot read properties of undefined (reading 'lines')", "lines", True),
        ("Cannot call method 'connect' of undefined", "connect", True),
        ("Call to undefined method PageGroup::getTitle()", "PageGroup::getTitle", True),
        ("undefined method `total_in' for nil", "total_in", True),
        ("'Cart' object has no attribute 'total_in'", "total_in", True),
        ("Undefined index sku-of-item", "sku-of-item", False),
        ("400 MissingHeader: x-shop-request-intent", "x-shop-request-intent", False),
        ("set_retry_timings() missing 1 required positional argument: 'retry_interval'", "set_retry_timings", False),
        ("$LOAD_PATH is a read-only variable", "$LOAD_PATH", False),
        ("instance variable @rates not set", "@rates", False),
        ("unknown option --keep-going", "--keep-going", False),
        ("uninitialized constant Shop::TaxTable", "Shop::TaxTable", True),
        ('Cannot invoke "shop.Rate.forCountry(String)" because "rate" is null', "forCountry", True),
    ],
)
def test_names_as_their_language_writes_them(message: str, text: str, fails: bool) -> None:
    found = named(message)
    assert text in found
    assert found[text] is fails


@pytest.mark.parametrize("message", ["division by zero", "connection refused by the server", "value must be positive"])
def test_plain_words_are_no_clues(message: str) -> None:
    assert clues_in([message]) == ()


def test_a_common_word_says_less_than_a_name_of_several_parts() -> None:
    common, compound = clues_in(["Cannot read property 'date' of null"]), clues_in(["name 'due_date' is not defined"])
    assert max(clue.weight for clue in common) < max(clue.weight for clue in compound)


def test_a_bundle_keeps_the_names_of_some_functions() -> None:
    frames = [Frame(path="bundle.js", line=2, function="getEventTiles"), Frame(path="bundle.js", line=2, function="$a")]
    assert [(clue.text, clue.kind) for clue in clues_in([], frames)] == [("getEventTiles", ClueKind.FRAME)]


def test_a_generated_name_is_looked_for_in_its_other_forms_and_is_not_what_the_error_says() -> None:
    forms = {clue.text: clue for clue in clues_in(["no field currentLeaderEpoch"])}
    assert {"currentLeaderEpoch", "CurrentLeaderEpoch", "current_leader_epoch"} <= forms.keys()
    assert [text for text in sorted(forms) if forms[text].tells] == ["currentLeaderEpoch"]
    assert "CartTotal" not in {clue.text for clue in clues_in(["no field cartTotal"])}


@pytest.mark.parametrize(
    "message", ["[FIRING:1] HighErrorRate checkout", "HighErrorRate firing: 5xx above 2 %", "alertname=HighErrorRate"]
)
def test_the_name_of_an_alert_is_no_name_of_code(message: str) -> None:
    assert "HighErrorRate" not in named(message)
    assert "HighErrorRate" in named("HighErrorRate is not defined")


@pytest.mark.parametrize(
    "message",
    [
        "Failed to bind to java.util.Map<java.lang.String, java.lang.String>",
        "cannot use x (variable of type *http.Request) as time.Duration",
        "expected collections.OrderedDict, got datetime.datetime",
    ],
)
def test_types_of_standard_libraries_are_no_names_of_the_code(message: str) -> None:
    assert clues_in([message]) == ()


def test_what_is_missing_of_a_standard_library_is_named() -> None:
    assert "strings.Cut" in [clue.text for clue in clues_in(["./cart.go:7:9: undefined: strings.Cut"])]
