"""What kind of error it is, in any language: something missing, a null value, a wrong argument, ..."""

import re
from enum import StrEnum

from tools.text.identifiers import KEYWORDS


class ErrorKind(StrEnum):
    """The kind of an error, read from its type and message."""

    MISSING = "missing"
    NULL = "null"
    ARGUMENTS = "arguments"
    TYPE = "type"
    LOOKUP = "lookup"
    RECURSION = "recursion"
    ASSERTION = "assertion"
    OUTSIDE = "outside"
    OTHER = "other"


_KINDS: tuple[tuple[ErrorKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (ErrorKind.RECURSION, r"recursion|stack ?overflow|maximum call stack|nesting level"),
        (
            ErrorKind.OUTSIDE,
            r"connection (refused|reset|timed out|aborted)|connect(ion)? ?time(d )?out|host is unreachable|no route to host|"
            r"name or service not known|could not resolve host|getaddrinfo|econnrefused|etimedout|econnreset|\benotfound|"
            r"no space left|disk quota|out of memory|cannot allocate memory|too many (open files|connections)|"
            r"server has gone away|deadlock found|lock wait timeout|"
            r"certificate (has expired|verify failed)|broken pipe|read timed out|temporary failure",
        ),
        (
            ErrorKind.NULL,
            r"nonetype|on null|null given|null pointer|nullpointer|is null\b|of null\b|of undefined|is undefined|"
            r"nil:nilclass|for nil\b|nullreference|object reference not set|on a `none` value|"
            r"\bnil pointer|\bin nil map|none given|of type null|null returned|none is not",
        ),
        (
            ErrorKind.ARGUMENTS,
            r"unexpected keyword|positional argument|too (few|many) arguments|missing \d+ required|"
            r"wrong number of arguments|argumentcount|required arguments?|multiple values for|takes \d+ ",
        ),
        (
            ErrorKind.MISSING,
            r"has no attribute|has no field or method|undefined (method|function|constant|property|local|variable|class)|cannot import|"
            r"no module named|cannot load such file|cannot find module|no enum constant|"
            r"(class|interface|trait|module|table|column|template|route) ['\"\\\w.]* ?(not found|does not exist)|"
            r"not defined|is not a function|is not a constructor|unknown column|no such (table|column|method|file)|"
            r"uninitialized constant|"
            r"nameerror|attributeerror|nomethoderror|importerror|classnotfound|noclassdef|nosuchfield|referenceerror|"
            r"non-existent (service|parameter)|unresolved",
        ),
        (
            ErrorKind.LOOKUP,
            r"keyerror|indexerror|index out of|out of (range|bounds)|undefined (index|offset|array key)|"
            r"illegal string offset|stopiteration|nosuchelement|not in list|key not found|empty (sequence|set|list)",
        ),
        (ErrorKind.ASSERTION, r"assert"),
        (
            ErrorKind.TYPE,
            r"typeerror|must be (of type|an instance|a |an )|classcast|cannot be cast|unsupported operand|"
            r"not supported between|unhashable|not (iterable|callable|subscriptable)|argument \d+ passed",
        ),
    )
)
_NAMED = re.compile(
    r"(?:(?:attribute|method|function|constant|property|variable|argument|keyword|name|module|class|key|column|index|placeholder):?"
    r"|import|for|undefined:|unresolved reference:)\s+[`'\"‘]?\$?([\w\\.:$-]+)",
    re.IGNORECASE,
)
_NOT_THERE = re.compile(
    r"(?<![\w$.])(?:[\w$]++\.)*+([A-Za-z_$][\w$]*+)['\"`]? is not (?:a function|a constructor|defined)\b"
)
_OWNER = re.compile(
    r"'(\w+)' object has no|type object '(\w+)' has no|for #<([A-Za-z][\w:]*?)(?::0x|[ >])|for an instance of ([\w:]+)|"
    r"for ([A-Z][\w:]*):(?:Class|Module)|"
    r"undefined (?:method|property):? ([\w\\]+)::|type \*?([\w.]+) has no field or method"
)
_OTHER_TYPE = re.compile(
    r"[\w$)\]]\.[\w$]+ is not a function|"
    r"'(?:str|int|float|bool|bytes|dict|list|tuple|set|function|method|generator|coroutine)' object has no attribute|"
    r"undefined method .{1,80} for (?:an instance of (?:String|Integer|Float|Symbol|Hash|Array|true|false)\b|"
    r".{0,80}:(?:String|Integer|Float|Symbol|Hash|Array)\b)|"
    r"member function \w+\(\) on (?:string|int|float|bool|array|true|false)\b"
)
_ABSENT = re.compile(
    r"\bno (?:such|\w+(?: \w+){0,2} (?:for|named|called|with|matching|found|registered|configured))\b|"
    r"\bnot (?:found|known|registered|configured)\b|\b(?:unknown|unrecogni[sz]ed|unsupported|missing|undefined)\b|"
    r"does not exist|doesn't exist|could not (?:find|resolve|locate)|cannot (?:find|resolve)",
    re.IGNORECASE,
)
_READ = 1_000  # characters of a message
_CALLEE = re.compile(r"(?<![\w$])[^\WA-Za-z_]*+([A-Za-z_$][\w$]*+)\(\)")
_NAME = r"(?<!\w)[^\WA-Za-z_]*+([A-Za-z_]\w*+)"
_OF_CLASS = r"(?:\w*+[\\:>-]++)*+[^\WA-Za-z_]*+([A-Za-z_]\w*+)"

