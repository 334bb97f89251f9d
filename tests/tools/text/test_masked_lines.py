"""Secrets in lines of code, one line at a time."""

from tools.text.identifiers import identifiers
from tools.text.redaction import masked_lines, redact_code

PASSWORD = "Kdj38" + "dkEE6"
CODE = f'def connect(host):\n    token = parse(host)\n    return open(host, password="{PASSWORD}")\n'


def test_only_lines_with_a_secret_are_changed() -> None:
    assert masked_lines(CODE.split("\n")) == {
        f'    return open(host, password="{PASSWORD}")': '    return open(host, password="<redacted:password>")'
    }


def test_code_keeps_its_lines() -> None:
    block = "-----BEGIN RSA PRIVATE KEY-----\n" + "Ab1Cd2Ef3Gh4" * 5 + "\n" + "x9Yz8Wv7Ut6S" * 5 + "\nend"
    masked = redact_code(CODE + block)
    assert PASSWORD not in masked
    assert "Ab1Cd2Ef3Gh4" not in masked
    assert len(masked.split("\n")) == len((CODE + block).split("\n"))
    assert redact_code("x = 1\n\n") == "x = 1\n\n"


def test_a_placeholder_is_no_word() -> None:
    assert identifiers(redact_code(CODE)) == [
        word for word in identifiers(CODE) if word != PASSWORD and "redacted" not in word
    ]


def test_line_breaks_inside_a_line_do_not_move_the_others() -> None:
    odd = "first\nsecond"
    assert list(masked_lines([odd, f"password={PASSWORD}", "last"])) == [f"password={PASSWORD}"]
