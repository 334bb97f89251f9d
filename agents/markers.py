"""Remove the markers by which a chat template changes the role, and our own tags, from untrusted text.

A tokenizer may read such a marker inside a message as the real one. The lists cover the templates of Llama, Mistral,
Qwen, DeepSeek, Gemma, Phi, Granite, GLM, Command, Kimi, gpt-oss, InternLM, Vicuna and Alpaca.
"""

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from typing import Final

from tools.text.lazy_pattern import LazyPattern

_OPENING: Final = "<\uff1c\ufe64\u3008\u27e8\u276e\u227a\u02c2\u2039\u00ab"
_CLOSING: Final = ">\uff1e\ufe65\u3009\u27e9\u276f\u227b\u02c3\u203a\u00bb"
_BAR: Final = "|\uff5c\u00a6\u2223\u01c0\u2758\u23d0\u2502"
_SLASH: Final = "/\uff0f\u2215\u2044"
_NAMES: Final = (
    r"s|bos|eos|unk|pad|sop|eop|eoa|eoh|eod|BOS_TOKEN|EOS_TOKEN|start_of_turn|end_of_turn|start_of_image|end_of_image"
    r"|system|user|assistant|human|developer|think|thinking|thought|reasoning_content|scratchpad|tools?|tool_calls?"
    r"|tool_responses?|tool_results?|tool_code|tool_outputs?|tool_use|function_calls?|function_results?|functions?"
    r"|invoke|arg_key|arg_value|seed:\w{1,20}|minimax:\w{1,20}|extra_id_\d{1,4}|unused\d{1,4}|reserved_\w{1,20}"
    r"|TOKENS_UNUSED_\d{1,4}|fim_\w{1,10}|im_start|im_end"
)
"""Case matters: `<User>` is a component or a type, `<user>` starts a turn."""
_SPEAKER: Final = LazyPattern(
    rf"[{_OPENING}]\s?[{_BAR}][^{_BAR}{_OPENING}{_CLOSING}\n]{{1,60}}[{_BAR}]\s?[{_CLOSING}]"
    rf"|[{_OPENING}](?:[{_BAR}][A-Za-z_\"]\w{{0,40}}|[A-Za-z_]\w{{0,40}}[{_BAR}])[{_CLOSING}]"
    rf"|[{_OPENING}][{_BAR}](?=[A-Za-z_])"
    rf"|[{_OPENING}]\s?[{_SLASH}]?\s?(?:{_NAMES}|(?:function|parameter)=\w{{1,60}})\s?[{_CLOSING}]"
    rf"|[{_OPENING}]{{2}}\s?[{_SLASH}]?\s?(?i:SYS)\s?[{_CLOSING}]{{2}}"
    rf"|[\[\uff3b][{_SLASH}]?(?:(?i:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS|TOOL_CALLS|TOOL_CONTENT|MODEL_SETTINGS)"
    r"|ARGS|CALL_ID|IMG|THINK|gMASK|sMASK)[\]\uff3d]|\]~[!b]\[|\[e~\["
)
# A turn starts at the beginning of a line. "user:" in lower case is a key in many files.
_TURN: Final = re.compile(
    r"^([ \t#*>]{0,8})(Human|Assistant|System|User|AI|HUMAN|ASSISTANT|SYSTEM|USER|Instruction|Response)([ \t*]{0,4})[:\uff1a]",
    re.MULTILINE,
)
_UNBRACKETED: Final = str.maketrans(
    dict.fromkeys(_OPENING, "‹")
    | dict.fromkeys(_CLOSING, "›")
    | dict.fromkeys(_BAR, "¦")
    | {"[": "(", "]": ")", "\uff3b": "(", "\uff3d": ")"}
)
_LONGEST_TAG: Final = 40
# Cyrillic and Greek letters that look like those of our tags.
_LOOK_ALIKE: Final = str.maketrans(
    "\u0430\u0441\u0501\u0435\u0456\u043e\u0440\u0455\u0442\u043c\u03bf\u03b1\u03b5\u03b9\u03c4\u03c1\u03c5\u03bd\u0433\u043f",
    "acdeiopstmoaeitpuvrn",
)


def without_markers(text: str, tags: Collection[str]) -> str:
    """Return `text` with every role marker and every one of our `tags` broken up; it stays readable."""
    text = _SPEAKER.compiled.sub(lambda mark: mark[0].translate(_UNBRACKETED), text)
    text = _TURN.sub(r"\1\2\3 -", text)
    return _without_tags(text, frozenset(tags))


def _without_tags(text: str, tags: frozenset[str]) -> str:
    ours = _our_tag(tags)
    if text.isascii():
        return ours.sub("‹", text)
    # Letters and brackets that only look like those of a tag are compared in their normalised form.
    return re.sub(f"[{_OPENING}]", lambda found: _opening(text, found.start(), ours), text)


def _opening(text: str, at: int, ours: re.Pattern[str]) -> str:
    plain = unicodedata.normalize("NFKD", text[at + 1 : at + _LONGEST_TAG])
    plain = "".join("/" if char in _SLASH else char for char in plain if not unicodedata.combining(char))
    plain = plain.casefold().translate(_LOOK_ALIKE)
    return "‹" if ours.match("<" + plain) else text[at]


@cache
def _our_tag(tags: frozenset[str]) -> re.Pattern[str]:
    return re.compile(r"<(?=\s*/?\s*(?:" + "|".join(sorted(tags)) + r")\b)", re.IGNORECASE)
