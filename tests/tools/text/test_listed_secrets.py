"""Secrets as languages and frameworks print them inside something: a list, a binary, an object, the next line."""

import pytest

from tools.text.redaction import redact

SECRET = "".join(("hunter2", "Sec99"))


@pytest.mark.parametrize(
    "template",
    [
        "<QueryDict: {'username': ['bob'], 'password': ['%s']}>",
        "map[password:[%s] user:[bob]]",
        'url.Values{"password":[]string{"%s"}}',
        "params={password=[%s], user=[bob]}",
        '{"password":["%s"]}',
        '{\\"password\\":[\\"%s\\"]}',
        '"password": [\n    "x7Gh2kPq",\n    "%s"\n  ]',
        "{'password': ['with ] in it', '%s']}",
        "Map(1) {'password' => [b'%s']}",
        '#{password => <<"%s">>}',
        '#{<<"password">> => <<"%s">>}',
        '{password,<<"%s">>}',
        '{token,<<"%s">>}',
        '{<<"x-api-key">>,<<"%s">>}',
        '{<<"cookie">>,<<"session=%s">>}',
        'password: ~c"%s"',
        'Password: (string) (len=12) "%s"',
        'Password:(*string)("%s")',
        "password = Some(%s)",
        "Config { password: Optional[%s] }",
        '"password"=&gt;"%s"',
        "password=&gt;%s",
        "password:\n    %s\nuser: bob",
        '"password":{"value":"%s"}',
        '"api_token": { "stringValue" : "%s" }',
        "password->%s",
        "password -> %s",
        'Map("password" -> "%s")',
        "obj-&gt;api_key-&gt;%s",
        "client_secret->>'%s'",
        "token ~> %s",
        "password ==> %s",
        "password \u2192 %s",
        'password <- "%s"',
        " password | %s",
        "Tuple2(password,%s)",
        '(password . "%s")',
        "('password' . '%s')",
        'password ||= "%s"',
        "token ??= '%s'",
        "DB_PASSWORD ?= %s",
        "SET password = N'%s'",
        'password = @"%s"',
        "password: ~s(%s)",
        "password = %%q(%s)",
        "password = q'[%s]'",
        'password = R"(%s)"',
        'secret = ("%s")',
        'token = new String("%s")',
        'let password = String::from("%s");',
        "password: !!str %s",
        "password: &pw %s",
        "password = Just %s",
        "password:\n- %s",
        'tokens:\n  - "%s"',
        '["authorization", "Basic %s"]',
    ],
)
def test_a_secret_inside_what_a_language_prints_goes(template: str) -> None:
    redacted = redact(template % SECRET)
    assert SECRET not in redacted
    assert "<redacted:" in redacted
    assert redact(redacted) == redacted


def test_what_stands_around_a_list_stays() -> None:
    text = f"ValueError: map[password:[{SECRET}] user:[bob]] refused"
    assert redact(text) == "ValueError: map[password:[<redacted:password>] user:[bob]] refused"


@pytest.mark.parametrize(
    "text",
    [
        "{'password': ['This field is required.']}",
        '{"password": ["must be at least 8 characters", "is too common"]}',
        "password=[must not be empty]",
        "password: [Validators.required, Validators.minLength]",
        "tokens = [t.strip() for t in text.split()]",
        "Unexpected tokens: ['SELECT', 'from_clause']",
        "tokens: ['▁world', '##ing']",
        "let tokens: [String] = []",
        "secret: [u8; 32]",
        "re.compile(r'token=[a-f0-9]+')",
        "re.compile(r'password=[^&]+')",
        'secrets: ["DB_PASSWORD", "API_TOKEN"]',
        "password=[FILTERED]",
        'password_hashers = ["argon2", "bcrypt"]',
        "token = Some(self.token)",
        "if not token:\n    raise InvalidToken\n",
        "cin >> token >> key;",
        "credentials:\n  username: bob\n",
        "if (token->type == T_STRING && token->value2Str)",
        "password -> encoder.encode(password)",
        "users.filter(password -> password.length() > 8)",
        "fn token(&self) -> u64 {",
        "token->utf8len, key->int32val",
        "| password | string | required |",
        "password|confirmed|min:8",
        "SELECT payload->'token'->>'expires_at2' FROM t",
        "Parser(token, Utf8Lexer1)",
        "f(token,index32)",
        "$token . 'utf8mb4'",
        'password = @"^(?=.*[a-z])"',
        "tokens = %w[if then else]",
        "token ||= fetch_token",
        "password: !Ref DbPassword2",
        '["Authorization", "Content-Length"]',
    ],
)
def test_a_list_that_holds_no_secret_stays(text: str) -> None:
    assert redact(text) == text
