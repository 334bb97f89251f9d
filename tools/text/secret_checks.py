"""Distinguish a secret or a personal number from code and from harmless words and numbers."""

import ipaddress
import re
from itertools import pairwise
from typing import Final

from tools.text.rule import PLACEHOLDER

_WORDS = """
include omit lambda none null nil undefined true false empty missing invalid required expected expired yes no on off ok
self this string str int integer bool boolean bytes float array list dict object any mixed void text varchar char nullable
optional type of the is a an in was not and or for new function return await class your my file value values name from to
access bearer basic authorization refresh failed failure incorrect wrong changed updated mismatch reset disabled enabled confirmed
authentication confirmation verification default generated unset given provided present absent found revoked refreshed
issued created used unknown unauthorized forbidden denied blank hidden masked protected secret password token
"""
_NOTHING = frozenset(_WORDS.split())
_NAME = re.compile(r"[A-Za-z_]++")
_ATTRIBUTE = re.compile(r"[A-Za-z_]\w*+(?:(?:\.|->|::)[A-Za-z_]\w*+)++")
_READ_FROM = re.compile(r"(?:process|os|self|this|config|settings|env|import|params|props|ctx|args|opts|options)\.")
_ABOUT_WORDS = """
name names type types file files path paths url uri link href length len size min max expiry expires expire expiration
expired ttl count limit limits field fields label policy rule rules strength input placeholder prefix provider class
table column columns header headers algorithm regex pattern version manager store ref refs enabled required at format
valid validity verified validator validation index kind scope scopes lifetime age hint host port env arn id ids list
service services repository endpoint broker encoder hasher generator parser handler title text message description
error errors help status state mode interval seconds minutes days timeout source location dir folder form view page
screen template component module util utils factory interface resolver filter guard strategy middleware
"""
_ABOUT: Final = frozenset(_ABOUT_WORDS.split())
_NOT_SECRET_WORDS = """
public max min num n is has use used no non eos bos pad unk sep cls mask total prompt completion input output
reasoning cached show hide toggle forgot remember require requires allow supports
"""
_NOT_SECRET: Final = frozenset(_NOT_SECRET_WORDS.split())
_PART = re.compile(r"[A-Z]{1,64}(?![a-z])|[A-Z]?[a-zß-ÿā-ž]++|\d++")
_TEMPLATE = re.compile(
    r"[$({\[<@*&|!?#`=:^]|%(?:env|\(|[A-Z_]++%)|ENC\[|vault:|op://|ref\+|arn:|projects/|env[.:]|process\.env|os\.environ"
)
_MASK = re.compile(r"[*xX•.#_-]++")
_PATH = re.compile(r"(?:[~.]{0,2}/|[A-Za-z]:\\)?(?=(?:(?![A-Za-z])[\w.@-])*+[A-Za-z])[\w.@-]++(?:[/\\][\w.@-]++)++/?")
_RULE = re.compile(
    r"(?:required|nullable|string|sometimes|confirmed|filled|present|bail|min|max|size|between|regex|integer|numeric|array"
    r"|email|unique|exists|same|different|alpha\w*+|in|digits\w*+|password|current_password|uuid)(?::[^|\n]*+)?"
)
_NAMES_OF_SECRETS = re.compile(
    r"pass|secret|token|key|credential|kennwort|contrase|clave|mot de|wachtwoord|senha|has[lł]o|heslo|parola|l[oö]senord|salasana|adgangskode"
    r"|парол|密码|密碼|パスワード|비밀번호",
    re.IGNORECASE,
)
_TOKEN_OF_PARSER = re.compile(r"[A-Za-z]{1,12}|(?=.{1,24}\Z)(?:[a-z]++(?:_[a-z]++)++|[A-Z]++(?:_[A-Z]++)++)")
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[A-Za-z]")
_NO_LETTER = re.compile(r"[^a-z]")
_JOINT = re.compile(r"[_.-]")
_GENERIC = re.compile(r"[A-Za-z_.]++<")
_WRITTEN = re.compile(
    r"(?=[a-z0-9]{0,99}?[a-z]{2})[a-z0-9]++(?:[-_.:/][a-z0-9]++)++|v?\d++(?:\.\d++)++[\w.-]*+|0x[0-9a-f]++"
)
_COMPOUND = re.compile(r"[A-Za-z]++(?:[_.-][A-Za-z]++)++|[A-Z]?[a-z]++(?:[A-Z][a-z]++)++")
_COUNTED = re.compile(r"token|secret|credential|key|(?<![a-z])pass(?:ed|es)?$")
_HEXADECIMAL = re.compile(r"[0-9a-f]{16,}+|[0-9A-F]{16,}+")
_DESCRIBING_WORDS = """
the a an is are must be your you please enter at least has have been for with not was to of
"""
_DESCRIBING: Final = frozenset(_DESCRIBING_WORDS.split())


def is_code(key: str, between: str, value: str, *, quoted: bool, following: str) -> bool:
    """Return whether the text after `key` is code, a type or empty instead of a secret.

    `between` is the text from the key to the value, `following` the character after it.
    """
    if value.startswith(PLACEHOLDER) or (len(value) < 3 and not value.isdigit()) or _MASK.fullmatch(value):
        return True
    lowered = key.lower()
    if "token" in lowered and _TOKEN_OF_PARSER.fullmatch(value) and (quoted or between.endswith(" ")):
        return True  # a parser's token; those that open doors hold digits
    if quoted:
        return _says_nothing(key, value) or (_names_a_secret(value) and bool(_JOINT.search(value)))
    if lowered == "pwd" and value[0] in "/~.":
        return True  # the shell's working directory
    if _TEMPLATE.match(value) or following == "(" or "(" in value or "[" in value or _GENERIC.match(value):
        return True
    if _says_nothing(key, value.rstrip(".:|?")) or _is_small_number(key, value):
        return True
    if _READ_FROM.match(value) or (_ATTRIBUTE.fullmatch(value) and not any(map(str.isdigit, value))):
        return True
    if not _NAME.fullmatch(value) and not value.isalpha():
        return False
    return between[:1].isspace() or between[-1:].isspace() or _letters(value) == _letters(key) or _names_a_secret(value)


