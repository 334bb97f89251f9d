"""What services of the clouds put around a message that they pass on."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from service.intake.lenient import NotUnderstood
from service.intake.unpacking import unpacked


def from_pubsub(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body in a push of Google's Pub/Sub, which is in base64; any other document as it is. Raises NotUnderstood."""
    message = document.get("message")
    if not isinstance(message, Mapping) or not ("subscription" in document or isinstance(message.get("data"), str)):
        return document
    try:
        data = base64.b64decode(str(message.get("data", "")), validate=True)
    except (ValueError, binascii.Error) as error:
        raise NotUnderstood("message.data", "is not base64") from error
    return _inner(data, "message.data")


def from_sns(document: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The bodies in a notification of Amazon SNS, each with the envelope's `Timestamp`; so also those that a Lambda
    got (`Records`) and passed on. Any other document as it is. Raises NotUnderstood."""
    # First the envelope itself: its `Message` is signed, and what stands beside it is not.
    if isinstance(document.get("Message"), str | Mapping):
        return [_of_envelope(document, "Message")]
    records = document.get("Records")
    if not isinstance(records, list):
        return [document]
    inner = [each.get("Sns") if isinstance(each, Mapping) else None for each in records]
    return [_of_envelope(each, f"Records.{number}.Sns.Message") for number, each in enumerate(inner)]


def _of_envelope(envelope: object, field: str) -> Mapping[str, Any]:
    message = envelope.get("Message") if isinstance(envelope, Mapping) else None
    if not isinstance(envelope, Mapping) or not isinstance(message, str | Mapping):
        raise NotUnderstood(field)
    inner = message if isinstance(message, Mapping) else _inner(message.encode("utf-8", "replace"), field)
    return {"Timestamp": envelope.get("Timestamp"), **inner}


def _inner(body: bytes, field: str) -> Mapping[str, Any]:
    try:
        (inner,) = unpacked(body, {})
    except (NotUnderstood, ValueError) as error:
        raise NotUnderstood(field, "holds no JSON object") from error
    return inner
