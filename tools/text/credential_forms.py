"""Secrets recognised by how they are used: in addresses, headers, program options, calls, hashes."""

import re
from typing import Final

from tools.text.rule import PLACEHOLDER, Anchored, Rule, masked
from tools.text.secret_checks import is_strong

_WORD = r"(?P<quote>[\"'])?(?P<value>(?(quote)[^\"'\n]{1,400}+|[^\s\"'|;&<>]{1,400}+))"
_PARAMETER: Final = (
    r"[\w-]{1,30}[ \t]{0,3}=[ \t]{0,3}(?:\\?\"[^\"\\\n]{0,400}+\\?\"|'[^'\n]{0,400}+'|[^\s,\"'\\<]{1,400}+)"
)
_NUMBER_OR_PLACE: Final = re.compile(r"[\d.:/]{1,100}(?:/\w{1,100})?")
_DIGIT: Final = re.compile(r"\d")
_CALL: Final = re.compile(r"[A-Za-z_]++(?:\.[A-Za-z_]++)*+")
_SEPARATOR: Final = re.compile(r"[\n|;&]")
_ARGUMENT: Final = re.compile(r"'[^']{0,200}'")


def _program(found: re.Match[str]) -> str:
    value = found["value"]
    if value.startswith(("$", PLACEHOLDER, "-")) or _NUMBER_OR_PLACE.fullmatch(value):
        return found[0]
    return masked(found, "password")


_PROGRAMS: Final = {
    # Programs that take a password behind a short option: with a gap before it, without one, or either.
    "p": re.compile(r"\b(?:(?P<glued>mysql|mariadb|7z)\w*+|login|twine|mongo\w*+)\s"),
    "P": re.compile(r"\b(?:zip|unzip|zipcloak|ssh-keygen)\s"),
    "N": re.compile(r"\bssh-keygen\s"),
    "a": re.compile(r"\bredis-cli\s"),
    "w": re.compile(r"\bldap\w{3,8}\s"),
}


def _short_option(key: re.Match[str], found: re.Match[str]) -> str:
    """Mask `mysql -px7Gh2kPq9`, `redis-cli -a x7Gh2kPq9`, after one of those programs on the line."""
    before = _SEPARATOR.split(key.string[max(0, key.start() - 200) : key.start() + 1])[-1]
    program = _PROGRAMS[key["letter"]].search(before)
    if program is None or ("glued" in program.groupdict() and program["glued"] is not None) == bool(found["gap"]):
        return found[0]
    return _program(found)


def _user_of_address(found: re.Match[str]) -> str:
    """Mask the token in `https://TOKEN@host/`, where the token is the user name."""
    value = found["value"]
    digits, letters = sum(map(str.isdigit, value)), sum(map(str.isalpha, value))
    return masked(found, "token") if digits > 1 and letters > 1 else found[0]


def _header(found: re.Match[str]) -> str:
    """Mask the value of a header; letters alone are a word, not a token: `Authorization: required`."""
    value = found["value"]
    if found.string.startswith("(", found.end()) and _CALL.fullmatch(value):  # `authorization = config.get("x")`
        return found[0]
    written = value.isalpha() and (value.islower() or value.isupper() or value.istitle()) and len(value) < 20
    return found[0] if written else masked(found, "token")


def _of_user(found: re.Match[str]) -> str:
    """Mask the password in `curl -u me:x7Gh2kPq9`; a user and a group of the same name are none."""
    return found[0] if found["user"] == found["value"] else _program(found)


def _queried(found: re.Match[str]) -> str:
    """Mask a code or ticket in an address; letters alone are a word, not a secret."""
    return masked(found, "token") if _DIGIT.search(found["value"]) else found[0]


def _password_of_address(found: re.Match[str]) -> str:
    if found["value"].startswith(PLACEHOLDER):
        return found[0]
    user = found["user"]
    if len(user) >= 24 and sum(map(str.isdigit, user)) > 1:
        user = f"{PLACEHOLDER}token>"
    return f"://{user}:{PLACEHOLDER}password>@"


def _arguments(found: re.Match[str]) -> str:
    """Mask the arguments that PHP prints for a call: those of a log-in are always secrets."""
    return found[1] + _ARGUMENT.sub("'<redacted:argument>'", found[2])


def _clause(found: re.Match[str]) -> str:
    return found[0] if found["value"].startswith(PLACEHOLDER) else masked(found, "password")


def _positional(found: re.Match[str]) -> str:
    """Mask a password that is a positional argument of a program."""
    names = (name for name, value in found.groupdict().items() if value is not None and name != "quote")
    name = next(names)
    return found[0] if found[name].startswith((PLACEHOLDER, "$")) else masked(found, "password", name)