def is_about_secret(key: str, stem: str) -> bool:
    """Return whether a key describes a secret (its type, its file, its length) or names something public.

    `stem` is the part of the key with the word for a secret and its prefix; the rest of the key follows it.
    """
    behind = [part.lower() for part in _PART.findall(key[len(stem) :])]
    before = [part.lower() for part in _PART.findall(stem)]
    return (bool(behind) and behind[-1] in _ABOUT) or bool(_NOT_SECRET.intersection(before[:-1]))


def is_strong(value: str) -> bool:
    """Return whether a word looks generated: letters and digits mixed, and not a name, version, date or path."""
    if len(value) < 6 or not _DIGIT.search(value) or not _LETTER.search(value) or _TEMPLATE.match(value):
        return False
    return not _WRITTEN.fullmatch(value) and not _ATTRIBUTE.fullmatch(value) and "(" not in value


def is_random(word: str) -> bool:
    """Return whether a word is long and mixed, as only generated keys are.

    Hexadecimal words (commits, object ids) and names are not random: when the kind of character changes at fewer than
    two of five letters, a person wrote it.
    """
    counts = [sum(map(test, word)) for test in (str.isdigit, str.isupper, str.islower)]
    if min(counts) < max(3, len(word) // 16):
        return False
    kinds = [letter.isdigit() + 2 * letter.isupper() + 4 * letter.islower() for letter in word]
    return sum(a != b for a, b in pairwise(kinds)) * 5 >= len(word) * 2


def _says_nothing(key: str, value: str) -> bool:
    """Return whether a value has no content: a stop word, the key again, a rule, a path, a template, a sentence."""
    lowered = value.lower()
    if lowered in _NOTHING or _letters(value) == _letters(key) or _TEMPLATE.match(value) or _MASK.fullmatch(value):
        return True
    if all(_RULE.fullmatch(part) for part in value.split("|")):
        return True
    if _PATH.fullmatch(value) and not is_random(value):
        return True
    words = value.split()
    if len(words) > 1 or value.isalpha():
        described = len(words) > 2 and sum(word.lower() in _DESCRIBING for word in words) > 1
        return described or (_NAMES_OF_SECRETS.search(value) is not None and not any(map(str.isdigit, words[0])))
    return False


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", text.lower())


def _names_a_secret(value: str) -> bool:
    """Whether the value is itself the name of a variable or a field: `next_token`, `SecretStr`, `user.api_key`."""
    return _COMPOUND.fullmatch(value) is not None and _NAMES_OF_SECRETS.search(value) is not None


def _is_small_number(key: str, value: str) -> bool:
    """Counts (`max_tokens=512`) are no one-time passwords."""
    counted = _COUNTED.search(key.lower())
    return value.isdigit() and (key.lower().endswith("tokens") or (len(value) < 6 and counted is not None))


_ISSUERS = (
    (r"4", (16,)),
    (r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", (16,)),
    (r"3[47]", (15,)),
    (r"3(?:0[0-5]|095|[689])", (14, 16)),
    (r"35(?:2[89]|[3-8])", (16, 17, 18, 19)),
    (r"6(?:011|4[4-9]|5)", (16, 19)),
    (r"62", (16, 17, 18, 19)),
    (r"50(?:18|20|38)|5893|6304|6759|676[1-3]", (14, 15, 16, 17, 18, 19)),
)
"""How the numbers of Visa, Mastercard, American Express, Diners Club, JCB, Discover, UnionPay and Maestro begin, and how
long they are. Ids of 19 digits pass Luhn's check one time in ten, and banks
hardly use the 19 digits that Visa allows."""
_ISSUED = tuple((re.compile(start), lengths) for start, lengths in _ISSUERS)


def is_card_number(text: str) -> bool:
    """Return whether digits begin and are as long as an issuer's, and pass Luhn's check (ISO/IEC 7812-1, annex B)."""
    number = "".join(character for character in text if character.isdigit())
    issued = any(len(number) in lengths and start.match(number) for start, lengths in _ISSUED)
    return issued and len(set(number)) > 1 and passes_luhn([int(digit) for digit in number])


def passes_luhn(digits: list[int]) -> bool:
    """Return whether the last digit is the check digit of ISO/IEC 7812-1."""
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_iban(text: str) -> bool:
    """Return whether the text passes the mod-97 check of ISO 13616."""
    packed = text.replace(" ", "").replace("-", "").upper()
    if not 15 <= len(packed) <= 34:
        return False
    return int("".join(str(int(character, 36)) for character in packed[4:] + packed[:4])) % 97 == 1


_EXAMPLES = tuple(
    ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)
"""Addresses reserved for documentation. They are masked too: a real address could be in their place."""


def is_global_address(text: str) -> bool:
    """Return whether an IP address may belong to a person: not private, loop-back or reserved."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return address.is_global or any(address in net for net in _EXAMPLES)


def is_hexadecimal(word: str) -> bool:
    """Return whether the word is 16 or more hexadecimal digits, all in one case."""
    return _HEXADECIMAL.fullmatch(word) is not None
