"""Who last changed the failing code, as terminal text and as Markdown."""

from collections.abc import Iterator

from incidents.blame import Blame, Changer
from service.render import sanitize as neutral
from service.render.markdown import escape
from service.render.wording import short
from service.render.wrapping import wrapped

_NOBODY = "Nobody: nothing in this repository was found that the error depends on."


def headline(found: Blame, revision: str) -> str:
    """What the list is about."""
    error = ": ".join(filter(None, (found.trace.exception, found.trace.message)))
    return f"Who last changed what fails at {revision}: {neutral.line(error, 120) or 'an error without words'}"


def basis(found: Blame) -> str:
    """What was looked at, and that this is no verdict."""
    since = f", the oldest of {found.oldest:%Y-%m-%d}" if found.oldest else ""
    pieces = "piece" if found.looked_at == 1 else "pieces"
    commits = "commit" if found.commits == 1 else "commits"
    seen = f"{found.commits} {commits} compared{since}; the history of {found.looked_at} {pieces} of code read"
    return f"{seen}. The last change is not always the cause."


def row(changer: Changer) -> str:
    """One commit: when, how far back, what, who."""
    commit = changer.commit
    back = "the newest" if changer.back == 0 else f"{changer.back} back"
    text = f"{neutral.line(commit.subject, 72)} · {neutral.line(commit.author, 40)}"
    return f"{short(commit.sha)}  {commit.committed_at:%Y-%m-%d}  ({back})  {text}"


def terminal(found: Blame, revision: str, color: bool = False, width: int = 100) -> str:
    """The list as terminal text, ending in a newline."""
    return "\n".join(_lines(found, revision, color, max(width, 40))) + "\n"


def _lines(found: Blame, revision: str, color: bool, width: int) -> Iterator[str]:
    title = headline(found, revision)
    yield f"\x1b[1m{title}\x1b[0m" if color else title
    yield ""
    for number, changer in enumerate(found.changers, 1):
        yield neutral.clip(f"{number:>3}. {row(changer)}", width)
        for reason in changer.reasons:
            yield from wrapped(neutral.line(reason, 300), width, "       ", "       ")
    if not found.changers:
        yield f"  {_NOBODY}"
    yield ""
    for text in (*(f"Not seen: {each}" for each in found.missing), basis(found)):
        yield from wrapped(neutral.line(text, 400), width)


def markdown(found: Blame, revision: str) -> str:
    """The list as Markdown, ending in a newline."""
    rows = [
        "\n".join(
            [f"{number}. {escape(row(changer), 200)}", *(f"   - {escape(each, 300)}" for each in changer.reasons)]
        )
        for number, changer in enumerate(found.changers, 1)
    ]
    seen = [f"- Not seen: {escape(text, 300)}" for text in found.missing]
    parts = [f"## {escape(headline(found, revision), 200)}", *(rows or [_NOBODY]), *seen, escape(basis(found), 400)]
    return "\n\n".join(parts) + "\n"
