"""What stands between a key and its value, and how values are written: the parts of the patterns that look for both."""

from typing import Final

QUOTE: Final = r"(?:\\{0,3}[\"'`]|&quot;|&apos;|&#0?3[49];|&#x2[27];|%25(?:22|27)|%2[27]|\\u002[27])"
BETWEEN: Final = (
    rf"(?:(?:{QUOTE}(?:>>)?)?\]?[ \t]{{0,8}}(?:=(?:>|&gt;)|:=|(?:\|\||\?\??|&&)?=(?!=)|:(?!:)|[＝：]|%(?:25)?3[ADad]|\\u003[ad]"
    r"|&\#(?:61|58|x3[adAD]);)\+?)"
)
"""The text from a key to its value: the end of the key's quotes, and an assignment sign, encoded or not."""
QUOTED: Final = rf"(?P<open>{QUOTE})(?P<value>(?:(?!(?P=open))(?:\\.|[^\n\\])){{1,2000}}+)(?P=open)"
BARE: Final = r"(?P<bare>[^\s\"'&,;)}\\`]{1,1000}+(?:\\\r?\n[ \t]{0,40}[^\s\"'&,;)}\\`]{1,400}+){0,4})"
_MAYBE: Final = r"(?-i:Some|Just|Ok|Right|Optional)"
_WRAPPER: Final = (
    rf"(?:{_MAYBE}|(?-i:Secret(?:Str|String|Box)?|Password|Token|(?:new )?(?:std::)?[Ss]tring(?:::from)?"
    r"|(?:Secret\w{0,12}|Password|Token|String|Credentials?|Sensitive|Protected\w{0,12})(?:\.|::)(?:new|of|from\w{0,12}|valueOf|create)))"
)
_PREFIX: Final = r"(?:(?-i:[bBuUrRLfFNEx]|rb|br|u8|@\$?|\$@?)(?=[\"'])|~[cs](?=[\"'])|<<|\(\s?(?=[\"']))"
"""What makes a text of bytes, of wide characters, a raw one, ...; or opens brackets around it."""
OPENED: Final = (
    rf"(?:string\(\d{{1,6}}\)\s|\(\*?string\)\s?(?:\(len=\d{{1,6}}\)\s?|\()?|{_PREFIX}|{_WRAPPER}[(\[{{ ]"
    rf"|\{{\s{{0,20}}{QUOTE}?(?:[a-z]{{0,12}}value|text)(?:{QUOTE})?\s{{0,4}}(?:=>?|:)\s{{0,4}})"
)
"""What some languages and senders print before a quoted value: its type, or an object of it alone."""
LONGEST_LIST: Final = 1_000  # characters of a list whose values stand in no quotes, or in some that are not closed
LISTED: Final = (
    rf"{BETWEEN}\s{{0,20}}(?:\[\]string\{{|\[|{_MAYBE}[(\[])"
    r"(?P<listed>(?:\s{0,40}(?:\"(?:\\.|[^\"\\\n]){0,2000}+\"|'(?:\\.|[^'\\\n]){0,2000}+')\s{0,40},?){1,20}+"
    rf"|[^\[\]{{}}()\n;]{{1,{LONGEST_LIST}}}+)"
    r"(?:\s{0,40}[\])}](?![+*?{(.\[])|\Z)"
)
"""A list of values. What repeats behind it would make it a class of a pattern: `token=[a-z]+`."""