def _line_of_pgpass(found: re.Match[str]) -> str:
    return masked(found, "password") if is_strong(found["value"]) else found[0]


CREDENTIAL_FORMS: Final = (
    Rule(
        ("://",), re.compile(r"://(?P<user>[^\s/:@\"'<>]{0,100}):(?P<value>[^\s/\"'<>]{1,200})@"), _password_of_address
    ),
    Rule(("://",), re.compile(r"://(?P<value>[^\s/:@\"'<>]{16,255})@"), _user_of_address),
    Rule(  # a scheme with parameters: Digest, Hawk, OAuth 1
        ("authorization",),
        re.compile(
            r"(?i)(authorization\\?[\"']?\s{0,3}[:=]>?\s{0,3}\\?[\"']?[a-z][\w-]{2,20}[ \t]{1,4})"
            rf"{_PARAMETER}(?:[ \t]{{0,3}},\s{{0,4}}{_PARAMETER}){{0,40}}+"
        ),
        r"\1<redacted:token>",
    ),
    Rule(
        ("authorization",),
        re.compile(
            r"(?i)authorization\\?[\"']?\s{0,3}(?:[:=]>?|(?<=[\"']),(?=\s?[\"'](?:basic|bearer|digest|token)\s))\s{0,3}"
            r"\\?[\"']?(?![\w-]{1,20} <redacted:)(?:[a-z][\w-]{2,20} )?"
            r"(?P<value>[a-z0-9._~+/-]{6,}+(?::[a-z0-9+/]{16,200}+)?={0,2})(?![=\w])"
        ),
        _header,
    ),
    Rule(("bearer",), re.compile(r"[Bb](?i:earer)(?:\s|%20|\+){1,3}(?P<value>[A-Za-z0-9._~+/=-]{12,}+)"), _header),
    Rule(
        ("negotiate", "ntlm"),
        re.compile(r"(?i:negotiate|ntlm)[ \t]{1,4}(?P<value>(?=[A-Za-z+/]{0,80}\d)[A-Za-z0-9+/]{16,}+={0,2})"),
        _header,
    ),
    Rule(
        ("cookie",),
        re.compile(
            r"([Cc](?i:ookie)\\?[\"']?(?:: ?\\?[\"']?|(?:>>)?\s?(?:,|=>)\s?(?:<<)?\\?[\"']))[\w.-]{1,80}=[^\r\n\"'\\]{1,4000}+"
        ),
        r"\1<redacted:cookie>",
    ),
    Rule(("://hooks.",), re.compile(r"(://hooks\.[a-z.]{3,40}/)[\w/-]{10,200}"), r"\1<redacted:token>"),
    Rule(
        ("hook",), re.compile(r"(/(?:web)?hook(?:s|b2)?/)[\w@-]{16,120}(?:/[\w-]{8,120}){0,4}"), r"\1<redacted:token>"
    ),
    Rule(
        ("=",),
        re.compile(
            r"(?:[?&;](?:amp;)?|(?=SAML))(?i:code|key|auth|ticket|assertion|id_token|st|sid|state|nonce|hash|otp|saml\w{4,12}"
            r"|x-(?:amz|goog|oss)-(?:signature|security-token|credential))=(?P<value>[A-Za-z0-9%+/_.~-]{8,}+={0,2})"
        ),
        _queried,
    ),
    Rule(
        ("-u",),
        re.compile(
            r"[\s\"'](?:-[uU]|--(?:proxy-)?user)(?:[ \t]{0,3}|=)[\"']?(?P<user>[\w.@%+\\-]{1,100})[:%](?P<value>[^\s\"'/:][^\s\"']{2,200})"
            r"(?![^\s\"'])"
        ),
        _of_user,
    ),
    Rule(  # the address of a database as Go's driver takes it
        ("@tcp", "@unix", "@cloudsql"),
        re.compile(
            r"(?<![\w.:/@<-])[\w.-]{1,60}:(?!//)(?P<value>[^\s\"'%$<{][^\s\"'@]{0,100}(?:@[^\s\"'@]{1,100})?)@(?:tcp6?|unix|cloudsql)\("
        ),
        _clause,
    ),
    Anchored(
        (" -p", " -a", " -w", " -n"),
        re.compile(r" -(?P<letter>[pPawN])(?=[ \t=]?[^\s-])"),
        ((re.compile(rf"(?P<gap>[ \t=]{{0,2}}){_WORD}"), _short_option),),
    ),
    Rule(
        ("(",),
        re.compile(
            r"((?:PDO->__construct|mysqli?(?:_p?connect|->__construct|->real_connect)|password_(?:verify|hash)|ldap_bind"
            r"|ssh2_auth_password|ftp_login|imap_open|hash_hmac|openssl_(?:en|de)crypt|Redis->auth"
            r"|(?:->|::)(?i:(?:attempt|try|do|basic|with|set|check|validate)?_?(?:login|log_in|sign_?in|authenticate"
            r"|auth(?=\()|basicauth|check_?password|password))\w{0,30})\()([^)\n]{1,500}+)"
        ),
        _arguments,
    ),
    Rule(
        ("jwt.", "hmac"),
        re.compile(
            r"(?:jwt\.(?:sign|verify|encode|decode)|[cC]reateHmac|hmac\.new)\([^()\n,]{1,80},\s{0,3}(?P<value>'[^'\n]{6,200}'|\"[^\"\n]{6,200}\")"
        ),
        _clause,
    ),
    Rule(
        ("sqlplus", "rabbitmqctl", "htpasswd", "chpasswd", "jdbc:oracle:", "sshpass"),
        re.compile(
            r"(?:(?:sqlplus\s|jdbc:oracle:\w{2,10}:)[^\s/]{1,60}/(?P<oracle>[^\s@]{3,100})@"
            r"|sshpass\s-p(?P<ssh>[^\s'\"]{3,100}+)"
            r"|sshpass\s-p\s?(?P<quote>['\"])(?P<quoted>[^'\"\n]{1,100})(?P=quote)|sshpass\s-p\s(?P<bare>[^\s'\"$-]\S{2,100}+)"
            r"|rabbitmqctl\s(?:add_user|change_password|authenticate_user)\s\S{1,60}\s(?P<rabbit>\S{3,100})"
            r"|htpasswd\s-\w{0,4}b\w{0,4}\s(?:\S{1,100}\s)?\S{1,60}\s(?P<apache>\S{3,100})"
            r"|[\"'][\w.-]{1,60}:(?P<unix>[^\s\"']{3,100})[\"']\s?\|\s?(?:sudo\s)?chpasswd)"
        ),
        _positional,
    ),
    Rule(("@//",), re.compile(r"\b(?<![/.])[\w$#]{1,60}/(?P<oracle>[^\s@/]{3,100})@//\w"), _positional),
    Rule(  # ODBC, whose values may stand in braces
        ("pwd={", "password={"),
        re.compile(
            r"(?i)(?:;|\{;)\s?(?:pwd|password)=\{(?=[^}\n]{0,200}+\})(?P<value>(?:[^}\n]|\}\}|\}(?![;\s\"']|\Z)){1,200})\}"
        ),
        lambda found: masked(found, "password"),
    ),
    Rule(
        ('"kty"',),
        re.compile(r"\"(?:d|p|q|dp|dq|qi|k)\"\s{0,3}:\s{0,3}\"(?P<value>[\w-]{16,2000}+)\""),
        lambda found: masked(found, "private-key"),
    ),
    Rule(
        ("$",),
        re.compile(
            r"\$(?:2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}"
            r"|(?:1|5|6|7|y|gy|apr1|sha1|md5|argon2\w{0,2}|scrypt|pbkdf2[\w-]{0,10})\$[^\s\"'<>:,]{16,}+)"
        ),
        "<redacted:hash>",
    ),
    Rule(
        ("pbkdf2_sha", "bcrypt_sha"), re.compile(r"(?:pbkdf2|bcrypt)_sha\d{1,3}\$[^\s\"'<>]{20,}+"), "<redacted:hash>"
    ),
    Rule(("sha",), re.compile(r"\{S?SHA\d{0,3}\}[A-Za-z0-9+/]{20,}+={0,2}"), "<redacted:hash>"),
    Rule(
        ("identified ", "password for ", "password '", 'password "', "password\t"),
        re.compile(
            r"(?i)(?:identified\s(?:with\s[\w']{1,40}\s)?(?:by|as)(?:\spassword)?|(?:set|encrypted|with)\s{1,3}password"
            r"|set\s{1,3}password\s{1,3}for\s{1,3}[^\s=]{1,100}\s{0,3}(?:=|\bto\b))\s{1,3}"
            r"(?P<value>'[^'\n]{1,200}'|\"[^\"\n]{1,200}\")"
        ),
        _clause,
    ),
    Rule(
        (":",),
        re.compile(r"(?m)^[\w.*-]{1,100}:(?:\d{3,5}|\*):[\w*-]{1,64}:[\w*-]{1,64}:(?P<value>\S{4,100})$"),
        _line_of_pgpass,
    ),
)
