"""What agents may ask the log."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agents.tool_calls import Look
from agents.tool_table import offers
from agents.toolbox import Toolbox
from incidents.alert import Alert
from incidents.errors import ToolError
from incidents.reasoning import Step, ToolCall
from incidents.rollout import Rollout
from tests.elastic.filling import document
from tests.elastic.fixtures import LogStore
from tests.shop import Shop, build_shop
from tools.deploys.window import clock
from tools.logs.agent_tools import LogQuestions
from tools.logs.client import Connection
from tools.logs.lookup import look_up
from tools.traces import parse

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BEGAN = NOON - timedelta(minutes=8)
Connect = Callable[..., Connection]


async def asked(log_store: LogStore, connection: Connection) -> LogQuestions:
    """Of an error that began with another new one, beside an old one."""
    rows = [document(BEGAN + timedelta(seconds=6 * n), "cart has no total", version="v2") for n in range(70)]
    rows += [document(BEGAN + timedelta(seconds=9), "price is null", kind="PriceError")]
    rows += [document(NOON - timedelta(minutes=7 * n), "gateway timed out", kind="Timeout") for n in range(1, 100)]
    await log_store.hold(rows)
    alert = Alert(service="checkout", repository="shop", message="cart has no total", first_seen=NOON)
    questions = LogQuestions.about(connection, await look_up(connection, alert, parse(alert.text), NOON))
    assert questions is not None
    return questions


async def test_other_errors_that_began_at_the_same_time_are_told_from_old_ones(
    log_store: LogStore, connected: Connect
) -> None:
    said = await (await asked(log_store, connected())).other_errors()
    assert "- 1 x PriceError: price is null (new at that time)" in said
    assert "x Timeout: gateway timed out (" in said
    assert "times in the 24 hours before too)" in said
    assert "cart has no total" not in said


async def test_whether_the_error_was_there_before_a_deploy(log_store: LogStore, connected: Connect) -> None:
    questions = await asked(log_store, connected())
    said = await questions.error_before(BEGAN - timedelta(minutes=4))
    assert said == "The error occurred 0 times in the 24 hours before 11:48:00 UTC, 70 times since."


async def test_a_log_that_fails_is_a_refusal_the_agent_sees(log_store: LogStore, connected: Connect) -> None:
    questions = await asked(log_store, connected())
    log_store.fails().faults.overloaded = -1
    with pytest.raises(ToolError, match="HTTP 429"):
        await questions.other_errors()
    with pytest.raises(ToolError, match="HTTP 429"):
        await questions.error_before(BEGAN)


async def test_the_developer_asks_the_log_within_a_budget(
    log_store: LogStore, connected: Connect, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shop: Shop = build_shop(tmp_path_factory.mktemp("shop") / "shop.git")
    plain = shop.case(calls_per_tool=1)
    rollout = Rollout(revision="v2", at=BEGAN - timedelta(minutes=4), commits=(shop.culprit,))
    evidence = plain.evidence.model_copy(update={"rollouts": (rollout,)})
    case = replace(plain, evidence=evidence, log=await asked(log_store, connected()))
    steps: list[Step] = []
    toolbox = Toolbox(case, "developer", steps)
    offered = {offer.name for offer in offers(case)}
    assert {"other_errors", "error_before_deploy"} <= offered
    assert {each.name for each in offers(plain)} == offered - {"other_errors", "error_before_deploy"}
    number = [each.commit.sha for each in case.suspects].index(shop.culprit) + 1
    assert "70 times since" in await toolbox.use(Look(tool="error_before_deploy", commit=str(number)))
    assert "PriceError" in await toolbox.use(Look(tool="other_errors"))
    assert "budget of error_before_deploy is spent" in await toolbox.use(Look(tool="error_before_deploy", commit="2"))
    assert [step.error for step in steps if isinstance(step, ToolCall)][:2] == [None, None]


async def test_without_a_log_the_tools_refuse(tmp_path_factory: pytest.TempPathFactory) -> None:
    shop = build_shop(tmp_path_factory.mktemp("shop") / "shop.git")
    toolbox = Toolbox(shop.case(), "developer", [])
    assert "there is no log to ask" in await toolbox.use(Look(tool="other_errors"))
    assert "there is no log to ask" in await toolbox.use(Look(tool="error_before_deploy", commit="1"))


async def test_of_a_commit_whose_deploy_is_not_known_the_time_it_was_made_counts(
    log_store: LogStore, connected: Connect, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shop = build_shop(tmp_path_factory.mktemp("shop") / "shop.git")
    case = replace(shop.case(), log=await asked(log_store, connected()))
    seen = await Toolbox(case, "developer", []).use(Look(tool="error_before_deploy", commit=shop.culprit))
    made = case.code.deployed.commit(shop.culprit).committed_at
    assert seen.startswith(
        f"When it was deployed is not known; it was made at {clock(made)}.\nThe error occurred 0 times"
    )
