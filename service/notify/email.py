"""E-mail through one SMTP server, encrypted with STARTTLS or from the beginning. The only place that imports smtplib."""

import asyncio
import hashlib
import smtplib
import socket
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from ipaddress import ip_address

from service.notify.outbound import Networks, may_reach, why
from service.notify.sender import Failed, NotSent, Parcel, Refused, Unavailable, secret
from service.render.message import title
from service.render.text_message import render
from service.routing.channels import EmailChannel, Notify


class EmailSender:
    """Sends one mail for each change; those about one incident, and about one group, are one thread."""

    pace_seconds = 0.0

    def __init__(self, channel: EmailChannel, settings: Notify) -> None:
        self._channel = channel
        self._settings = settings

    async def send(self, parcel: Parcel) -> None:
        """Send it. Raises NotSent."""
        mail = self._mail(title(parcel.message), render(parcel.message), f"{parcel.key}/{parcel.number}")
        first = parcel.messages.get("main") or parcel.thread
        if first:
            mail["In-Reply-To"] = mail["References"] = first
        await asyncio.to_thread(self._deliver, mail)
        if "main" not in parcel.messages:
            await parcel.record("main", mail["Message-ID"])

    async def trial(self, text: str) -> str:
        """Send a test mail and return what came back. Raises NotSent."""
        await asyncio.to_thread(self._deliver, self._mail("Red Tide: test message", text + "\n", formatdate()))
        return f"{self._channel.host} took it for {len(self._channel.to)} recipients"

    def _mail(self, subject: str, text: str, name: str) -> EmailMessage:
        """A mail; the same name gives the same Message-ID, by which a mail server knows one that comes twice."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._channel.sender, ", ".join(self._channel.to), subject
        mail["Date"] = formatdate()
        unique = hashlib.sha256(name.encode()).hexdigest()[:32]
        mail["Message-ID"] = f"<{unique}@{self._channel.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answers from vacations
        mail.set_content(text)
        return mail

    def _deliver(self, mail: EmailMessage) -> None:
        try:
            refuse_private(self._channel.host, self._channel.port, self._settings.networks)
            with self._connected() as server:
                refused = server.send_message(mail)
        except NotSent:
            raise
        except (smtplib.SMTPException, OSError) as error:
            raise _problem(error) from error
        if refused:
            raise Refused(f"the server refused {len(refused)} of {len(self._channel.to)} recipients")

    def _connected(self) -> smtplib.SMTP:
        """A connection that is encrypted, unless the settings say otherwise, and logged in."""
        channel, seconds = self._channel, self._settings.request_seconds
        if channel.tls == "implicit":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                channel.host, channel.port, timeout=seconds, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(channel.host, channel.port, timeout=seconds)
        try:
            if channel.tls == "starttls":
                server.starttls(context=ssl.create_default_context())
            if channel.user is not None:
                server.login(channel.user, secret(channel.password_variable))
        except BaseException:
            server.close()
            raise
        return server


def refuse_private(host: str, port: int, networks: Networks) -> None:
    """Raises Unavailable for a host with a private address outside `networks`, OSError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if not all(may_reach(each, networks) for each in addresses):
        raise Unavailable(f"{host} has a private address: name its network in notify.networks", known=True)


def _problem(error: Exception) -> NotSent:
    """What to make of an error of SMTP; its text is not repeated: servers quote addresses in it."""
    name = type(error).__name__
    if isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPNotSupportedError):
        return Unavailable(f"{name}: see user, password_variable and tls", known=True)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = {code for code, _ in error.recipients.values()}
        return Unavailable(name, known=True) if min(codes) < 500 else Refused(f"{name} ({min(codes)})")
    if isinstance(error, smtplib.SMTPResponseException):
        problem = f"{name} ({error.smtp_code})"
        return Unavailable(problem, known=True) if error.smtp_code < 500 else Failed(problem)
    if isinstance(error, ConnectionRefusedError | socket.gaierror):
        return Unavailable(f"no connection ({why(error)})", known=True)
    return Unavailable(name, known=isinstance(error, ssl.SSLError))
