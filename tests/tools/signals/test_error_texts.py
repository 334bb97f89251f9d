"""The commit that brought the error's own sentence into the code."""

from pathlib import Path

import pytest

from tests.tools.signals.bare_message import signals


@pytest.mark.parametrize(
    ("path", "line", "message"),
    [
        ("a.rb", 'raise ArgumentError, "#{name}(): bad number of items given (#{items} for minimum #{least})"',
         "ArgumentError: pack(): bad number of items given (0 for minimum 1)"),
        ("a.go", 'return nil, fmt.Errorf("unknown parcel type %T in %s", p, where)',
         "error listing: unknown parcel type <nil> in box"),
        ("a.py", 'raise ValueError(f"no parcel for country {country!r}")', "ValueError: no parcel for country 'XY'"),
        ("a.js", "throw new Error( `cannot pack ${ item.id } twice` );", "Error: cannot pack 77 twice"),
        ("a.php", "throw new PackException(\"no parcel for $country yet\");", "PackException: no parcel for XY yet"),
        ("msg.properties", "pack.failed=The parcel could not be packed: {0}", "The parcel could not be packed: 12"),
    ],
)  # fmt: skip
def test_a_sentence_is_found_with_its_gaps_filled(tmp_path: Path, path: str, line: str, message: str) -> None:
    found = signals(tmp_path, {path: "x = 1\n"}, {path: f"x = 1\n{line}\n"}, message)
    value, sentence = found["added_error_text"]
    assert value > 0.5
    assert f"({path}:2)" in sentence


def test_a_text_that_only_moved_or_shares_some_words_is_not_the_errors(tmp_path: Path) -> None:
    line = 'raise ValueError("no parcel for this country")\n'
    moved = signals(
        tmp_path / "moved", {"a.py": line}, {"a.py": "y = 2\n" + line}, "ValueError: no parcel for this country"
    )
    text = 'raise ValueError(f"no parcel for {}: none in this country")\n'
    renamed = signals(
        tmp_path / "renamed", {"a.py": text.format("{item}"), "b.py": ""},
        {"a.py": "", "b.py": text.format("{self.item}")}, "ValueError: no parcel for tea: none in this country",
    )  # fmt: skip
    assert "added_error_text" not in renamed
    other = signals(tmp_path / "other", {"a.py": ""}, {"a.py": line}, "ValueError: no parcel for this customer")
    assert "added_error_text" not in moved
    assert "added_error_text" not in other


def test_a_secret_in_such_a_text_is_not_repeated(tmp_path: Path) -> None:
    secret = "AKIA" + "QWERTZUIOPASDFGH"
    line = f'raise ValueError("no parcel for {secret} today then")\n'
    found = signals(tmp_path, {"a.py": ""}, {"a.py": line}, f"ValueError: no parcel for {secret} today then")
    assert all(secret not in sentence for _, sentence in found.values())
