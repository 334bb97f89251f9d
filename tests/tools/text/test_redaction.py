"""Secrets and personal data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.traces import nasty
from tools.text.redaction import redact
from tools.text.secret_checks import is_card_number, is_global_address, is_iban, passes_luhn

NASTY = nasty()
ARGUMENT = "'<redacted:argument>'"
KEY_BLOCK = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow-IBAAKCAQEA\nabc=\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("password=hunter22", "password=<redacted:password>"),
        ("DB_PASSWORD: 'p4ss w0rd'", "DB_PASSWORD: '<redacted:password>'"),
        ('{"api_key": "abc123def"}', '{"api_key": "<redacted:secret>"}'),
        ('{\\"password\\":\\"s3cret!\\"}', '{\\"password\\":\\"<redacted:password>\\"}'),
        ("'secret' => 'tops3cret',", "'secret' => '<redacted:secret>',"),
        ("GET /a?access_token=f00ba4&page=2", "GET /a?access_token=<redacted:token>&page=2"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic <redacted:token>"),
        ('Authorization: Digest username="me", response="6629fae4"', "Authorization: Digest <redacted:token>"),
        ("Authorization: Digest  username='me',\r\n\tresponse = '66'", "Authorization: Digest  <redacted:token>"),
        ("Authorization: Digest realm=a , response=66", "Authorization: Digest <redacted:token>"),
        ("Authorization: AWS AKEXAMPLE1:frJIUN8DYpKDtOLCwo6N", "Authorization: AWS <redacted:token>"),
        ("WWW-Authenticate: Negotiate\toYG2MIGzoAMKAQChCw==", "WWW-Authenticate: Negotiate\t<redacted:token>"),
        ("WWW-Authenticate: Negotiate oYG2MIGzoAMKAQChCw==", "WWW-Authenticate: Negotiate <redacted:token>"),
        ("curl -H 'authorization: Bearer abc.def-ghi_jkl'", "curl -H 'authorization: Bearer <redacted:token>'"),
        ("Cookie: sid=abc; theme=dark", "Cookie: <redacted:cookie>"),
        ("mysql://root:hunter2@db/shop", "mysql://root:<redacted:password>@db/shop"),
        ("id eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl!", "id <redacted:token>!"),
        ("key AKIAABCDEFGHIJKLMNOP leaked", "key <redacted:token> leaked"),
        ("remote ghp_" + "a1B2" * 9, "remote <redacted:token>"),
        (KEY_BLOCK + "\nrest", "<redacted:private-key>\nrest"),
        ("#0 /a.php(3): Guard->login('bob', 'pw')", f"#0 /a.php(3): Guard->login({ARGUMENT}, {ARGUMENT})"),
        ("no user jane.doe@example.org here", "no user <redacted:email> here"),
        ("card 4111 1111 1111 1111 declined", "card <redacted:card> declined"),
        ("to DE89 3704 0044 0532 0130 00 failed", "to <redacted:iban> failed"),
        ("call +49 170 1234567 now", "call <redacted:phone> now"),
        ("ssn 123-45-6789", "ssn <redacted:ssn>"),
        ("client: 93.184.216.34, server", "client: <redacted:ip>, server"),
        ("from 2001:db8:0:0:0:ff00:42:8329 at", "from <redacted:ip> at"),
        ("login of tom.o'brien@example.org", "login of <redacted:email>"),
        ("print(b'bob@example.org')", "print(b'<redacted:email>')"),
        ("rappelez le 06 12 34 56 78.", "rappelez le <redacted:phone>."),
        ('Db { password: Some("x7Gh2kPq") }', 'Db { password: Some("<redacted:password>") }'),
        ("jdbc:oracle:thin:shop/x7Gh2kPq@//db2:1521/O", "jdbc:oracle:thin:shop/<redacted:password>@//db2:1521/O"),
        ("Uid=sa;Pwd={x7{}}Gh2};Port=1", "Uid=sa;Pwd={<redacted:password>};Port=1"),
        ("ssh-keygen -N x7Gh2kPq -f id", "ssh-keygen -N <redacted:password> -f id"),
        ("sshpass -px7Gh2kPq ssh db", "sshpass -p<redacted:password> ssh db"),
        ("export API_TOKEN=\\\n  x7Gh2kPq\\\nz8Jk3mRs", "export API_TOKEN=\\\n  <redacted:token>"),
        ('{"\\u0070assword": "x7Gh2kPq"}', '{"password": "<redacted:password>"}'),
    ],
)
def test_secrets_and_personal_data_go_and_keys_stay(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "self._token = tokenize(sql)",
        "return Parser(token=token, secret=self.secret)",
        "def check(password: str, token: Token) -> bool:",
        "TokenType.WHERE: lambda self: self._parse_where()",
        "Unexpected token: 'SELECT' at 3",
        "max_tokens=512, completion_tokens: 1024",
        "$password = $this->get('x');",
        "commit b6c1afaa47e963e354279b6efc8682dcd20a8889",
        "Required keyword 'password' missing",
        "PWD=/srv/app",
        "connect to 10.0.0.1:5432 and 127.0.0.1, version 4.2.7.1",
        "at f (/srv/node_modules/a@1.2.3/x.js:1:2) icon@2x.png go.mod y@v1.2.3/file.go",
        "order 1234567890123456 at 1700000000000",
        "@@ -1,2 +3,4 @@\n+1000000\n-2000",
        "password: <redacted:password>, user root",
        "unexpected token: 'end_of_line' (line 14)",
        "0000 01 02 03 04 05 06 07 08 |........|",
        "<Input password={props.password} />",
        "read src/a@//b and sshpass -p $PASSWORD ssh db",
    ],
)
def test_code_and_harmless_numbers_stay(text: str) -> None:
    assert redact(text) == text


@given(
    st.lists(st.text(max_size=100) | st.sampled_from(sorted(each[:200] for each in NASTY.values())), max_size=5).map(
        " ".join
    )
)
def test_any_text_is_redacted_once(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@given(
    st.from_regex(r"[A-Za-z0-9]{8,30}[0-9]", fullmatch=True), st.sampled_from(["password", "API_KEY", "client-secret"])
)
def test_no_random_value_beside_a_telling_key_survives(value: str, key: str) -> None:
    for form in (
        f"{key}={value}",
        f'{{"{key}": "{value}"}}',
        f"'{key}' => '{value}'",
        f"https://x/?a=1&{key}={value}&b=2",
    ):
        assert value not in redact(form)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", sorted(NASTY))
def test_nasty_text_does_not_hang(name: str) -> None:
    redact(NASTY[name])


def test_numbers_are_checked_not_guessed() -> None:
    assert is_card_number("4111 1111 1111 1111")
    assert not is_card_number("4111 1111 1111 1112")


@pytest.mark.parametrize(
    "card",
    [
        *("378282246310005", "5555555555554444", "2223003122003222", "30569309025904"),
        *("3530111333300000", "6011111111111117", "6240008631401148", "6759649826438453"),
    ],
)
def test_cards_of_each_issuer_are_known(card: str) -> None:
    assert redact(f"card {card} declined") == "card <redacted:card> declined"


@pytest.mark.parametrize(
    "number", ["6136132146668244401", "4000000000000000006", "3000000000000000007", "5000000000000009"]
)
def test_an_id_that_only_passes_the_check_is_no_card(number: str) -> None:
    assert passes_luhn([int(digit) for digit in number])
    assert redact(f"event?id={number}") == f"event?id={number}"
    assert is_iban("DE89370400440532013000")
    assert not is_iban("DE88370400440532013000")
    assert is_global_address("93.184.216.34")
    assert not is_global_address("192.168.7.44")
