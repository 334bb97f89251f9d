"""Of a bare message: who changed a function that uses what fails, elsewhere than on the line that uses it."""

from pathlib import Path

import pytest

from tests.repositories import Change
from tests.tools.signals.bare_message import QUIET, signals, window_of

VIEW = """function title( page ) {
	const shelf = find( page );
	return shelf.label.text;
}

function size( page ) {
	return page.width;
}
"""
ERROR = "Uncaught TypeError: Cannot read property 'label' of undefined"


def test_a_change_around_the_failing_use_is_found(tmp_path: Path) -> None:
    after = {"web/view.js": VIEW.replace("find( page )", "cache[ page ]")}
    found = signals(tmp_path, {"web/view.js": VIEW}, after, ERROR)["changed_around_named_use"]
    assert found[1] == "changed `title` (web/view.js:1), which uses `label`, named in the error"
    assert found[0] == pytest.approx(0.48)


@pytest.mark.parametrize(
    "after",
    [
        VIEW.replace("page.width", "page.height"),  # another function
        VIEW.replace("	const shelf", "	// the shelf\n	const shelf"),  # a comment
        VIEW + "\nfunction other( page ) {\n	return page.label;\n}\n",  # its own line is what uses it
    ],
)
def test_a_change_elsewhere_is_not(tmp_path: Path, after: str) -> None:
    assert "changed_around_named_use" not in signals(tmp_path, {"web/view.js": VIEW}, {"web/view.js": after}, ERROR)


def test_what_every_commit_changes_around_says_nothing(tmp_path: Path) -> None:
    others: list[Change] = [
        {"files": {"web/view.js": VIEW.replace("find( page )", f"find( page, {number} )")}} for number in range(12)
    ]
    after = {"web/view.js": VIEW.replace("find( page )", "cache[ page ]")}
    found = signals(tmp_path, {"web/view.js": VIEW}, after, ERROR, [*others, *QUIET])
    assert found["changed_around_named_use"][0] < 0.1


def test_who_changed_around_what_the_error_names_keeps_it_from_being_untouched(tmp_path: Path) -> None:
    changes: list[Change] = [
        {"files": {"web/view.js": VIEW}},
        {"files": {"web/view.js": VIEW.replace("find( page )", "cache[ page ]")}},
        *QUIET,
    ]
    context = window_of(tmp_path, changes, "PHP Deprecated: label.text: Passing null to parameter is deprecated")
    assert context.untouched_names == ()
    assert context.older_standing is None
    quiet = window_of(tmp_path / "quiet", [changes[0], *QUIET], ERROR)
    assert quiet.untouched_names == ("label",)


def test_a_common_word_nearby_does_not(tmp_path: Path) -> None:
    many: Change = {
        "files": {f"web/card{n}.js": f"function card{n}( c ) {{\n\treturn c.label;\n}}\n" for n in range(9)}
    }
    changes: list[Change] = [
        {"files": {"web/view.js": VIEW}},
        many,
        {"files": {"web/view.js": VIEW.replace("find( page )", "cache[ page ]")}},
        *QUIET,
    ]
    assert window_of(tmp_path, changes, ERROR, base=1).untouched_names == ("label",)
