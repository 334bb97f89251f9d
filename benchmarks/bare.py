"""The least that Ray Serve can do with an alert: parse it and answer. The storm is measured beside it."""

from typing import Any

from fastapi import FastAPI, Request
from ray import serve

api = FastAPI()


@api.post("/alerts/{source}", status_code=202)
async def parse(source: str, request: Request) -> dict[str, bool]:
    """Read the JSON, nothing else."""
    read: Any = await request.json()
    return {"read": bool(read)}


@serve.ingress(api)
class Bare:
    """One replica, as much of it as of ours."""


def application() -> serve.Application:
    """To be run at a route prefix of its own."""
    options = {"num_cpus": 0.1}
    deployment = serve.deployment(name="Bare", ray_actor_options=options, max_ongoing_requests=256)(Bare)
    return deployment.bind()
