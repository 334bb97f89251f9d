"""Secrets in what encloses them: quotes of three, XML, parts of forms, addresses of databases, words of other languages."""

import pytest

from tools.text.redaction import redact

SECRET = "".join(("x7Gh2k", "Pq9Lm4"))


@pytest.mark.parametrize(
    "template",
    [
        'password = """%s"""',
        "password = '''%s'''",
        'password: """\n%s\n"""',
        "password = [[%s]]",
        "password = [==[%s]==]",
        "Password={%s;}",
        "password={%s}",
        "<password><![CDATA[%s]]></password>",
        '<property name="password">%s</property>',
        "&lt;property name=&quot;password&quot;&gt;%s&lt;/property&gt;",
        '<property name="password"><![CDATA[%s]]></property>',
        'name="password"\r\n\r\n%s\r\n',
        'form-data; name="password"\r\nContent-Type: text/plain\r\n\r\n%s\r\n--x',
        'form-data; name=\\"password\\"\\r\\n\\r\\n%s\\r\\n--x',
        "curl -u me:%s x",
        "curl -sS -u 'me:%s' https://x",
        "u:%s@tcp(h:3306)/d",
        'sql.Open("mysql", "root:%s@unix(/tmp/m.sock)/d")',
        "PASSWORD<<EOF\n%s\nEOF",
        "password = <<~EOS\n  %s\nEOS",
        "password=<<'X'\n%s\nX",
        "SET PASSWORD FOR u = '%s'",
        "set password for u to '%s'",
        'password = Secret.new("%s")',
        'Password.new("%s")',
        'password = String.valueOf("%s")',
        'password.setValue("%s")',
        'passwordField.sendKeys("%s")',
        "password \u2502 %s",
        "[password,%s]",
        "password::%s",
        "password; %s",
        "password = = %s",
        "password: !vault %s",
        "password: - %s",
        "Passwort: %s",
        "Mot de passe : %s",
        "contrase\u00f1a: %s",
        "senha: %s",
        "dbSenha = '%s'",
        "\u041f\u0430\u0440\u043e\u043b\u044c: %s",
        "\u5bc6\u7801\uff1a%s",
        "\u5bc6\u78bc: %s",
        "wachtwoord: %s",
        "heslo: %s",
        "parola: %s",
        "salasana: %s",
        "adgangskode: %s",
        "\u015fifre: %s",
        "m\u1eadt kh\u1ea9u: %s",
        '<property name="hibernate.connection.password">%s</property>',
        '<entry key="com.acme.shop.billing.primary.pool.password">%s</entry>',
        '<entry key="db[0].password">%s</entry>',
        '<entry key="9db.password">%s</entry>',
        '<entry key="db.password">%s</entry>',
        '<property name="connection.password" value="%s"/>',
        "has\u0142o: %s",
        "l\u00f6senord: %s",
        "\u30d1\u30b9\u30ef\u30fc\u30c9: %s",
        "\ube44\ubc00\ubc88\ud638: %s",
        "['password' => %s]",
    ],
)
def test_what_encloses_a_secret_stays_and_the_secret_goes(template: str) -> None:
    clean = redact(template % SECRET)
    assert SECRET not in clean
    assert "<redacted:password>" in clean
    assert redact(clean) == clean


def test_a_word_of_a_form_is_a_secret_where_the_form_says_so() -> None:
    part = 'Content-Disposition: form-data; name="password"\r\n\r\nhunter\r\n--x'
    assert redact(part) == part.replace("hunter", "<redacted:password>")


@pytest.mark.parametrize(
    "text",
    [
        "['newuserpassword' => false]",
        "['a' => 1, 'password' => null]",
        "[token => null]];",
        "password = None",
        "token = next(lexer)",
        "x_authorization = config.get(",
        'authorization = request.headers.get("authorization")',
        "Requests need a token, in the header Authorization, behind the word Bearer.",
        "Requests need a token: Authorization: Bearer <token>.",
        "docker run -u 1000:1000 img",
        "docker run -u www-data:www-data img",
        'fmt.Sprintf("%s:%s@tcp(%s:%d)/%s", u, p, h)',
        '"${USER}:${PASS}@tcp(h)/d"',
        "pgsql://user@unix(/var/run/postgresql)/roundcubemail",
        "use crate::token::Sha256;",
        "Password::Hash2a3x::new()",
        "char *password; float4x4 m;",
        "password: - must hold 8 letters",
        "Passwort: ung\u00fcltig",
        "\u043f\u0430\u0440\u043e\u043b\u044c: \u043d\u0435\u0432\u0435\u0440\u043d\u044b\u0439",
        "\u5bc6\u7801: \u4e0d\u80fd\u4e3a\u7a7a",
        "senha: obrigat\u00f3ria",
        "o desenhador = desenha(figura1)",
        "resenha: livro12abc",
        '<string name="login_password">Mot de passe</string>',
        '<string name="wrong_password">Incorrect password!</string>',
        "password: !Ref DbPassword",
        'password = """Read the password of it."""',
        'token.set("user1234", 5)',
        "<Input password={password1} />",
        "password = String.valueOf(chars)",
        "--password <<EOF\nSELECT 1\nEOF",
        'password [[ -n "$x1y2z3" ]]',
        "secret: [[Page1]]",
    ],
)
def test_code_and_words_beside_a_name_of_a_secret_stay(text: str) -> None:
    assert redact(text) == text
