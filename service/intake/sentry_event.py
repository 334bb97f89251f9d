"""The exceptions of a Sentry event, wherever a client has put their frames."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.intake.sdk_frames import Raised, SentFrame, dict_frames, line_number, text_line


def raised_in(event: Mapping[str, Any]) -> list[Raised]:
    """Root cause first. Frames that stand in threads, or beside a message, belong to what surfaced."""
    raised = [_one(event.get("platform"), value) for value in _values(_interface(event, "exception", "Exception"))]
    if any(each.frames for each in raised):
        return raised
    frames = _frames_beside(event)
    if raised and frames:
        return [*raised[:-1], raised[-1]._replace(frames=frames)]
    if raised or not frames:
        return raised
    return [Raised("", _message(event), frames)]


def _interface(holder: Mapping[str, Any], name: str, former: str) -> Any:  # noqa: ANN401 (any JSON)
    """What until Sentry 8 was called `sentry.interfaces.Exception` and so on."""
    return holder.get(name) or holder.get(f"sentry.interfaces.{former}")


def _values(exception: object) -> list[Mapping[str, Any]]:
    """`{"values": [...]}`, a bare list, or one exception."""
    if isinstance(exception, Mapping):
        values = exception.get("values")
        exception = values if isinstance(values, list) else [exception] if "type" in exception else []
    return [each for each in exception if isinstance(each, Mapping)] if isinstance(exception, list) else []


def _one(platform: object, value: Mapping[str, Any]) -> Raised:
    message, kind = value.get("value"), text_line(value.get("type"))
    # A log of Java names an exception with its package, which Sentry keeps beside it.
    package = text_line(value.get("module")) if platform == "java" and kind and "." not in kind else ""
    return Raised(f"{package}.{kind}".lstrip("."), "" if message is None else str(message), _frames(value))


def _frames_beside(event: Mapping[str, Any]) -> list[SentFrame]:
    threads = _values(event.get("threads"))
    telling = [each for each in threads if each.get("crashed")] or [each for each in threads if each.get("current")]
    found = [_frames(thread) for thread in telling] + [_frames(event)]
    return next((frames for frames in found if frames), [])


def _frames(holder: Mapping[str, Any]) -> list[SentFrame]:
    stack = _interface(holder, "stacktrace", "Stacktrace")
    return dict_frames(stack.get("frames"), _frame) if isinstance(stack, Mapping) else []


def _frame(sent: Mapping[str, Any]) -> SentFrame:
    return SentFrame(
        file=_file(text_line(sent.get("filename")), text_line(sent.get("abs_path"))),
        line=line_number(sent.get("lineno")),
        function=text_line(sent.get("function")),
        module=text_line(sent.get("module")),
        source=text_line(sent.get("context_line")),
        column=line_number(sent.get("colno")),
    )


def _file(name: str, path: str) -> str:
    """The bare name of a file tells less than the path that ends in it."""
    return path if not name or ("/" not in name and path.replace("\\", "/").endswith(f"/{name}")) else name


def _message(event: Mapping[str, Any]) -> str:
    entry = _interface(event, "logentry", "Message")
    parts: Sequence[object] = (entry.get("formatted"), entry.get("message")) if isinstance(entry, Mapping) else ()
    texts = (each for each in (*parts, event.get("message"), event.get("title")) if isinstance(each, str) and each)
    return next(texts, "")
