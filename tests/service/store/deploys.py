"""Deploys for the store."""

from datetime import timedelta

from incidents.alert import Deploy
from tests.service.stand_ins import NOON


def deploy(revision: str, minutes: int, service: str | None = "checkout", environment: str = "production") -> Deploy:
    at = NOON + timedelta(minutes=minutes)
    return Deploy(repository="shop", revision=revision, at=at, service=service, environment=environment)
