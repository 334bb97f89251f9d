"""Secrets in a repository and in every field of an alert: none in the store, the prompts, the messages, the logs or the
answers. Git, the graph, the store and the HTTP application are real; the language model's words are scripted."""

import asyncio
import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pygit2
import pytest

from models.scripted import ScriptedModel
from service.json_logs import JsonLines
from service.render import markdown, slack, terminal
from service.settings import Settings
from service.store.schemas import StoredIncident
from service.store.store import Store
from tests.service.stand_ins import until
from tests.service.worker.model_away import at_work, ended, when
from tests.shop import MESSAGE, compared, direct, judgement, plan, reflection, thought
from tools.git.repository import Repository
from tools.revert.plan import plan_revert

ONE_DATABASE = True
PASSWORD = "Kdj38" + "dkEE6"
OLD_PASSWORD = "Wnt3r" + "Sun7x"
TOKEN = "ghp_" + "a1B2c3D4e5" * 4
KEY = "AKIA" + "Q3EGRZ7XKLM2NOPW"
MAIL = "jane.doeling@firma.example"
PHONE = "+49 170 1234567"
SECRETS = (PASSWORD, OLD_PASSWORD, TOKEN, KEY, MAIL, "jane.doeling", "170 1234567")
MAIN = "from shop.db import connect\n\n\ndef main():\n    connect('app')\n"
DB = """\
from shop.wire import open_session


def connect(user):
    secret_door = {user: 1}
    return open_session(user, password="{password}", door=secret_door)
"""
TRACE = f"""\
Traceback (most recent call last):
  File "/srv/app/shop/main.py", line 5, in main
    connect('app')
  File "/srv/app/shop/db.py", line 6, in connect
    return open_session(user, password="{PASSWORD}", door=secret_door)
shop.wire.AccessDenied: login of app with password "{PASSWORD}" refused, {MAIL} was told
"""


@dataclass(frozen=True)
class Leaky:
    """The repository, its commits, and a model that blames the culprit."""

    path: Path
    base: str
    culprit: str
    deployed: str
    model: ScriptedModel = field(repr=False)


