"""What tells a secret or a personal number from code and from harmless numbers."""

import ipaddress
import re

_WORDS = """
include omit lambda none null nil undefined true false empty missing invalid required expected expired
self this string str int integer bool boolean bytes float array list dict object any mixed void
optional type of the is a an in was not and or for new function return await class
"""
_NOTHING = frozenset(_WORDS.split())
_NAME = re.compile(r"[A-Za-z_][A-Za-z_]*")
_ATTRIBUTE = re.compile(r"[A-Za-z_]\w*(?:(?:\.|->|::)[A-Za-z_]\w*)+")


def is_code(key: str, between: str, value: str, *, quoted: bool, following: str) -> bool:
    """Whether what stands behind `key` is code, a type or nothing at all rather than a secret.

    `between` is the text from the key to the value, `following` the character after it.
    """
    if value.startswith("<redacted:") or len(value) < 3:
        return True
    lowered = key.lower()
    if "token" in lowered and value.isalpha() and len(value) <= 12 and (quoted or between.endswith(" ")):
        return True  # a parser's token; those that open doors hold digits
    if quoted:
        return value.lower() in _NOTHING or (_names_a_secret(value) and "_" in value)
    if lowered == "pwd" and value[0] in "/~.":
        return True  # the shell's working directory
    if value[0] in "$({[<%@*&|!?#`=:" or following == "(" or "(" in value or "[" in value:
        return True
    if value.lower().rstrip(".:|?") in _NOTHING or _is_small_number(key, value):
        return True
    if _ATTRIBUTE.fullmatch(value) and not any(character.isdigit() for character in value):
        return True
    spaced = between[:1].isspace()
    same = _letters(value) == _letters(key)
    return _NAME.fullmatch(value) is not None and (spaced or same or _names_a_secret(value))


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


def _names_a_secret(value: str) -> bool:
    """Whether the value is itself the name of a variable or a field: `next_token`, `SecretStr`, `user.api_key`."""
    compound = re.fullmatch(r"[A-Za-z]+(?:[_.][A-Za-z]+)+|[A-Z]?[a-z]+(?:[A-Z][a-z]+)+", value)
    return compound is not None and re.search("pass|secret|token|key|credential", value, re.IGNORECASE) is not None


def _is_small_number(key: str, value: str) -> bool:
    """Counts (`max_tokens=512`) are no one-time passwords."""
    return value.isdigit() and (len(value) < 6 or key.lower().endswith("tokens"))


def is_card_number(text: str) -> bool:
    """Luhn's check over 14 to 19 digits (ISO/IEC 7812-1, annex B)."""
    digits = [int(character) for character in text if character.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return 14 <= len(digits) <= 19 and len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_iban(text: str) -> bool:
    """The mod-97 check of ISO 13616."""
    packed = text.replace(" ", "")
    if not 15 <= len(packed) <= 34:
        return False
    return int("".join(str(int(character, 36)) for character in packed[4:] + packed[:4])) % 97 == 1


def is_public_address(text: str) -> bool:
    """Whether an IPv4 address may be a person's: not private, loop-back or reserved, and no version number in disguise
    (all four numbers small)."""
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return address.is_global and max(address.packed) >= 32
