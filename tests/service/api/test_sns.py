"""Messages of Amazon SNS: signed by a key whose certificate lies at SNS, about a topic the operator has named."""

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from incidents.errors import InputError
from service.api.auth.tokens import Trust
from service.api.routes import create_api
from service.api.sns import Sns
from service.settings import Settings
from service.store.store import Store
from tests.service.stand_ins import TOKEN, Bell

ONE_DATABASE = True
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
HOST = "https://sns.eu-west-1.amazonaws.com"
CERTIFICATE = f"{HOST}/SimpleNotificationService-56e67fcb41f6fec0.pem"
CONFIRM = f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f"
ALARM = {
    "AlarmName": "checkout-5xx",
    "NewStateValue": "ALARM",
    "NewStateReason": 'Threshold "crossed"\nthe line',
    "AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-5xx",
    "Trigger": {"Dimensions": [{"name": "ServiceName", "value": "checkout"}]},
}
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate_of(key: rsa.RSAPrivateKey, until: timedelta = timedelta(days=1)) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(now - timedelta(days=9)).not_valid_after(now + until)
    return built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@dataclass
class Amazon:
    """SNS as it answers this service; remembers what it was asked."""

    certificate: bytes = field(default_factory=lambda: certificate_of(KEY))
    status: int = 200
    asked: list[str] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        return httpx.Response(self.status, content=self.certificate, headers={"location": "http://127.0.0.1:1/"})


