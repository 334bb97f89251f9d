"""An error that one sentence tells, as compilers, Perl, Lua, Swift and shells print them: in no trace, behind no level.

It may stand within a person's words.
"""

import re
from collections.abc import Sequence
from typing import Final

PLACED: Final = re.compile(
    r"[\w./\\+-]{2,300}\.[a-z]\w{0,5}:\d{1,7}(?::\d{1,6})?: (?:[Ff]atal [Ee]rror|error)(?:\[\w{1,20}\])?: \S"
    r"|(?:.{0,100}\s)?Fatal error: .{1,1000}: file [\w./ +-]{2,300}\.swift, line \d{1,7}$"
    r"|.{0,200}?[\w./+-]{2,300}\.\w{1,5}:\d{1,7}: .{0,600}: Assertion `.{1,600}' failed\.?$"
    r"|\S.{0,1500} at [\w./\\+-]{2,300}\.(?:p[lm]|t|cgi) line \d{1,7}(?:, <[\w$]{0,40}> (?:line|chunk) \d{1,9})?\.?$"
)
"""Those that hold their place."""
LUA: Final = re.compile(
    r"(?:[A-Z][\w :]{0,80}: )?[\w./\\~@+-]{2,300}\.lua:\d{1,7}: "
    r"(?:attempt to|bad argument|module '|unexpected|unfinished|malformed|stack overflow"
    r"|'.{1,20}' expected|<\w{1,12}> expected|syntax error|loop or previous error|invalid|cannot)\b.{0,600}"
)
_SWIFT: Final = re.compile(
    r"[Ff]atal error: (?:[Uu]nexpectedly found nil|Index out of range|Division by zero"
    r"|Range requires|Not enough bits|Array index|Can't |Attempted to )"
)
_SHELL: Final = re.compile(
    r"(?:[\w./~-]{1,200}: (?:line )?\d{1,7}: .{1,300}: (?:command not found|not found|No such file or directory"
    r"|Permission denied|unbound variable"
    r"|bad substitution|syntax error.{0,200})|(?:ba|z|da|k)?sh: .{1,200}: (?:command )?not found(?:: .{1,100})?"
    r"|[\w./~-]{1,200}: line \d{1,7}: (?:syntax error|unexpected EOF|[\w]{1,80}: ).{1,300})$"
)
_QUOTED: Final = re.compile(
    r"(?<![`\w])`([^`\n]{12,600}(?:`[^`'\n]{1,80}'[^`\n]{0,300})?)`(?![`\w])|[\"“]([^\"“”\n]{12,600})[\"”]"
)
_WITHIN: Final = re.compile(r"\S{2,300}: In (?:function|member function|constructor|destructor|lambda function) ")
"""In which function a compiler found what it tells on the next line."""
_LAST_WORDS: Final = re.compile(
    r"(?:[\w.-]{1,40} v?\d[\w.-]{0,20} \| {1,4})?(?:[Ee]rror|ERROR|[Ff]atal|FATAL): {1,3}(\S.{5,1000})$"
)
"""What a tool says before it ends, below the lines that tell of its progress; its own name and version may stand before."""
MOST: Final = 200


def sentence_in(lines: Sequence[str]) -> str | None:
    """The first such sentence; a person may have put it into quotation marks within one of his own."""
    for at, line in enumerate(lines[:MOST]):
        text = line.strip()
        if tells(text):
            return "\n".join([*(above.strip() for above in lines[max(at - 1, 0) : at] if names_function(above)), text])
        quoted = (found[1] or found[2] for found in _QUOTED.finditer(text))
        within = next((part.strip() for part in quoted if tells(part.strip())), None)
        if within is not None:
            return within
    last = next((line.strip() for line in reversed(lines[-MOST:]) if line.strip()), "")
    said = _LAST_WORDS.match(last) if len(lines) > 1 else None
    return said[1] if said else None


def tells(text: str) -> bool:
    """Whether a text is such a sentence, from its first word."""
    if ".lua:" in text and LUA.match(text):
        return True
    return bool(PLACED.match(text) or _SWIFT.match(text) or _SHELL.match(text))


def names_function(line: str) -> bool:
    """Whether a compiler says here in which function it found what stands below."""
    return _WITHIN.match(line.strip()) is not None
