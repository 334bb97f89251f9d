"""E-mail to a real SMTP server: encrypted, one thread, and what its refusals mean."""

import email
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import Message as Mail
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from service.notify.email import EmailSender
from service.notify.sender import Failed, Unavailable
from service.routing.channels import EmailChannel, Notify
from tests.service.notify.parcels import MESSAGE, Recorded, parcel

LOCAL = Notify.model_validate({"networks": ["127.0.0.0/8", "::1/128"], "request_seconds": 30})
PASSWORD = "password-of-the-mailer"


@dataclass
class Mailbox:
    """Takes mail, or answers `refusal` to it."""

    mails: list[Mail] = field(default_factory=list)
    refusal: str = ""
    encrypted: list[bool] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ANN401 (aiosmtpd's)
        """One mail."""
        if self.refusal:
            return self.refusal
        self.encrypted.append(session.ssl is not None)
        self.mails.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 taken"


def certificate(folder: Path) -> ssl.SSLContext:
    """A server's context with a certificate for localhost that signs itself; `folder`/cert.pem holds it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(built.public_bytes(pem))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


@dataclass
class Server:
    """A mail server that offers STARTTLS and asks for a password."""

    port: int
    box: Mailbox

    def sender(self, **changes: Any) -> EmailSender:  # noqa: ANN401 (any field of the channel)
        fields = {
            "kind": "email",
            "host": "localhost",
            "port": self.port,
            "sender": "redtide@example.org",
            "to": ["oncall@example.org", "lead@example.org"],
            "user": "mailer",
        }
        return EmailSender(EmailChannel.model_validate(fields | changes), LOCAL)


class Listening(Controller):
    """Serves on a socket that listens already: nobody can take its port meanwhile."""

    def __init__(self, box: Mailbox, listening: socket.socket, **options: Any) -> None:  # noqa: ANN401 (aiosmtpd's)
        super().__init__(box, **options)
        self._listening = listening

    def _create_server(self) -> Any:  # noqa: ANN401
        return self.loop.create_server(self._factory_invoker, sock=self._listening)


def _login(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:  # noqa: ANN401
    right = isinstance(given, LoginPassword) and given.password == PASSWORD.encode()
    return AuthResult(success=right, handled=right)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    monkeypatch.setenv("REDTIDE_SMTP_PASSWORD", PASSWORD)
    box, listening = Mailbox(), socket.create_server(("127.0.0.1", 0))
    controller = Listening(
        box,
        listening,
        hostname="127.0.0.1",
        port=listening.getsockname()[1],
        ready_timeout=120,
        tls_context=context,
        require_starttls=True,
        authenticator=_login,
        auth_required=True,
    )
    controller.start()
    yield Server(controller.port, box)
    controller.stop()


def body(mail: Mail) -> str:
    return str(mail.get_payload(decode=True).decode("utf-8"))  # type: ignore[union-attr]


async def test_a_mail_is_encrypted_and_says_what_the_terminal_says(server: Server) -> None:
    await server.sender().send(parcel())
    (mail,) = server.box.mails
    assert server.box.encrypted == [True]
    assert mail["Subject"] == "Likely cause found · checkout · production"
    assert mail["To"] == "oncall@example.org, lead@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "$ redtide revert inc-142" in body(mail)
    assert "12 related incidents in 3 services" in body(mail)
    assert "https://redtide.example.org/incidents/INC-k7mq2wz4ab" in body(mail)


async def test_mails_about_one_incident_are_one_thread_and_one_that_comes_twice_has_one_id(server: Server) -> None:
    recorded = Recorded()
    await server.sender().send(parcel(record=recorded))
    await server.sender().send(parcel(record=recorded))
    await server.sender().send(parcel(number=4, messages=recorded.parts))
    first, again, later = server.box.mails
    assert first["Message-ID"] == again["Message-ID"] == recorded.parts["main"]
    assert later["Message-ID"] != first["Message-ID"]
    assert later["In-Reply-To"] == later["References"] == first["Message-ID"]


async def test_no_text_of_a_stranger_becomes_a_header(server: Server) -> None:
    evil = "x\r\nBcc: evil@example.org\r\n\r\nbody"
    await server.sender().send(parcel(replace(MESSAGE, state="investigating", report=None, service=evil, error=evil)))
    (mail,) = server.box.mails
    assert mail["Bcc"] is None
    assert "Bcc" in mail["Subject"]


@pytest.mark.parametrize(
    ("refusal", "raises"), [("451 try later", Unavailable), ("554 not wanted", Failed), ("421 closing", Unavailable)]
)
async def test_what_a_refusal_means(server: Server, refusal: str, raises: type[Exception]) -> None:
    server.box.refusal = refusal
    with pytest.raises(raises):
        await server.sender().send(parcel())


async def test_a_wrong_password_pauses_the_channel_and_is_not_told(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = "another-" + PASSWORD
    monkeypatch.setenv("REDTIDE_SMTP_PASSWORD", wrong)
    with pytest.raises(Unavailable) as caught:
        await server.sender().send(parcel())
    assert wrong not in str(caught.value)
    assert server.box.mails == []


async def test_a_server_that_nobody_vouches_for_gets_nothing(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(Unavailable):
        await server.sender().send(parcel())
    assert server.box.mails == []


async def test_a_host_that_nobody_knows_is_told_in_words() -> None:
    fields = {"kind": "email", "host": "smtp.invalid", "sender": "a@example.org", "to": ["b@example.org"]}
    with pytest.raises(Unavailable, match=r"no connection \(nobody knows the name of the host\)"):
        await EmailSender(EmailChannel.model_validate(fields), Notify()).trial("x")


async def test_a_private_server_is_used_only_where_the_settings_name_it(server: Server) -> None:
    sender = EmailSender(server.sender()._channel, Notify())
    with pytest.raises(Unavailable, match="private address"):
        await sender.send(parcel())


def test_without_encryption_only_this_machine_is_a_server() -> None:
    fields = {
        "kind": "email",
        "host": "mail.example.org",
        "sender": "a@example.org",
        "to": ["b@example.org"],
        "tls": "none",
    }
    with pytest.raises(ValueError, match="only for a server on this machine"):
        EmailChannel.model_validate(fields)
