"""Group log documents by error, and choose the document of each group that describes it best."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from incidents.trace import StackTrace
from tools.logs.documents import LogDocument
from tools.text.redaction import redact
from tools.traces import parse, signature
from tools.traces.fingerprint import normalised

PARSED_CHARACTERS = 60_000
"""Characters parsed of one document; the middle of a longer trace is cut."""

_MOST_PARSED = 400
_PHRASE_WORDS, _PHRASES = 12, 2


@dataclass(frozen=True, slots=True)
class Cluster:
    """The documents of one error. `best` is the one with the most frames, `trace` is its parsed trace."""

    signature: str
    count: int
    best: LogDocument
    trace: StackTrace
    grouping_key: str | None

    @property
    def title(self) -> str:
        """Type and normalised message, redacted, on one line."""
        message = self.trace.spoken or self.best.error_message or self.best.message
        kind = self.trace.exception or self.best.error_type
        text = message if kind and message.startswith(kind) else ": ".join(filter(None, (kind, message)))
        return " ".join(normalised(redact(text[:2_000])).split())[:200]

    @property
    def text(self) -> str:
        """The text of the best document, redacted."""
        return redact(clipped(self.best.text, PARSED_CHARACTERS))

    @property
    def redacted_trace(self) -> StackTrace:
        """The trace of `text`; parsed again only when the redaction changed the text."""
        text = self.text
        return self.trace if text == clipped(self.best.text, PARSED_CHARACTERS) else parse(text)


Parsed = dict[str, tuple[str, StackTrace]]
"""Text of a document -> signature and trace. Later samples of one incident contain the same documents again."""


def clusters(documents: Sequence[LogDocument], parsed: Parsed | None = None) -> tuple[Cluster, ...]:
    """Return the errors of a sample, most frequent first (ties: the one seen first).

    Documents of one error share the normalised message and the functions of their innermost frames
    (`tools.traces.signature`). Texts in `parsed` are not parsed again; newly parsed texts are added to it.
    """
    read: Parsed = {} if parsed is None else parsed
    groups: dict[str, list[LogDocument]] = {}
    most = len(read) + _MOST_PARSED
    for document in documents:
        text = clipped(document.text, PARSED_CHARACTERS)
        if text not in read:
            if len(read) >= most:
                continue
            trace = parse(text)
            read[text] = signature(trace), trace
        groups.setdefault(read[text][0], []).append(document)
    found = [_cluster(key, group, read) for key, group in groups.items()]
    return tuple(sorted(found, key=lambda each: -each.count))


def phrases(text: str) -> tuple[str, ...]:
    """Return the parts of a message that are the same at each occurrence, longest first, to search a log for.

    Words that contain a number, a path, an address or a redaction are left out completely, because an analyser splits
    words differently. At most two phrases of twelve words.
    """
    runs: list[list[str]] = [[]]
    for word in redact(text[:2_000]).split():  # the phrases also appear in links
        if normalised(word) == word and "<redacted" not in word:
            runs[-1].append(word)
        elif runs[-1]:
            runs.append([])
    spoken = [" ".join(run[:_PHRASE_WORDS]) for run in runs]
    telling = [each for each in spoken if sum(char.isalpha() for char in each) >= 6]
    return tuple(sorted(telling, key=len, reverse=True)[:_PHRASES])


def clipped(text: str, limit: int) -> str:
    """Return at most `limit` characters: two thirds from the beginning, the rest from the end."""
    if len(text) <= limit:
        return text
    return f"{text[: limit * 2 // 3]}\n...\n{text[-(limit // 3) :]}"


def _cluster(key: str, group: Sequence[LogDocument], read: Parsed) -> Cluster:
    best = max(group, key=lambda each: (len(read[clipped(each.text, PARSED_CHARACTERS)][1].frames), len(each.text)))
    keys = Counter(each.grouping_key for each in group)
    only = next(iter(keys)) if len(keys) == 1 else ""
    return Cluster(key, len(group), best, read[clipped(best.text, PARSED_CHARACTERS)][1], only or None)
