"""Everything real: an alert over HTTP, Ray Serve, the graph, and vLLM behind ray.serve.llm in the same cluster."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from agents.limits import Limits
from service.settings import Settings
from service.store.schemas import ReasoningTrace, StoredIncident
from tests.recorded import FOLDERS, Recorded, load
from tests.serve_llm import Cluster, ServedModel, red_tide_app
from tests.service.stand_ins import until

# Ray's and vLLM's own modules warn when they are imported.
pytestmark = [
    pytest.mark.ray,
    pytest.mark.vllm,
    pytest.mark.timeout(900),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]
FEW = Limits(
    judged_commits=1,
    developer_turns=3,
    samples=2,
    plan_steps=1,
    thoughts=1,
    judge_rounds=0,
    concurrency=2,
    seconds=900,
)


@pytest.fixture
def recorded(tmp_path: Path) -> Recorded:
    return load(next(folder for folder in FOLDERS if folder.name == "php-removed-method"), tmp_path)


@pytest.fixture
def red_tide(
    ray_cluster: Cluster, tiny_llm: ServedModel, recorded: Recorded, tmp_path: Path
) -> Iterator[httpx.AsyncClient]:
    """The application beside the model, in one cluster."""
    settings = Settings(
        store_url=f"sqlite:///{tmp_path}/store.sqlite3",
        repositories={recorded.alert.repository: recorded.repository},
        model_url=tiny_llm.url,
        model_name=tiny_llm.model,
        limits=FEW,
    )
    with red_tide_app(ray_cluster, settings) as client:
        yield client


async def test_an_alert_becomes_a_verdict_after_vllm_answered_for_all_five_agents(
    red_tide: httpx.AsyncClient, recorded: Recorded
) -> None:
    async with red_tide as client:
        health = (await client.get("/healthz")).json()
        sent = await client.post("/alerts", json=recorded.alert.model_dump(mode="json"))
        path = f"/incidents/{sent.raise_for_status().json()['id']}"
        await until(lambda: _ended(client, path), 600, pause=1)
        incident = StoredIncident.model_validate_json((await client.get(path)).content)
        trace = ReasoningTrace.model_validate_json((await client.get(path + "/trace")).content)
    answered = {step.agent for step in trace.steps if step.kind == "model" and step.replies and not step.error}
    unparsed = [step for step in trace.steps if step.kind == "model" and step.error]
    assert (health["mode"], health["model"]["reachable"]) == ("agents", True)
    assert answered == {"zero_shot", "chain_of_thought", "developer", "judge", "incident_manager"}
    assert unparsed == []
    assert incident.verdict is not None
    assert incident.verdict.mode == "agents"
    assert incident.report is not None
    assert incident.report.model == "tiny-llama"
    assert trace.totals.prompt_tokens > 1_000
    assert trace.totals.completion_tokens > 0


async def _ended(client: httpx.AsyncClient, path: str) -> bool:
    status: str = (await client.get(path)).raise_for_status().json()["status"]
    return status in ("done", "failed")
