"""A file that the error names by its path, and that lies in no frame: who brought it in or dropped it."""

from pathlib import Path

from tests.tools.signals.bare_message import signals

ERROR = "/etc/hooks/start: line 20: /usr/libexec/shop/move_all.py: No such file or directory"


def test_a_line_that_newly_names_the_file(tmp_path: Path) -> None:
    found = signals(tmp_path, {"hook.sh": "run\n"}, {"hook.sh": "run\n/usr/libexec/shop/move_all.py\n"}, ERROR)
    value, sentence = found["touched_named_path"]
    assert value > 0.5
    assert "`move_all.py` or a line that names it (hook.sh:2)" in sentence


def test_a_build_script_that_no_longer_ships_the_file(tmp_path: Path) -> None:
    error = "FileError: Failed to open file “/home/a/ext/schemas/gsoup.compiled”: No such file or directory"
    before = "all:\n\tcp schemas/gsoup.compiled out/\n\tcp b out/\n"
    found = signals(tmp_path, {"Makefile": before}, {"Makefile": "all:\n\tcp b out/\n"}, error)
    assert "(Makefile:2)" in found["touched_named_path"][1]


def test_the_place_of_a_frame_a_comment_or_another_file_is_none(tmp_path: Path) -> None:
    trace = "ZeroDivisionError: division by zero in /srv/shop/move_all.py on line 3"
    for folder, after, error in (
        ("frame", "/usr/libexec/shop/move_all.py\n", trace),
        ("comment", "# /usr/libexec/shop/move_all.py\n", ERROR),
        ("other", "/usr/libexec/shop/remove_all.py\n", ERROR),
    ):
        assert "touched_named_path" not in signals(tmp_path / folder, {"hook.sh": "run\n"}, {"hook.sh": after}, error)
