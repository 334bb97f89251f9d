"""Each way in which a server does not answer, or refuses, is one line that says what to do; and who is sent the token."""

import asyncio
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from incidents.errors import ServerUnavailable
from service.api.routes import create_api
from service.cli.client import connected
from service.cli.target import Remote, is_loopback
from service.settings import Settings
from service.store.store import Store
from tests.service.cli.live_service import ANA, READER, serving_app, trust
from tests.service.cli.ran import Ran, RedTide
from tests.service.stand_ins import Bell

ONE_DATABASE = True


@pytest.fixture
def url(settings: Settings) -> Iterator[str]:
    """The real interface over an empty store, without triage."""
    with serving_app(create_api(Store(settings.store_address()), Bell(), settings, trust())) as served:
        yield served


def told(ran: Ran, command: str) -> str:
    """The one line of a refusal."""
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1), ran
    return ran.err.removeprefix(f"redtide {command}: error: ").rstrip()


def test_nobody_listens(redtide: RedTide) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        said = told(redtide("incidents", "--server", url), "incidents")
    assert said.startswith(f"{url} cannot be reached (")


def test_a_host_without_a_name_is_told(redtide: RedTide) -> None:
    said = told(redtide("incidents", "--server", "https://redtide.invalid"), "incidents")
    assert said.startswith("https://redtide.invalid cannot be reached (")


