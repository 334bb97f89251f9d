"""Names of secrets and forms of sentences in which one follows, and lines that only look so."""

import pytest

from tools.text.redaction import redact


@pytest.mark.parametrize(
    "text",
    [
        *("pass phrase: {}", "$pw = '{}'", "pw: {}", "creds={}", "storepass {}", "-keypass {}", "deploy_token {}"),
        *(
            "AWS_SECRET_ACCESS_KEY {}",
            "password for user ana: {}",
            "Password for 'https://ana@host': {}",
            "password ({})",
        ),
    ],
)
def test_a_secret_after_its_name_is_masked(text: str) -> None:
    assert "hunter2secretX9" not in redact(text.format("hunter2secretX9"))


@pytest.mark.parametrize(
    "text",
    [
        *("pw = computePower(x)", "kpw: 9x7Gh2kPq", "the password (required)", "password for user ana: missing"),
        *(
            "compass points north",
            "bypass route 66b",
            "next_token index4b",
            "creds = load()",
            "pw: null",
            "Done with creds: %r. Bye",
        ),
    ],
)
def test_a_line_that_only_looks_so_stays(text: str) -> None:
    assert redact(text) == text
