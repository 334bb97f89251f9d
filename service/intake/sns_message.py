"""A message of Amazon SNS: what of it is signed, and whether the key of a certificate did.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
"""

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from service.intake.lenient import Moment, Text

TYPE_HEADER = "x-amz-sns-message-type"
MOST_BYTES = 600_000
"""SNS sends at most 256 kB, which JSON's escapes may double."""
_AGE = timedelta(minutes=75)
"""SNS tries for an hour to deliver."""
# A region, and nothing else: `sns.s3.amazonaws.com` is the address of somebody's bucket.
_HOST = r"https://sns\.[a-z]{2}(?:-[a-z]{2,12}){1,3}-\d{1,2}\.amazonaws\.com(?:\.cn)?"
_CERTIFICATE = re.compile(_HOST + r"/SimpleNotificationService-[A-Za-z0-9]{1,100}\.pem")
_CONFIRM = re.compile(_HOST + r"/\?[A-Za-z0-9=&:%._~-]{1,2000}")
_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_SIGNED: Mapping[str, tuple[str, ...]] = {
    "Notification": _NOTIFICATION,
    "SubscriptionConfirmation": _CONFIRMATION,
    "UnsubscribeConfirmation": _CONFIRMATION,
}
_HASHES: Mapping[str, SHA1 | SHA256] = {"1": SHA1(), "2": SHA256()}


class SnsMessage(BaseModel):
    """The envelope. `fields` are all of it, as they were sent."""

    # Not read leniently: a value counts only under the very name under which it is signed.
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    type: Text = Field(..., alias="Type")
    id: Text = Field(default="", alias="MessageId")
    topic: Text = Field(..., alias="TopicArn")
    at: Moment = Field(default=None, alias="Timestamp")
    signature: Text = Field(..., alias="Signature")
    version: Text = Field(default="1", alias="SignatureVersion")
    certificate: Text = Field(default="", alias="SigningCertURL")
    confirm: Text = Field(default="", alias="SubscribeURL")
    fields: dict[str, Any] = Field(default_factory=dict)

    @property
    def confirms(self) -> bool:
        """Whether it asks to confirm a subscription."""
        return self.type == "SubscriptionConfirmation"

    @property
    def is_recent(self) -> bool:
        """Whether SNS may still be delivering it: who recorded it long ago is not SNS."""
        return self.at is not None and abs(datetime.now(UTC) - self.at) <= _AGE

    @property
    def certificate_address(self) -> str | None:
        """Where its certificate lies; None unless that is Amazon SNS."""
        return self.certificate if _CERTIFICATE.fullmatch(self.certificate) else None

    @property
    def confirm_address(self) -> str | None:
        """What to call to confirm the subscription; None unless that is Amazon SNS, about this topic."""
        if not _CONFIRM.fullmatch(self.confirm):
            return None
        query = parse_qs(urlsplit(self.confirm).query)
        right = query.get("Action") == ["ConfirmSubscription"] and query.get("TopicArn") == [self.topic]
        return self.confirm if right else None

    def signed_by(self, certificate: bytes) -> bool:
        """Whether the key of this certificate (PEM, valid now) signed it."""
        hashed = _HASHES.get(self.version)
        try:
            known = x509.load_pem_x509_certificate(certificate)
            key, signature = known.public_key(), base64.b64decode(self.signature, validate=True)
        except (ValueError, binascii.Error):
            return False
        valid = known.not_valid_before_utc <= datetime.now(UTC) <= known.not_valid_after_utc
        text = self._signed_text()
        if text is None or hashed is None or not valid or not isinstance(key, RSAPublicKey):
            return False
        try:
            key.verify(signature, text, PKCS1v15(), hashed)
        except InvalidSignature:
            return False
        return True

    def _signed_text(self) -> bytes | None:
        """What SNS signs; None when it could be read in two ways.

        Names and values are separated by line ends only: with one inside a value, or with a name left out, what SNS signed
        for one topic would read as the message of another.
        """
        names = [name for name in _SIGNED.get(self.type, ()) if name != "Subject" or self.fields.get(name) is not None]
        values = [self.fields.get(name) for name in names]
        if not names or not all(isinstance(value, str) for value in values):
            return None
        if any("\n" in str(value) for name, value in zip(names, values, strict=True) if name != "Message"):
            return None
        return "".join(f"{name}\n{value}\n" for name, value in zip(names, values, strict=True)).encode(
            "utf-8", "replace"
        )


def envelope_of(body: bytes) -> SnsMessage | None:
    """The signed message that this body is; None when it is something else, such as a raw delivery."""
    if len(body) > MOST_BYTES or b'"Signature"' not in body:
        return None
    try:
        whole = from_json(body)
        return SnsMessage.model_validate({**whole, "fields": whole}) if isinstance(whole, dict) else None
    except (ValueError, ValidationError):
        return None
