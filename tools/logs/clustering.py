"""Which documents are the same error, and which one of them tells it best."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from incidents.trace import StackTrace
from tools.logs.documents import LogDocument
from tools.text.redaction import redact
from tools.traces import parse, signature
from tools.traces.fingerprint import normalised

PARSED_CHARACTERS = 60_000
"""Of one document; a longer trace loses its middle."""

_MOST_PARSED = 400
_PHRASE_WORDS, _PHRASES = 12, 2
_LONGEST_PHRASE = 300


@dataclass(frozen=True, slots=True)
class Cluster:
    """Documents of one error. `best` is the one whose trace has most frames, `trace` what was read in it."""

    signature: str
    count: int
    best: LogDocument
    trace: StackTrace
    grouping_key: str | None

    @property
    def title(self) -> str:
        """Type and normalised message, redacted, on one line."""
        message = self.trace.message or self.best.error_message or self.best.message
        kind = self.trace.exception or self.best.error_type
        told = message if kind and message.startswith(kind) else ": ".join(filter(None, (kind, message)))
        return " ".join(normalised(redact(told[:2_000])).split())[:200]

    @property
    def text(self) -> str:
        """The text of the best document, redacted."""
        return redact(clipped(self.best.text, PARSED_CHARACTERS))

    @property
    def redacted_trace(self) -> StackTrace:
        """What `text` says: `trace`, read once more only where the redaction changed the text."""
        text = self.text
        return self.trace if text == clipped(self.best.text, PARSED_CHARACTERS) else parse(text)


Parsed = dict[str, tuple[str, StackTrace]]
"""Text of a document -> signature and trace: samples of one incident hold the same documents again."""


def clusters(documents: Sequence[LogDocument], parsed: Parsed | None = None) -> tuple[Cluster, ...]:
    """The errors of a sample, most frequent first (ties: the one seen first). Documents of one error share the
    normalised message and the functions of their innermost frames (`tools.traces.signature`).

    What is in `parsed` is not parsed again; what is parsed here is added to it.
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
    """Runs of words of a message that do not vary between occurrences, longest first: what a log can be asked for.

    Words that hold a number, a path, an address or a redaction are left out whole, since an analyser splits words
    elsewhere. At most two phrases of twelve words.
    """
    runs: list[list[str]] = [[]]
    for word in redact(text[:2_000]).split():  # what is asked for stands in links, too
        if normalised(word) == word and "<redacted" not in word:
            runs[-1].append(word)
        elif runs[-1]:
            runs.append([])
    spoken = [" ".join(run[:_PHRASE_WORDS]) for run in runs]
    telling = [each for each in spoken if sum(char.isalpha() for char in each) >= 6]
    return tuple(sorted(telling, key=len, reverse=True)[:_PHRASES])


def clipped(text: str, limit: int) -> str:
    """At most `limit` characters: two thirds from the beginning, the rest from the end."""
    if len(text) <= limit:
        return text
    return f"{text[: limit * 2 // 3]}\n...\n{text[-(limit // 3) :]}"


def _cluster(key: str, group: Sequence[LogDocument], read: Parsed) -> Cluster:
    best = max(group, key=lambda each: (len(read[clipped(each.text, PARSED_CHARACTERS)][1].frames), len(each.text)))
    keys = Counter(each.grouping_key for each in group)
    only = next(iter(keys)) if len(keys) == 1 else ""
    return Cluster(key, len(group), best, read[clipped(best.text, PARSED_CHARACTERS)][1], only or None)