@pytest.mark.parametrize(
    ("token", "command", "said"),
    [
        (None, ["incidents"], "{url} asks for a token; run `redtide login --server {url}`, or set REDTIDE_TOKEN"),
        ("nobody-knows-this-one", ["incidents"], "{url} does not know this token; run `redtide login --server {url}`"),
        (READER, ["rerun", "INC-k7mq2wz4ab"], "{url}: this token lacks the scope alerts:write; add it there"),
        (ANA, ["show", "INC-k7mq2wz4ab"], "no incident has the id INC-k7mq2wz4ab at {url}"),
        (ANA, ["show", "k7"], "no incident has the id INC-k7 at {url}"),
        (ANA, ["show", "INC-../../x"], "INCIDENT: 'INC-../../x' is no id of an incident"),
        (ANA, ["incidents", "--before", "INC-k7mq2wz4ab"], "no incident has the id INC-k7mq2wz4ab"),
        (ANA, ["incidents", "--service", "x" * 400], "{url} refuses this: service: String should have at most 300"),
        (
            ANA,
            ["alert", "--message", "x", "--service", "s", "--repository", "no"],
            "{url} refuses this: repository: not",
        ),
        ("zwölf Zeichen", ["incidents"], "TOKEN: a token has printable characters without blanks"),
    ],
)
def test_a_refusal_says_what_is_missing(
    redtide: RedTide, url: str, token: str | None, command: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if token:
        monkeypatch.setenv("REDTIDE_TOKEN", token)
    assert told(redtide(*command, "--server", url), command[0]).startswith(said.format(url=url))


def test_a_token_that_may_only_look_looks(redtide: RedTide, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDTIDE_TOKEN", READER)
    assert redtide("incidents", "--server", url).err == "no incidents\n"


@pytest.mark.parametrize(
    "given", ["redtide.example.org", "ftp://x", "https://", "https://a:b@x", "http://x?y", "http://x:0"]
)
def test_what_is_no_address_is_refused(redtide: RedTide, given: str) -> None:
    assert "is no server's address" in told(redtide("incidents", "--server", given), "incidents")


def test_a_server_and_a_store_cannot_both_be_meant(redtide: RedTide) -> None:
    ran = redtide("incidents", "--server", "http://127.0.0.1:1", "--store", "sqlite:///x")
    assert told(ran, "incidents").startswith("--server: cannot be combined with --store")


def test_a_token_is_only_sent_by_https_or_to_this_machine(redtide: RedTide, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDTIDE_TOKEN", ANA)
    said = told(redtide("incidents", "--server", "http://redtide.example.org"), "incidents")
    assert said == "--server: a token is only sent by https, or to this machine; give the https address of " + (
        "http://redtide.example.org"
    )


@pytest.mark.parametrize(
    ("url", "own"),
    [("http://localhost:1", True), ("http://[::1]:1", True), ("http://127.9.9.9", True)]
    + [(f"http://{host}", False) for host in ("localhost.example.org", "128.0.0.1", "127.0.0.1.nip.io", "[::2]")],
)
def test_what_counts_as_this_machine(url: str, own: bool) -> None:
    assert is_loopback(url) == own


def test_a_token_never_follows_a_redirect_and_is_not_given_to_a_proxy(
    redtide: RedTide, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    async def elsewhere(request: Request) -> Response:
        seen.append(request.headers.get("authorization", ""))
        return JSONResponse({"incidents": []})

    with serving_app(Starlette(routes=[Route("/{any:path}", elsewhere)])) as other:

        async def moved(request: Request) -> Response:
            return RedirectResponse(f"{other}/incidents")

        monkeypatch.setenv("REDTIDE_TOKEN", ANA)
        monkeypatch.setenv("HTTP_PROXY", other)
        monkeypatch.setenv("ALL_PROXY", other)
        with serving_app(Starlette(routes=[Route("/incidents", moved)])) as first:
            said = told(redtide("incidents", "--server", first), "incidents")
    assert said.startswith(f"{first} redirects to {other}/incidents; give that one")
    assert seen == []


@pytest.mark.parametrize("answer", ["no such path", "other fields", "no json", "down", "busy"])
def test_what_does_not_answer_as_this_version_is_told(redtide: RedTide, answer: str) -> None:
    async def reply(request: Request) -> Response:
        if answer == "no json":
            return PlainTextResponse("<html>\x1b[31mit works!")
        if answer in ("down", "busy"):
            return JSONResponse({"detail": "\x1b[31mnot\nnow"}, status_code=503 if answer == "down" else 429)
        return JSONResponse({"incidents": [{"number": 7}]})

    routes = [] if answer == "no such path" else [Route("/incidents", reply)]
    with serving_app(Starlette(routes=routes)) as url:
        said = told(redtide("incidents", "--server", url), "incidents")
    expected = {
        "no such path": "does not know this request: it is no Red Tide server, or one of another version",
        "down": "cannot answer now (503 not now); try again",
        "busy": "cannot answer now (429 not now); try again",
    }
    assert said == f"{url} " + expected.get(
        answer,
        "answers in another way than this version of Red Tide knows: it is no Red Tide server, or one of another version",
    )


def test_what_a_newer_server_says_more_is_left_out(redtide: RedTide) -> None:
    async def newer(request: Request) -> Response:
        names = {
            "id": "INC-k7mq2wz4ab",
            "status": "open",
            "service": "\x1b[31mshop",
            "environment": "e",
            "repository": "r",
        }
        return JSONResponse({"incidents": [{**names, "opened_at": "2026-11-23T12:00:00Z", "mood": "good"}], "total": 1})

    with serving_app(Starlette(routes=[Route("/incidents", newer)])) as url:
        ran = redtide("incidents", "--server", url)
    assert (ran.status, ran.out.splitlines()[1].split()) == (
        0,
        ["INC-k7mq2wz4ab", "2026-11-23", "12:00:00", "shop", "e", "1", "open"],
    )


async def test_a_server_that_says_nothing_is_not_waited_for_for_ever() -> None:
    silent = socket.create_server(("127.0.0.1", 0))  # it takes the connection and the request, and that is all
    with silent:
        remote = Remote(f"http://127.0.0.1:{silent.getsockname()[1]}")
        async with connected(remote, seconds=0.2) as client:
            with pytest.raises(ServerUnavailable, match="did not answer in time"):
                await client.page(1)


def test_a_certificate_is_believed_when_its_authority_is_named(
    redtide: RedTide, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = _self_signed(tmp_path)
    monkeypatch.setenv("REDTIDE_TOKEN", ANA)
    app = create_api(Store(settings.store_address()), Bell(), settings, trust())
    with serving_app(app, certificate) as url:
        said = told(redtide("incidents", "--server", url), "incidents")
        plain = told(redtide("incidents", "--server", url.replace("https", "http")), "incidents")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        trusted = redtide("incidents", "--server", url)
    assert said.startswith(f"the certificate of {url} is not trusted (")
    assert "set SSL_CERT_FILE" in said
    assert "cannot be reached" in plain
    assert (trusted.status, trusted.err) == (0, "no incidents\n")


def _self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that it signed itself, and its key."""
    from ipaddress import ip_address

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    built = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    built = built.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    built = built.add_extension(names, critical=False).add_extension(x509.BasicConstraints(True, None), critical=True)
    certificate, private = folder / "cert.pem", folder / "key.pem"
    certificate.write_bytes(built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private


def test_json_of_a_server_is_printed_without_what_a_terminal_would_act_on(redtide: RedTide) -> None:
    async def hostile(request: Request) -> Response:
        names = {"id": "INC-k7mq2wz4ab", "status": "open", "service": "\x1b[2J", "environment": "e", "repository": "r"}
        return JSONResponse({"incidents": [{**names, "opened_at": "2026-11-23T12:00:00Z"}]})

    with serving_app(Starlette(routes=[Route("/incidents", hostile)])) as url:
        ran = redtide("incidents", "--server", url, "--json")
    assert "\x1b" not in ran.out
    assert json.loads(ran.out)["incidents"][0]["service"] == "\x1b[2J"


def test_a_store_that_is_damaged_is_told(redtide: RedTide, tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite3"
    file.write_text("no database" * 99)
    assert "cannot be read" in told(redtide("incidents", "--store", f"sqlite:///{file}"), "incidents")
    assert asyncio.run(asyncio.to_thread(file.read_text)) == "no database" * 99