_SIGNATURE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_NAME}\(\)(?:: | )(?:Return value|Argument #?\d|missing \d+ required|takes |got an unexpected|got multiple)",
        rf"Argument #?\d+ passed to {_OF_CLASS}\(\)",
        rf"Return value of {_OF_CLASS}\(\) must",
        r"Declaration of [\w\\]+::(\w+)",
        r"\bmethod (\w+) in (?:class|interface|enum|record) [\w.]+(?:<[^>\n]{0,80}>)? cannot be applied",
        r"[Aa]ccess level to [\w\\]+::\$?(\w+)",
        r"[Tt]oo (?:few|many) arguments (?:to|for|in call to)(?: function| method)? (?:\w*+[\\:>.-]++)*+[^\WA-Za-z_]*+([A-Za-z_]\w*+)\(",
        rf"{_NAME}\([^)\n]{{0,300}}+\): (?:too (?:few|many)|wrong number)",
    )
)


def signature_complained_of(message: str) -> frozenset[str]:
    """The functions about whose signature (parameters, types, access) an error complains by name."""
    return frozenset(name for pattern in _SIGNATURE for name in pattern.findall(message[:_READ]))


def error_kind_of(exception: str, message: str) -> ErrorKind:
    """The kind of an error with this type and message."""
    text = f"{exception} {message[:600]}"
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), ErrorKind.OTHER)


def owners_in(message: str) -> tuple[str, ...]:
    """The classes of which the error says that they lack something: `'Gas' object has no attribute`."""
    names = (name for row in _OWNER.findall(message[:_READ]) for name in row if name)
    return tuple(dict.fromkeys(re.split(r"[\\:.]+", name)[-1] for name in names))


def says_missing(message: str) -> bool:
    """Whether a program's own words say that something it looked for is not there: `no tax rate for country 'XK'`."""
    return bool(_ABSENT.search(message[:_READ]))


def is_of_other_type(message: str) -> bool:
    """Whether something was asked of a value that is of another type than the asking code takes it for: whoever gave the
    value is not named."""
    return bool(_OTHER_TYPE.search(message[:_READ]))


def named_in(message: str) -> frozenset[str]:
    """The names that an error message calls missing, unexpected or wrong: quoted, or after `method`, `key`, ..."""
    head = message[:_READ]
    found = set(re.findall(r"[`'\"‘]\$?([A-Za-z_][\w$]*)['\"`’]", head))
    found.update(re.split(r"[\\.:]+", name)[-1].lstrip("$") for name in _NAMED.findall(head))
    found.update(_CALLEE.findall(head))
    found.update(_NOT_THERE.findall(head))
    return frozenset(name for name in found if len(name) > 1 and name not in KEYWORDS)
