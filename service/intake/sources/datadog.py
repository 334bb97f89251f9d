"""Datadog's webhook integration with the template of docs/alert-sources.md."""

from collections.abc import Mapping, Sequence

from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.lenient import ENVIRONMENT, REPOSITORY, REVISION, SERVICE, Draft, Moment, Sent, Text, first_of


class Body(Sent):
    """The template, rendered. A variable that Datadog does not know stays as it was: `$NAME`."""

    alert_id: Text = ""
    cycle: Text = ""
    agg: Text = ""
    transition: Text = ""
    title: Text = ""
    text: Text = ""
    logs: Text = ""
    date: Moment = None
    link: Text = ""
    tags: Text = ""
    service: Text = ""
    env: Text = ""
    repository: Text = ""


def read(body: bytes, headers: Mapping[str, str]) -> Sequence[Draft]:
    """The one alert of the body. Only a log monitor brings lines of the log."""
    sent = Body.model_validate_json(body)
    tags = _tags(_known(sent.tags))
    logs = _known(sent.logs)
    return [
        Draft(
            state=_state(sent),
            key=_known(sent.cycle) or _known(sent.agg) or _known(sent.alert_id),
            service=_known(sent.service) or first_of(tags, SERVICE),
            environment=_known(sent.env) or first_of(tags, ENVIRONMENT),
            message=_known(sent.title) or _known(sent.text),
            stack_trace=logs,
            error_text=bool(logs),
            first_seen=sent.date,
            repository=_known(sent.repository) or first_of(tags, REPOSITORY),
            revision=first_of(tags, REVISION),
            url=_known(sent.link),
        )
    ]


def _known(value: str) -> str:
    return "" if value.startswith("$") else value


def _state(sent: Body) -> State:
    if sent.title.lower().startswith("[test"):
        return "test"
    return "resolved" if _known(sent.transition).lower() == "recovered" else "firing"


def _tags(tags: str) -> dict[str, str]:
    pairs = (tag.strip().partition(":") for tag in tags.split(","))
    return {name: value for name, colon, value in pairs if colon}


SOURCE = Source("datadog", read)