class Script(ScriptedModel):
    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def leaky(settings: Settings) -> Leaky:
    """A commit that changes a line with a password. Its subject names a token, its author a mail address, and it adds a
    file whose name is a key."""
    raw = pygit2.init_repository(str(settings.repositories["shop"]), bare=True)
    files = {"shop/main.py": MAIN, "shop/db.py": DB.replace("{password}", OLD_PASSWORD)}
    base = _commit(raw, files, "import", ())
    changed = files | {"shop/db.py": DB.replace("{password}", PASSWORD), f"shop/{KEY}.py": "open_session = None\n"}
    message = f"connect: use {TOKEN}, not password={OLD_PASSWORD}\n\nopen_session is told.\nSigned-off-by: J <{MAIL}>\n"
    culprit = _commit(raw, changed, message, (base,))
    deployed = _commit(raw, changed | {"README": "shop\n"}, "readme", (culprit,))
    said: dict[str, Any] = {
        "zero_shot": direct(True, 0.9),
        "chain_of_thought": compared(1),
        "developer": [
            plan(),
            thought("commit_diff", commit="1"),
            thought("function_source_blame", name="connect"),
            thought(following="decided"),
            reflection(
                changed={"path": "", "line": 0, "text": ""},
                steps=[{"path": "shop/db.py", "line": 6, "function": "connect", "says": "it fails"}],
            ),
        ],
        "judge": judgement("culprit", 1),
        "incident_manager": MESSAGE,
    }
    return Leaky(settings.repositories["shop"], base, culprit, deployed, Script(said))


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    """What our rooms log, as the service writes it."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    yield lines
    root.removeHandler(handler)


def _commit(raw: pygit2.Repository, files: dict[str, str], message: str, parents: tuple[str, ...]) -> str:
    index = pygit2.Index()
    for path, text in files.items():
        index.add(pygit2.IndexEntry(path, raw.create_blob(text.encode()), pygit2.enums.FileMode.BLOB))
    author = pygit2.Signature(MAIL, MAIL, 1_700_000_000 + 60 * len(parents), 0)
    ids = [pygit2.Oid(hex=parent) for parent in parents]
    return str(raw.create_commit(None, author, author, message, index.write_tree(raw), ids))


def alert_with_secrets(leaky: Leaky) -> dict[str, Any]:
    """Each field holds some; in clear, percent-encoded, coloured, and with invisible characters inside."""
    hidden = TOKEN[:9] + "\u200b" + TOKEN[9:]
    coloured = f"\x1b[31mpassword\x1b[0m=\x1b[1m{PASSWORD}\x1b[0m"
    zeros = "".join(letter + "\x00" for letter in f"password={PASSWORD}")
    return {
        "service": f"shop https://{hidden}@git.example",
        "environment": f"prod for {MAIL}",
        "message": f"{coloured} and next=%2Flogin%3Fpassword%3D{PASSWORD}%26x%3D1 and {zeros}",
        "stack_trace": TRACE + f"\n{coloured}\ncall {PHONE}, {hidden}\n",
        "repository": "shop",
        "base": leaky.base,
        "deployed": leaky.deployed,
        "key": f"group of {KEY}",
        "url": f"https://sentry.example/issues/1?access_token={TOKEN}&user={MAIL}",
    }


async def investigated(client: httpx.AsyncClient, store: Store, settings: Settings, leaky: Leaky) -> StoredIncident:
    deploy = {
        "repository": "shop",
        "revision": leaky.deployed,
        "at": "2023-11-14T22:20:00Z",
        "actor": MAIL,
        "url": f"https://ci.example/?token={TOKEN}",
    }
    await client.post("/deploys", json=deploy)
    sent = await client.post("/alerts", json=alert_with_secrets(leaky), headers={"Idempotency-Key": f"first {TOKEN}"})
    assert sent.status_code == 202, sent.text
    incident = sent.json()["id"]
    work = settings.model_copy(update={"poll_seconds": 0.05, "model_url": "http://x/v1", "model_name": "tiny"})
    async with at_work(store, work, leaky.model):
        await until(when(store, incident, ended))
    return await store.queries.incident(incident)


def held_by(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


async def test_no_secret_reaches_the_store_a_prompt_a_message_a_log_or_an_answer(
    client: httpx.AsyncClient, store: Store, settings: Settings, leaky: Leaky, tmp_path: Path, log_lines: io.StringIO
) -> None:
    incident = await investigated(client, store, settings, leaky)
    assert incident.verdict
    assert incident.report
    assert (incident.verdict.mode, incident.verdict.culprit) == ("agents", leaky.culprit)
    logging.getLogger("service").error("could not read password=%s", PASSWORD)

    written = await asyncio.to_thread(lambda: list(tmp_path.rglob("*")))
    kept = [path for path in written if path.is_file() and leaky.path not in path.parents]
    assert any(path.stat().st_size for path in kept if path.name.startswith("store"))
    assert {path.name: held_by(path.read_bytes().decode("latin-1")) for path in kept} == {
        path.name: [] for path in kept
    }

    prompts = "\n".join(f"{each.prompt.system}\n{each.prompt.user}" for each in leaky.model.questions)
    assert "open_session(user, password=" in prompts
    assert held_by(prompts) == []

    shown = (terminal.render(incident.report), markdown.render(incident.report), str(slack.blocks(incident.report)))
    assert [held_by(text) for text in shown] == [[], [], []]

    paths = [f"/incidents/{incident.id}{tail}" for tail in ("", "/trace", "/audits")]
    answers = [await client.get(path) for path in ("/incidents", *paths)]
    answers += [await client.get(paths[0], headers={"Accept": kind}) for kind in ("text/plain", "text/markdown")]
    assert [(answer.status_code, held_by(answer.text)) for answer in answers] == [(200, [])] * len(answers)

    assert "<redacted:password>" in log_lines.getvalue()
    assert held_by(log_lines.getvalue()) == []


async def test_a_revert_repeats_no_secret_of_the_commit_it_undoes(leaky: Leaky) -> None:
    plan = plan_revert(Repository.open(leaky.path), leaky.culprit, leaky.deployed)
    assert plan.message.startswith('Revert "connect: use <redacted:token>')
    assert held_by(plan.message) == []
