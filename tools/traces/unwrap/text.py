"""Bytes from anywhere -> the text of a trace."""

from incidents.errors import UnreadableTrace
from tools.traces.unwrap.characters import clean

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SAMPLE = 65_536
_CONTROLS = [chr(code) for code in range(32) if chr(code) not in "\t\n\r\x0b\x0c\x1b\x08\x07"]


def read_trace(raw: bytes) -> str:
    """Decode UTF-8, UTF-16 with a byte order mark, or Latin-1; drop terminal escapes and control
    characters. What else is around a trace stays: `parse` takes it away as a whole, quotes and escapes together.

    Raises UnreadableTrace for nothing and for what is not text.
    """
    text = checked(raw)
    cleaned = clean(text).strip("\n")
    if not cleaned.strip():
        raise UnreadableTrace("the trace is empty: pass the log text of the error")
    return cleaned


def checked(raw: bytes) -> str:
    """The decoded bytes; raises UnreadableTrace for nothing and for what is not text."""
    if not raw.strip(b" \t\r\n\0"):
        raise UnreadableTrace("the trace is empty: pass the log text of the error")
    text = _decoded(raw)
    if _is_binary(text):
        raise UnreadableTrace("the trace is not text (it looks binary): pass the log text of the error")
    return text


def _decoded(raw: bytes) -> str:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start > len(raw) - 4 and error.start:  # cut inside a character
            return raw[: error.start].decode("utf-8")
        return raw.decode("latin-1")


def _is_binary(text: str) -> bool:
    """Text holds no NUL and hardly a control character (terminal escapes aside)."""
    sample = text[:_SAMPLE] + text[-_SAMPLE:]
    controls = sum(map(sample.count, _CONTROLS))
    return "\0" in sample or controls * 20 > len(sample)
