"""Identifiers in code and logs: how to find and split them, and which are too common to be useful."""

import re
from functools import lru_cache

from tools.text.rule import without_placeholders

IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*+")
_PART = re.compile(r"[A-Z]{1,64}(?![a-z])|[A-Z]?[a-z]++|\d++")
_ANSI = re.compile(r"\x1b\[[0-9;]*+[A-Za-z]")

_KEYWORDS = """
abstract and args array as assert async await bool boolean break byte callable case catch char class cls const
continue def default del delete dict do double echo elif else elseif elsif end endif ensure enum except exec export
extends extern false False final finally float fn for foreach from fun func function get global go goto if
implements import in include include_once instanceof int interface is isinstance kwargs lambda len let list long map mixed module
namespace new nil nonlocal none None not null object of or override package parent pass print private protected
public raise range readonly require require_once rescue return self set short static str string struct super switch
synchronized this throw throws trait transient true True try tuple type typeof undefined union unless unset until
use using val var void volatile when where while with yield any Any Optional Union List Dict String Object Integer
Boolean property staticmethod classmethod throwable Override Exception Error
"""
_STOCK = """
a an the to be must was were not is are of on in at for with by from and or if no has have had does do did can
cannot could should may out found find call called calling member function method attribute argument arguments
parameter expected unexpected got given instead index range invalid value values error exception failed failure
unable type types undefined null none object string int integer float bool array list dict tuple line col column
file path during handling above another occurred traceback recent last most missing required positional keyword
takes read property properties properly defined declaration division zero maximum recursion depth exceeded
comparison iterable iterator callable subscriptable subscript operand unsupported between instances instance class
module named name key keys offset variable access allowed supported support unknown unhandled fatal uncaught warning
notice stack trace thrown return returned passed pass this that it its only you your please use used using because
while which when than then more less too few many empty non set get assert assertion runtime reference pointer
invoke invocation nil cast convert converted conversion cause caused java lang util php python ruby node internal
org com net http https www sun jdk impl
into onto upon out off over under via per within without until since again once just also but nor yet very own same such
both all any some none most much many other others another who whom whose what where why how here there
they them their theirs these those him his her hers she its our ours we me my mine you yours i am being been be
shall might would did does done having let please help fine okay ok ever never always still already maybe perhaps
"""

KEYWORDS = frozenset(_KEYWORDS.split())
"""Keywords of programming languages: they identify no code."""

STOCK = frozenset(_STOCK.split())
"""Words of the standard messages of language runtimes, and English words that carry no meaning alone, lower case."""


@lru_cache(maxsize=65_536)
def parts(identifier: str) -> tuple[str, ...]:
    """Return the lower-case parts of a camelCase, PascalCase or snake_case name: `parseURLPath` -> parse, url, path."""
    return tuple(part.lower() for part in _PART.findall(identifier))


_ACCESSOR = re.compile(r"(?:get|is)_?(?=[A-Z]|(?<=_)\w)")


def plain_name(name: str) -> str:
    """A name without how its language writes an attribute or its accessor: `total` of `getTotal`, `Total` and `_total`."""
    bare = _ACCESSOR.sub("", name.lstrip("@$_"), count=1)
    return bare[:1].lower() + bare[1:]


_SHORTEST_PLURAL = 4  # letters


def singular(part: str) -> str:
    """A word without the ending of several: `invoices` is called after `InvoiceRepository`, `entries` after `EntryStore`."""
    if part.endswith("ies") and len(part) > _SHORTEST_PLURAL:
        return f"{part[:-3]}y"
    return part.removesuffix("s") if len(part) >= _SHORTEST_PLURAL and not part.endswith("ss") else part


def identifiers(text: str) -> list[str]:
    """Return the identifiers of `text` in order, with repetitions.

    Keywords, names of one or two letters and redaction placeholders are left out.
    """
    return [word for word in IDENTIFIER.findall(without_placeholders(text)) if len(word) > 2 and word not in KEYWORDS]


def plain(text: str) -> str:
    """Return `text` without ANSI colour codes."""
    return _ANSI.sub("", text)
