"""Of a bare message: what it names in code that is older than the deploy, and which older commit explains it better."""

from pathlib import Path

import pytest

from tests.repositories import Change, build
from tests.tools.signals.bare_message import QUIET, window_of
from tools.git.repository import Repository
from tools.ranking.elsewhere import elsewhere
from tools.ranking.gather import gather
from tools.signals.registry import window_features
from tools.traces import parse

MENU = "export function openMenu( menu ) {\n\treturn menu.renderBetaBadge( menu.items );\n}\n"
OTHERS: Change = {
    "files": {f"src/page{n}.js": f"export function page{n}( view ) {{\n\treturn view.id;\n}}\n" for n in range(12)}
}
TRACE = "TypeError: menu.renderBetaBadge is not a function"


def test_code_that_a_message_names_and_no_commit_touched_explains_it(tmp_path: Path) -> None:
    # Who changed code that this one can call may give it another menu: of that, the age of the line says nothing.
    context = window_of(tmp_path, [{"files": {"src/menu.js": MENU}}, OTHERS, *QUIET], TRACE, base=1)
    (why,) = elsewhere(context, None, ())
    assert why == "`menu.renderBetaBadge`, which the error names, stands in src/menu.js:2, older than the deploy."
    assert window_features(context)["older_named_code"] > 0.9


def test_what_a_commit_of_the_window_touched_is_not_older(tmp_path: Path) -> None:
    changes: list[Change] = [OTHERS, {"files": {"src/menu.js": MENU}}, *QUIET]
    context = window_of(tmp_path, changes, TRACE)
    assert elsewhere(context, None, ()) == ()
    assert window_features(context)["older_named_code"] == 0
    assert window_features(context)["untouched_names"] == 0


def test_what_a_commit_touched_is_not_older_however_often_tests_name_it(tmp_path: Path) -> None:
    tests: Change = {"files": {f"tests/menu{n}.test.js": "menu.renderBetaBadge();\n" for n in range(9)}}
    changes: list[Change] = [OTHERS, tests, {"files": {"src/menu.js": MENU}}, *QUIET]
    context = window_of(tmp_path, changes, TRACE)
    assert context.site.standing is not None
    assert context.strongest_clue is not None
    assert context.strongest_clue.strength < context.site.standing.strength
    assert context.older_standing is None


@pytest.mark.parametrize(
    ("trace", "names"),
    [
        (TRACE, "`menu.renderBetaBadge`, `renderBetaBadge`"),
        ("Undefined index: sku-of-item-label", "`sku-of-item-label`"),
        ("NameError: name 'badge' is not defined", "`badge`"),  # a plain word, and the use of it failed
    ],
)
def test_what_a_message_names_and_no_commit_touched_explains_it_wherever_it_stands(
    tmp_path: Path, trace: str, names: str
) -> None:
    context = window_of(tmp_path, [OTHERS, *QUIET], trace)
    (why,) = elsewhere(context, None, ())
    assert why == f"No commit of the deploy changed a line with {names}, which the error names."
    assert window_features(context)["untouched_names"] == 1


@pytest.mark.parametrize("trace", ["hello", "the badge of the menu is broken", "MenuStateError: broken"])
def test_a_message_that_names_nothing_telling_explains_nothing(tmp_path: Path, trace: str) -> None:
    context = window_of(tmp_path, [OTHERS, *QUIET], trace)
    assert elsewhere(context, None, ()) == ()
    assert window_features(context)["untouched_names"] == 0


def test_the_name_of_an_error_is_no_place(tmp_path: Path) -> None:
    code: Change = {"files": {"src/errors.js": "export class MenuStateError extends Error {\n\tx() {}\n}\n"}}
    context = window_of(tmp_path, [code, OTHERS, *QUIET], "MenuStateError: MenuStateError was thrown")
    assert context.site.standing is None


def test_an_older_commit_that_fits_a_bare_message_better_is_its_rival(tmp_path: Path) -> None:
    built = build(tmp_path, [OTHERS, {"files": {"src/menu.js": MENU}, "message": "Show a badge"}, *QUIET])
    found = gather(Repository.open(built.path), built.shas[1], built.shas[-1], parse(TRACE))
    assert found.older is not None
    assert found.older.commit.sha == built.shas[1]
    assert found.none_probability > 0.5
    assert not any(suspect.probability > found.older.probability for suspect in found.suspects)


@pytest.mark.parametrize(
    "trace",
    [
        "[P1] checkout-api 5xx on POST_ORDERS above 5% for 10m",
        "menu_page: slice bounds out of range",
        "OrderService: slice bounds out of range",
    ],
)
def test_the_words_of_a_monitor_are_no_names_of_the_code(tmp_path: Path, trace: str) -> None:
    context = window_of(tmp_path, [{"files": {"src/menu_page.js": "// menu_page\n" + MENU}}, OTHERS, *QUIET], trace)
    assert elsewhere(context, None, ()) == ()
    assert window_features(context)["untouched_names"] == 0
    assert window_features(context)["older_named_code"] == 0