def message(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 (any field)
    """A notification with an alarm, not signed yet."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    whole = {"Type": "Notification", "MessageId": "m-1", "TopicArn": TOPIC, "Subject": "ALARM", "Timestamp": now}
    whole |= {"Message": json.dumps(ALARM), "SignatureVersion": "2", "SigningCertURL": CERTIFICATE}
    return {name: value for name, value in (whole | changes).items() if value is not None}


def confirmation(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 (any field)
    asks = {"Type": "SubscriptionConfirmation", "Subject": None, "Token": "2336412f", "SubscribeURL": CONFIRM}
    return message(**(asks | {"Message": "You have chosen to subscribe"} | changes))


def signed(whole: dict[str, Any], key: rsa.RSAPrivateKey = KEY) -> dict[str, Any]:
    """As Amazon documents the string to sign."""
    confirms = whole["Type"] != "Notification"
    names = ["Message", "MessageId", "SubscribeURL" if confirms else "Subject", "Timestamp"]
    names += ["Token", "TopicArn", "Type"] if confirms else ["TopicArn", "Type"]
    text = "".join(f"{name}\n{whole[name]}\n" for name in names if name in whole)
    used = hashes.SHA1() if whole["SignatureVersion"] == "1" else hashes.SHA256()
    signature = key.sign(text.encode(), padding.PKCS1v15(), used)
    return whole | {"Signature": base64.b64encode(signature).decode()}


@pytest.fixture
def amazon() -> Amazon:
    return Amazon()


@pytest_asyncio.fixture
async def sns(store: Store, settings: Settings, amazon: Amazon) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks to the service as SNS does: without a token, with the header of its type."""
    trust = Trust.of({"REDTIDE_SNS_TOPICS": TOPIC, "REDTIDE_API_TOKEN": TOKEN})
    api = create_api(store, Bell(), settings, trust)
    api.state.parts.sns = Sns(httpx.MockTransport(amazon))
    headers = {"x-amz-sns-message-type": "Notification", "content-type": "text/plain; charset=UTF-8"}
    transport = httpx.ASGITransport(api, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://redtide", headers=headers) as client:
        yield client


async def post(client: httpx.AsyncClient, whole: dict[str, Any], **headers: str) -> httpx.Response:
    return await client.post("/alerts/cloudwatch", content=json.dumps(whole), headers=headers)


@pytest.mark.parametrize("version", ["1", "2"])
async def test_a_signed_alarm_opens_an_incident_and_its_repetition_counts_once(
    sns: httpx.AsyncClient, store: Store, amazon: Amazon, version: str
) -> None:
    whole = signed(message(SignatureVersion=version))
    answers = [await post(sns, whole) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202], answers[0].text
    assert [answer.json()["alerts"][0]["effect"] for answer in answers] == ["opened", "repeated"]
    (incident,) = await store.queries.incidents()
    assert incident.service == "checkout"
    assert amazon.asked == [CERTIFICATE]  # and is remembered


async def test_a_message_without_a_subject_is_signed_without_it(sns: httpx.AsyncClient) -> None:
    assert (await post(sns, signed(message(Subject=None)))).status_code == 202


def _reread(**changes: str) -> dict[str, Any]:
    """What SNS signed for a stranger's topic, cut at other line ends: a message about ours."""
    ours = message(Subject=None)
    inside = f"MessageId\n{ours['MessageId']}\nTimestamp\n{ours['Timestamp']}\nTopicArn\n{TOPIC}\nType\njunk"
    stranger = message(Subject=None, MessageId="m-2", Timestamp="2026-01-01T00:00:00.000Z", TopicArn="stranger")
    real = signed(stranger | {"Message": f"{ours['Message']}\n{inside}"})
    return ours | changes | {"Signature": real["Signature"]}


def _renamed() -> dict[str, Any]:
    """The stranger's topic and time hide in the id; ours stand under names that nobody signed."""
    real = signed(message(Subject=None, TopicArn="stranger"))
    hidden = f"{real['MessageId']}\nTimestamp\n{real['Timestamp']}\nTopicArn\nstranger"
    kept = {name: value for name, value in real.items() if name not in ("TopicArn", "Timestamp")}
    return kept | {"MessageId": hidden, "topic": TOPIC, "at": real["Timestamp"]}


FORGED = {
    "another key": lambda: signed(message(), rsa.generate_private_key(public_exponent=65537, key_size=2048)),
    "a changed alarm": lambda: signed(message()) | {"Message": json.dumps(ALARM | {"AlarmName": "evil"})},
    "a changed subject": lambda: signed(message()) | {"Subject": "evil"},
    "another topic": lambda: signed(message(TopicArn=f"{TOPIC}-of-a-stranger")),
    "an old message": lambda: signed(message(Timestamp="2026-01-01T00:00:00.000Z")),
    "no time": lambda: signed(message(Timestamp="soon")),
    "no signature": lambda: message(Signature=""),
    "half a signature": lambda: message(Signature="!"),
    "another topic, with what names ours inside its message": lambda: _reread(
        Type="junk\nMessageId\nm-2\nTimestamp\n2026-01-01T00:00:00.000Z\nTopicArn\nstranger\nType\nNotification"
    ),
    "our topic under a name that is not signed": lambda: _renamed(),
    "an unknown version": lambda: signed(message()) | {"SignatureVersion": "3"},
}


@pytest.mark.parametrize("what", FORGED)
async def test_what_sns_did_not_sign_is_refused(sns: httpx.AsyncClient, store: Store, what: str) -> None:
    answer = await post(sns, FORGED[what]())
    assert answer.status_code == 401, answer.text
    assert await store.queries.incidents() == ()


@pytest.mark.parametrize(
    "address",
    [
        "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-1.pem",
        "https://evil.example/SimpleNotificationService-1.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-1.pem",
        "https://evil.example/https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-1.pem",
        "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem?x=https://evil.example",
        "https://sns.eu-west-1.amazonaws.com/../evil.pem",
        "https://sns.s3.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-1.pem",
        "https://bucket.s3.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.evil.example#.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.x\\.evil.example/.amazonaws.com/SimpleNotificationService-1.pem",
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/",
        "",
    ],
)
async def test_no_certificate_is_fetched_from_elsewhere(sns: httpx.AsyncClient, amazon: Amazon, address: str) -> None:
    assert (await post(sns, signed(message(SigningCertURL=address)))).status_code == 401
    assert amazon.asked == []


async def test_nothing_is_fetched_for_a_topic_nobody_named(sns: httpx.AsyncClient, amazon: Amazon) -> None:
    await post(sns, signed(confirmation(TopicArn=f"{TOPIC}-of-a-stranger")))
    assert amazon.asked == []


async def test_an_expired_certificate_signs_nothing(sns: httpx.AsyncClient, amazon: Amazon) -> None:
    amazon.certificate = certificate_of(KEY, timedelta(days=-1))
    assert (await post(sns, signed(message()))).status_code == 401


@pytest.mark.parametrize(("certificate", "status"), [(b"", 401), (b"<html>", 401), (b"x" * 200_000, 503)])
async def test_a_certificate_that_is_none_is_no_error_of_ours(
    sns: httpx.AsyncClient, amazon: Amazon, certificate: bytes, status: int
) -> None:
    amazon.certificate = certificate
    assert (await post(sns, signed(message()))).status_code == status


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_when_sns_does_not_answer_the_message_is_asked_for_again(
    sns: httpx.AsyncClient, store: Store, amazon: Amazon, status: int
) -> None:
    amazon.status = status
    answer = await post(sns, signed(message()))
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
    assert amazon.asked == [CERTIFICATE]  # a redirect is not followed
    assert await store.queries.incidents() == ()


async def test_a_subscription_to_a_named_topic_is_confirmed(
    sns: httpx.AsyncClient, store: Store, amazon: Amazon
) -> None:
    answer = await post(sns, signed(confirmation()))
    assert (answer.status_code, answer.json()["alerts"]) == (202, [])
    assert amazon.asked == [CERTIFICATE, CONFIRM]
    assert await store.queries.incidents() == ()


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/?Action=ConfirmSubscription&TopicArn=" + TOPIC,
        f"{HOST}/?Action=Unsubscribe&TopicArn={TOPIC}",
        f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}-of-a-stranger",
        f"{HOST}@evil.example/?Action=ConfirmSubscription&TopicArn={TOPIC}",
    ],
)
async def test_nothing_else_is_called_to_confirm(sns: httpx.AsyncClient, amazon: Amazon, address: str) -> None:
    await post(sns, signed(confirmation(SubscribeURL=address)))
    assert amazon.asked == [CERTIFICATE]


