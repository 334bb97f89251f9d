"""The least work that Ray Serve can do with an alert: parse it and answer. `benchmarks.storm` compares with it."""

from typing import Any

from fastapi import FastAPI, Request
from ray import serve

api = FastAPI()


@api.post("/alerts/{source}", status_code=202)
async def parse(source: str, request: Request) -> dict[str, bool]:
    """Read the JSON and do nothing else."""
    read: Any = await request.json()
    return {"read": bool(read)}


@serve.ingress(api)
class Bare:
    """One replica with the same resources as ours."""


def application() -> serve.Application:
    """Return the application; run it at its own route prefix."""
    options = {"num_cpus": 0.1}
    deployment = serve.deployment(name="Bare", ray_actor_options=options, max_ongoing_requests=256)(Bare)
    return deployment.bind()
