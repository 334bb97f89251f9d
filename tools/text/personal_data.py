"""Personal data recognised by context: mail addresses, and values next to a key for a person's name, number or date."""

import re
from typing import Final

from tools.text.assignment import BETWEEN, QUOTE, QUOTED
from tools.text.rule import PLACEHOLDER, Anchored, KeyedReplacement, Replacement, masked, word_before
from tools.text.secret_checks import is_code

_BARE = r"(?P<bare>[^\s\"'&,;)}\\`<]{2,80}+)"
_KEYED = rf"(?:{BETWEEN}|\s{{1,2}}(?:is\s|number\s|no\.?\s|nr\.?\s)?)\s{{0,3}}{QUOTE}?"
_SERVICES_WORDS = """
root admin administrator user users guest test testuser tester nobody anonymous default system service app application
web www www-data http apache nginx node postgres postgresql mysql mariadb redis mongo mongodb rabbitmq elastic sa dba
db deploy deployer ci build builder jenkins gitlab github git bot runner ubuntu debian centos vagrant docker ec2-user
api client server worker daemon backup monitor monitoring sys oauth2 token x-access-token demo example foo bar name
username login me owner member customer editor viewer author public private unknown none localhost shop store
"""
_SERVICES: Final = frozenset(_SERVICES_WORDS.split())


def _keyed_number(found: re.Match[str]) -> str:
    return masked(found, "national-id") if sum(map(str.isdigit, found["value"])) >= 4 else found[0]


def _telephone(found: re.Match[str]) -> str:
    return masked(found, "phone") if 7 <= sum(map(str.isdigit, found["value"])) <= 15 else found[0]


def _birth(found: re.Match[str]) -> str:
    return masked(found, "birth-date")


def _name(found: re.Match[str]) -> str:
    group = "value" if found["value"] is not None else "bare"
    return found[0] if found[group].lower() in _SERVICES or _is_code(found, group) else masked(found, "name", group)


def _user(found: re.Match[str]) -> str:
    """Mask the name of a logged-in person; names of services and variables stay."""
    group = "value" if found["value"] is not None else "bare"
    value = found[group]
    if not _OF_PERSON.fullmatch(value) or value.lower() in _SERVICES or _OF_MACHINE.match(value):
        return found[0]
    assigned = found["sep"] == "=" or group == "value"
    person = _DOTTED.fullmatch(value) and not _OBJECTS.match(value)
    if not assigned or _CAMEL.search(value) or (not person and _is_code(found, group)):
        return found[0]
    return masked(found, "name", group)


_OF_PERSON = re.compile(r"[A-Za-z][A-Za-z0-9.+-]{2,40}|[A-Z][\w'-]++(?: [A-Z][\w'.-]*+){1,3}")
_OF_MACHINE = re.compile(r"(?i)user|test|svc|system")
_DOTTED = re.compile(r"[a-z]{3,20}\.[a-z]{3,20}")
_CAMEL = re.compile(r"[a-z][A-Z]")
_ENCODED = re.compile(r"\A[0-9A-Fa-f]{2}")
_OBJECTS = re.compile(
    r"(?:self|this|request|req|res|ctx|context|args|settings|config|session|data|params|event|account|auth|current|app|obj|item"
    r"|row|model|form|input|props|state|payload|body|message|record|result|response|client|instance|profile)\."
)


def _is_code(found: re.Match[str], group: str) -> bool:
    following = found.string[found.end() : found.end() + 1]
    return is_code(found["key"], "=", found[group], quoted=group == "value", following=following)


def _form(pattern: str, replacement: Replacement) -> tuple[re.Pattern[str], KeyedReplacement]:
    return re.compile(f"(?i){pattern}"), lambda _, found: replacement(found)