async def test_a_forged_confirmation_confirms_nothing(sns: httpx.AsyncClient, amazon: Amazon) -> None:
    answer = await post(sns, signed(confirmation()) | {"Token": "another"})
    assert (answer.status_code, amazon.asked) == (401, [CERTIFICATE])


async def test_raw_delivery_needs_a_token_and_a_signature_that_is_there_must_hold(
    sns: httpx.AsyncClient, amazon: Amazon
) -> None:
    shown = {"authorization": "Basic " + base64.b64encode(f"sns:{TOKEN}".encode()).decode()}
    assert (await post(sns, ALARM)).status_code == 401
    assert (await post(sns, ALARM, **shown)).status_code == 202
    assert amazon.asked == []
    assert (await post(sns, message(Signature="c2ln"), **shown)).status_code == 401


async def test_without_topics_an_unproven_body_is_not_even_read(store: Store, settings: Settings) -> None:
    transport = httpx.ASGITransport(create_api(store, Bell(), settings, Trust.of({})))
    async with httpx.AsyncClient(transport=transport, base_url="http://redtide") as client:
        answer = await client.post(
            "/alerts/cloudwatch", json=signed(message()), headers={"x-amz-sns-message-type": "Notification"}
        )
    assert answer.status_code == 401


@pytest.mark.parametrize("topics", ["alarms", "arn:aws:sqs:eu-west-1:123456789012:alarms", f"{TOPIC},{TOPIC}"])
def test_what_is_no_topic_is_said_at_the_start(topics: str) -> None:
    with pytest.raises(InputError, match="REDTIDE_SNS_TOPICS"):
        Trust.of({"REDTIDE_SNS_TOPICS": topics})
