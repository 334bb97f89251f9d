"""The settings of the log store: typed, and without secrets."""

import pytest
from pydantic import ValidationError

from service.settings import Settings
from tools.logs.fields import CLASSIC, ECS
from tools.logs.settings import LogSettings


def test_the_fields_are_those_of_the_common_schema_unless_changed() -> None:
    assert LogSettings(urls=("http://localhost:9200",)).mapping() == ECS
    changed = LogSettings(urls=("http://localhost:9200",), layout="classic", fields={"service": "app.keyword"})
    assert changed.mapping() == CLASSIC.model_copy(update={"service": "app.keyword"})
    assert "app" in changed.mapping().wanted()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "either urls or cloud_id"),
        ({"urls": ("http://localhost:9200",), "cloud_id": "a:b"}, "either urls or cloud_id"),
        ({"urls": ("http://a:hunter2hunter2@localhost:9200",)}, "must not hold credentials"),
        ({"urls": ("localhost:9200",)}, "not an address"),
        ({"urls": ("http://a:9200",), "kibana_url": "https://a:hunter2hunter2@kb.example.org"}, "kibana_url"),
        ({"urls": ("http://localhost:9200",), "fields": {"sevrice": "x"}}, "sevrice"),
    ],
)
def test_what_cannot_work_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        LogSettings.model_validate(given)


def test_they_come_from_the_environment_and_a_refusal_repeats_no_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDTIDE_LOGS", '{"urls": ["https://es.example.org:9200"], "index": "logs-shop-*"}')
    logs = Settings().logs
    assert logs is not None
    assert logs.index == "logs-shop-*"
    monkeypatch.setenv("REDTIDE_LOGS", '{"urls": ["https://a:hunter2hunter2@es.example.org"]}')
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert "hunter2" not in str(refused.value)