BESIDE_A_KEY: Final = Anchored(
    (
        "tel",
        "phone",
        "mobil",
        "cell",
        "handy",
        "fax",
        "sms",
        "whatsapp",
        "msisdn",
        "rückruf",
        "ssn",
        "social",
        "sin",
        "nino",
        "ni number",
        "national",
        "dni",
        "nie",
        "nif",
        "codice",
        "nir",
        "insee",
        "steuer",
        "tax",
        "tin",
        "tfn",
        "bsn",
        "pesel",
        "cpf",
        "cnpj",
        "curp",
        "rut",
        "cuil",
        "cuit",
        "ahv",
        "avs",
        "person",
        "cpr",
        "hetu",
        "aad",
        "pan",
        "nhs",
        "medicare",
        "passport",
        "reisepass",
        "ausweis",
        "driv",
        "identity",
        "id card",
        "id_card",
        "cnp",
        "egn",
        "oib",
        "jmbg",
        "amka",
        "hkid",
        "nric",
        "emirates",
        "resident",
        "account",
        "sort",
        "routing",
        "konto",
        "vat",
        "imei",
        "licen",
        "dob",
        "date",
        "birth",
        "geb",
        "first",
        "last",
        "middle",
        "full",
        "family",
        "given",
        "sur",
        "display",
        "real",
        "maiden",
        "customer",
        "client",
        "contact",
        "recipient",
        "patient",
        "employee",
        "card",
        "holder",
        "billing",
        "shipping",
        "vorname",
        "nachname",
        "payee",
        "street",
        "address",
        "postal",
        "home",
        "user",
        "login",
        "usr",
        "remote",
        "actor",
        "requested",
    ),
    re.compile(r"(?i)(?<![a-z])(?=[^\d\n=:＝：%]{2,40}[\d=:＝：%])"),
    (
        _form(
            r"(?:tele(?:phone|fon|fono)|t[eé]l(?:[eé]phone|[eé]fono)?|phone|mobile?|cell(?:ular)?|handy|fax|sms|whatsapp|msisdn"
            rf"|rückruf)(?:[ _-]?(?:number|num|no|nr|nummer))?\.?(?:{_KEYED}|:)(?P<value>\(?\+?\d[\d ()/.-]{{5,22}}\d)(?![\w-])",
            _telephone,
        ),
        _form(
            r"(?:ssn|social[ _-]?security(?:[ _-]?(?:number|no))?|sin|nino?|ni[ _-]number|national[ _-]?(?:insurance|id)"
            r"(?:[ _-]?(?:number|no))?|dni|nie|nif|codice[ _-]?fiscale|nir|insee|steuer-?(?:id|nummer|identifikationsnummer)"
            r"|tax[ _-]?(?:id|number)|tin|tfn|bsn|pesel|cpf|cnpj|curp|rut|cuil|cuit|ahv|avs|personnummer"
            r"|personal[ _-]?(?:id|code|number)|cpr|hetu|aadh?aar|pan[ _-](?:card|no|number)|nhs(?:[ _-]?(?:number|no))?"
            r"|medicare(?:[ _-]?(?:number|no))?|passport(?:[ _-]?(?:number|no))?|reisepass\w{0,8}|ausweis\w{0,8}"
            r"|driv(?:er'?s?|ing)[ _-]?licen[cs]e(?:[ _-]?(?:number|no))?|identity[ _-]?(?:card|number)"
            r"|id[ _-]?card(?:[ _-]?(?:number|no))?|cnp|egn|oib|jmbg|amka|hkid|nric|emirates[ _-]?id|resident[ _-]?id"
            r"|account[ _-]?number|sort[ _-]?code|routing[ _-]?number|konto(?:nummer)?|vat[ _-]?id|imei|licen[cs]e[ _-]?plate)"
            rf"{_KEYED}(?P<value>[A-Z]{{0,5}}[ -]?\d(?:[ ./-]?[A-Z0-9]){{3,24}})(?![\w-])",
            _keyed_number,
        ),
        _form(
            r"(?:dob|date[ _-]?of[ _-]?birth|birth[ _-]?(?:date|day)|geburtsdatum|geb\.)"
            rf"{_KEYED}(?P<value>\d{{1,4}}[-./ ]\d{{1,2}}[-./ ]\d{{1,4}})",
            _birth,
        ),
        _form(
            r"(?P<key>(?:first|last|middle|full|family|given|sur|display|real|maiden|customer|client|contact|recipient|patient"
            r"|employee|account|card|cardholder|holder|billing|shipping)[ _-]?name|surname|vorname|nachname|cardholder"
            r"|account[ _-]?holder|payee|street(?:[ _-]?address)?|address[ _-]?line[ _-]?\d?"
            rf"|(?:postal|billing|shipping|home)[ _-]?address){BETWEEN}\s{{0,3}}(?:{QUOTED}|{_BARE})",
            _name,
        ),
        _form(
            r"(?P<key>user(?:[ _-]?name)?|login|usr|remote_user|actor|requested[ _-]by)"
            rf"{QUOTE}?\]?\s{{0,2}}(?P<sep>=>|:|=)\s{{0,2}}(?:{QUOTED}|{_BARE})",
            _user,
        ),
    ),
)

_DOMAIN = re.compile(r"(?:@|%40)(?P<host>[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,6}\.[A-Za-z]{2,24})(?![\w-])")
_LOCAL: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-"
_FILE_OR_HOST = re.compile(
    r"(?i)\.(?:png|jpe?g|gif|svg|webp|[cm]?[jt]sx?|css|map|php|py|html?|vue|rb|go|java|kt|json|ya?ml|lock|so|gz|zip|jar|txt|md"
    r"|service|socket|target|timer|mount|slice|local)\Z"
)


_LITERAL: Final = re.compile(r"(?<![A-Za-z0-9_.+-])(?:[bfru]|br|rb|fr|rf)'\Z", re.IGNORECASE)


def _before_apostrophe(before: str) -> str:
    """`tom.o'` of `tom.o'brien@...`; the quote of a literal is no part of a name."""
    if before[-1:] != "'" or not before[-2:-1].isalpha() or _LITERAL.search(before, max(0, len(before) - 4)):
        return ""
    return word_before(before, len(before) - 1, _LOCAL, 64) + "'"


def without_mail(text: str) -> str:
    """Return `text` without mail addresses; `git@host`, and files and versions with an `@`, stay."""
    done: list[str] = []
    end = 0
    for found in _DOMAIN.finditer(text):
        local = word_before(text[end : found.start()], found.start() - end, _LOCAL, 64)
        if text[found.start() - len(local) - 1 : found.start() - len(local)] == "%":
            local = _ENCODED.sub("", local)
        local = _before_apostrophe(text[end : found.start() - len(local)]) + local
        if not local or local in ("git", "svn", "hg") or _FILE_OR_HOST.search(found["host"]):
            continue
        done += (text[end : found.start() - len(local)], f"{PLACEHOLDER}email>")
        end = found.end()
    return text if not done else "".join((*done, text[end:]))
