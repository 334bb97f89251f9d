"""Personal numbers recognised by their format: cards, accounts, personal ids, telephones, public IP addresses."""

import re
from importlib import import_module
from typing import Final

from tools.text.rule import DENSE, PLACEHOLDER, Anchored, Bounded, Rule, apply, only_if
from tools.text.secret_checks import is_card_number, is_global_address, is_iban

# Numbers with a check digit and a format: the module of python-stdnum with the country's rule.
_FROM_DIGITS: Final = {
    "es_dni": ("stdnum.es.dni", r"\d{8}-?[A-HJ-NP-TV-Z]"),
    "fr_nir": ("stdnum.fr.nir", r"[12] ?\d\d ?(?:0[1-9]|1[0-2]) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d"),
    "de_id": ("stdnum.de.idnr", r"\d\d \d{3} \d{3} \d{3}"),
    "br_cpf": ("stdnum.br.cpf", r"\d{3}\.\d{3}\.\d{3}-\d\d"),
    "ch_ssn": ("stdnum.ch.ssn", r"756\.\d{4}\.\d{4}\.\d\d"),
    "se_pnr": ("stdnum.se.personnummer", r"(?:19|20)?\d{6}[-+]\d{4}"),
    "fi_hetu": ("stdnum.fi.hetu", r"\d{6}[-+A]\d{3}[0-9A-FHJ-NPR-Y]"),
    "be_nn": ("stdnum.be.nn", r"\d\d\.\d\d\.\d\d-\d{3}\.\d\d"),
    "in_aadhaar": ("stdnum.in_.aadhaar", r"[2-9]\d{3} \d{4} \d{4}"),
    "cn_ric": ("stdnum.cn.ric", r"\d{6}(?:19|20)\d{9}[\dX]"),
    "kr_rrn": ("stdnum.kr.rrn", r"\d{6}-[1-4]\d{6}"),
}
_FROM_LETTERS: Final = {
    "es_nie": ("stdnum.es.nie", r"[XYZ]-?\d{7}-?[A-HJ-NP-TV-Z]"),
    "it_cf": ("stdnum.it.codicefiscale", r"[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]"),
    "mx_curp": ("stdnum.mx.curp", r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d"),
}
_CHECKED: Final = _FROM_DIGITS | _FROM_LETTERS


def _any_of(forms: dict[str, tuple[str, str]]) -> str:
    return "|".join(f"(?P<{name}>{form})" for name, (_, form) in forms.items())


_RUN = re.compile(r"[A-Z0-9(][A-Z0-9 ./()+-]{6,}+")
_IN_RUN = re.compile(
    r"(?<![\w.-])(?:(?=\d|\([2-9]\d)(?:"
    r"(?P<card>[3-6]\d{3}([ -]?)\d{4}\2\d{4}\2\d{2,7}|2[2-7]\d\d([ -]?)\d{4}\3\d{4}\3\d{4}|3[0-9]\d\d([ -])\d{6}\4\d{4,5})"
    r"|(?P<ssn>\d{3}-\d{2}-\d{4})|(?P<phone>(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}-)[2-9]\d{2}-\d{4})"
    r"|(?<!\d )(?P<french>0[1-9](?P<gap>[ .-])\d\d(?:(?P=gap)\d\d){3})(?! ?\d)"
    rf"|{_any_of(_FROM_DIGITS)})|(?P<iban>[A-Z]{{2}}\d{{2}}(?:[ -]?[A-Z0-9]{{4}}){{2,7}}(?:[ -]?[A-Z0-9]{{1,3}})?)"
    rf"|(?P<nino>[A-Z]{{2}} \d\d \d\d \d\d [A-D])|{_any_of(_FROM_LETTERS)})(?![\w-]|\.\d)"
)


_KINDS: Final = {"nino": "national-id", "french": "phone"}


def _number(found: re.Match[str]) -> str:
    """Return the placeholder for a card, an account, a telephone or a personal id with valid check digits."""
    kind, number = str(found.lastgroup), found[0]
    if kind in _CHECKED:
        return f"{PLACEHOLDER}national-id>" if import_module(_CHECKED[kind][0]).is_valid(number) else number
    if (kind == "card" and not is_card_number(number)) or (kind == "iban" and not is_iban(number)):
        return number
    return f"{PLACEHOLDER}{_KINDS.get(kind, kind)}>"


def _numbers(found: re.Match[str], checked: Bounded) -> str:
    """Mask the numbers in a run of digits and capital letters, checked with the letters around it."""
    run, text = found[0], found.string
    digits = sum(map(run.count, "0123456789"))
    if digits < 6 or digits == len(run) < 14:
        return run
    if checked.spent:
        return DENSE
    before, after = text[max(0, found.start() - 1) : found.start()], text[found.end() : found.end() + 2]
    whole = _IN_RUN.sub(checked, before + run + after)
    return whole[len(before) : len(whole) - len(after)]


def without_numbers(text: str) -> str:
    """`text` without those that have a form of their own, and what else is known by its digits."""
    checked = Bounded(_number, text)
    return apply(_OTHERS, _RUN.sub(lambda run: _numbers(run, checked), text))


_PHONES: Final = Anchored(
    ("+", "00"),
    re.compile(r"(?<![\w+])(?=\+\d|00[1-9])"),
    (
        (
            re.compile(
                r"\+\d{1,3}(?:[ .-]?\(\d{1,4}\))?(?:[ ./-]\(?\d{2,8}\)?){2,6}(?!\w)|(?<!\n)\+[1-9]\d{9,14}(?![\w.])"
                r"|(?<![.:-])00[1-9]\d{0,2}(?:[ /-]\(?\d{2,8}\)?){2,5}(?![\w:.-])"
            ),
            lambda _, __: f"{PLACEHOLDER}phone>",
        ),
    ),
)
_VERSIONED = re.compile(
    r"(?i)(?:version|ver\.?|release|build|assembly|runtime|database|server|jdk|\bv|[a-z]/|==|[<>~]=|[-@^])[\"']?[:= ]{0,3}[\"']?\Z"
)
_ADDRESSED = re.compile(
    r"(?i)(?:client|ip|addr(?:ess)?|host|remote|peer|forwarded-for|forwarded|real-ip|src|source|dst|login from"
    r"|connection from)\W{0,4}\Z"
)
_PORT = re.compile(r":\d{2,5}(?!\d)")


def _ip(found: re.Match[str]) -> str:
    """Mask a public IP address that is not a version: versions start with small numbers or follow such a word."""
    text, at = found.string, found.start()
    numbers = [int(number) for number in found[0].split(".")]
    if max(numbers) > 255:
        return found[0]
    if numbers[0] <= 30 or max(numbers) < 32:  # more often a version
        is_address = bool(_ADDRESSED.search(text, max(0, at - 24), at) or _PORT.match(text, found.end()))
    else:
        is_address = not _VERSIONED.search(text, max(0, at - 16), at)
    return f"{PLACEHOLDER}ip>" if is_address and is_global_address(found[0]) else found[0]


_OTHERS: Final = (
    Rule(("wa.me/", "phone="), re.compile(r"(wa\.me/|send/?\?phone=)\+?\d{8,15}(?!\d)"), r"\1<redacted:phone>"),
    _PHONES,
    Rule((".",), re.compile(r"\d(?<![\w.-]\d)\d{0,2}(?:\.\d{1,3}){3}(?![\w-]|\.\w)"), _ip),
    Rule(
        (":",),
        re.compile(r"[23](?<![\w:.].)[0-9A-Fa-f]{3}:[0-9A-Fa-f:]{2,40}(?:\.\d{1,3}){0,3}(?![\w:])"),
        only_if(is_global_address, "ip"),
    ),
)
