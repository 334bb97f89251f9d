import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from service.render import sanitize as neutral
from tests.service.render.reports import ATTACKS, TEXTS


@given(TEXTS | st.just("\ud800 lone surrogate"), st.integers(3, 400))
def test_a_line_is_printable_bounded_and_one_line(text: str, limit: int) -> None:
    shown = neutral.line(text, limit)

    assert len(shown) <= limit
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in shown)
    assert shown.encode("utf-8").decode("utf-8") == shown


def test_terminal_sequences_leave_only_their_text() -> None:
    assert neutral.line("\x1b[2J\x1b[1;31mred\x1b[0m \x1b]0;title\x07plain", 80) == "red plain"


def test_an_override_of_direction_is_removed() -> None:
    assert neutral.line("\u202egnp.exe\u202c", 80) == "gnp.exe"


def test_right_to_left_text_is_isolated() -> None:
    shown = neutral.line("تصحيح السلة", 80)

    assert shown.startswith("\u2068")
    assert shown.endswith("\u2069")


def test_stacked_marks_are_cut_short() -> None:
    assert len(neutral.line(ATTACKS[7], 400)) <= 3


def test_what_was_cut_shows_as_an_ellipsis() -> None:
    assert neutral.line("abcdefgh", 5) == "abcd…"


@given(st.text(alphabet=" \x1b[0;m]\x07P", max_size=4_000))
def test_nested_escapes_never_survive(text: str) -> None:
    assert "\x1b" not in neutral.line(text, 4_000)


def test_only_a_plain_web_address_is_kept() -> None:
    assert neutral.web_address("https://alerts.example/a?x=1&y=2") == "https://alerts.example/a?x=1&y=2"
    for bad in (None, "javascript:alert(1)", "https://a|b", "https://a>b", "https://a b", "https://é.example"):
        assert neutral.web_address(bad) is None
