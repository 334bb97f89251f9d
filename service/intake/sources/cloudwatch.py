"""CloudWatch alarms by Amazon SNS: an alarm, or EventBridge's event of one, in SNS's envelope or delivered raw.

An alarm has no labels: the dimensions of its metric name the service, and words of its description (`service=checkout
environment=production`) what they do not.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from pydantic import Field

from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.free_text import words_in
from service.intake.labels import ENVIRONMENT, REPOSITORY, REVISION, SERVICE, SEVERITY, first_of, revision_in
from service.intake.lenient import Draft, Fields, Items, Moment, NotUnderstood, Sent, Text, json_object, said

_SERVICE = (
    *("Service", "ServiceName", "service.name", "Application", "ApplicationName", "App", "FunctionName"),
    *("ApiName", "ContainerName", "QueueName", "TargetGroup", "LoadBalancer", "DBInstanceIdentifier"),
)
_ENVIRONMENT = ("Environment", "EnvironmentName", "Stage", "deployment.environment")
_STATES: dict[str, State] = {"ALARM": "firing", "OK": "resolved"}
_PAGE = "https://{0}.console.aws.amazon.com/cloudwatch/home?region={0}#alarmsV2:alarm/{1}"


class Alarm(Sent):
    """An alarm that changed its state."""

    name: Text = Field(default="", alias="AlarmName")
    description: Text = Field(default="", alias="AlarmDescription")
    arn: Text = Field(default="", alias="AlarmArn")
    state: Text = Field(default="", alias="NewStateValue")
    reason: Text = Field(default="", alias="NewStateReason")
    at: Moment = Field(default=None, alias="StateChangeTime")
    trigger: Fields = Field(default_factory=dict, alias="Trigger")


class Metric(Sent):
    """What an alarm watches. Dimensions are pairs of name and value, or one object."""

    name: Text = Field(default="", alias="MetricName")
    namespace: Text = Field(default="", alias="Namespace")
    dimensions: Any = Field(default=None, alias="Dimensions")


class Change(Sent):
    """EventBridge's `detail`."""

    name: Text = Field(default="", alias="alarmName")
    state: Fields = Field(default_factory=dict)
    configuration: Fields = Field(default_factory=dict)


def read(body: bytes, headers: Mapping[str, str]) -> Sequence[Draft]:
    """The one alert, or none: confirmations of a subscription, and alarms without enough data."""
    whole = json_object(body)
    message = whole.get("Message")
    if whole.get("Type") in ("SubscriptionConfirmation", "UnsubscribeConfirmation"):
        return []
    if isinstance(message, str) and "AlarmName" not in whole:
        try:
            whole = json_object(message.encode("utf-8", "replace"))
        except NotUnderstood as error:
            raise NotUnderstood("Message", "is no alarm of CloudWatch") from error
    alarm, metrics = _of_event(whole) if "detail" in whole else _of_alarm(whole)
    if not alarm.name:
        raise NotUnderstood("AlarmName")
    if not alarm.state:
        raise NotUnderstood("NewStateValue")
    state = _STATES.get(alarm.state.upper())
    return [] if state is None else [_draft(state, alarm, metrics)]


def _draft(state: State, alarm: Alarm, metrics: Sequence[Metric]) -> Draft:
    dimensions = {name: value for metric in reversed(metrics) for name, value in _pairs(metric.dimensions).items()}
    words = words_in(alarm.description)
    parts = alarm.arn.split(":")
    region = parts[3] if len(parts) > 3 and parts[3].replace("-", "").isalnum() else ""
    watched = next((metric for metric in metrics if metric.name), Metric())
    return Draft(
        state=state,
        key=alarm.arn or alarm.name,
        service=first_of(words, SERVICE) or _named(first_of(dimensions, _SERVICE)),
        environment=first_of(words, ENVIRONMENT) or first_of(dimensions, _ENVIRONMENT),
        message=f"{alarm.name}: {alarm.reason}" if alarm.reason else alarm.name,
        error_text=False,
        first_seen=alarm.at,
        repository=first_of(words, REPOSITORY),
        revision=revision_in(first_of(words, REVISION)),
        url=_PAGE.format(region, quote(alarm.name, safe="")) if region else "",
        severity=first_of(words, SEVERITY),
        details=said(
            alarm=alarm.name,
            description=alarm.description,
            metric=f"{watched.namespace} {watched.name}".strip(),
            dimensions=", ".join(f"{name}={value}" for name, value in dimensions.items()),
        ),
    )


def _named(dimension: str) -> str:
    """`app/shop-alb/50dc6c49` and `targetgroup/checkout/73e2d6bc` hold a name in their middle."""
    parts = dimension.split("/")
    return parts[1] if len(parts) == 3 else parts[0]


def _of_alarm(whole: Mapping[str, Any]) -> tuple[Alarm, list[Metric]]:
    alarm = Alarm.model_validate(whole)
    many = Several.model_validate(alarm.trigger).metrics
    inner = [_at(each, "MetricStat", "Metric") for each in many]
    return alarm, [Metric.model_validate(alarm.trigger), *(Metric.model_validate(each) for each in inner if each)]


class Several(Sent):
    """The metrics of a formula."""

    metrics: Items = Field(default_factory=list, alias="Metrics")


def _of_event(whole: Mapping[str, Any]) -> tuple[Alarm, list[Metric]]:
    detail = whole["detail"]
    change = Change.model_validate(detail if isinstance(detail, Mapping) else {})
    resources = whole.get("resources")
    alarm = {
        "AlarmName": change.name,
        "AlarmDescription": change.configuration.get("description"),
        "AlarmArn": next((each for each in resources if isinstance(each, str)), "")
        if isinstance(resources, list)
        else "",
        "NewStateValue": change.state.get("value"),
        "NewStateReason": change.state.get("reason"),
        "StateChangeTime": change.state.get("timestamp") or whole.get("time"),
    }
    metrics = change.configuration.get("metrics")
    inner = [_at(each, "metricStat", "metric") for each in metrics] if isinstance(metrics, list) else []
    found = [
        {"MetricName": each.get("name"), "Namespace": each.get("namespace"), "Dimensions": each.get("dimensions")}
        for each in inner
        if each
    ]
    return Alarm.model_validate(alarm), [Metric.model_validate(each) for each in found]


def _at(value: object, *names: str) -> Mapping[str, Any]:
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _pairs(dimensions: object) -> dict[str, str]:
    if isinstance(dimensions, Mapping):
        return {str(name): str(value) for name, value in dimensions.items() if value is not None}
    items = dimensions if isinstance(dimensions, list) else []
    pairs = [(each.get("name"), each.get("value")) for each in items if isinstance(each, Mapping)]
    return {str(name): str(value) for name, value in pairs if name is not None and value is not None}


SOURCE = Source(
    "cloudwatch",
    read,
    takes="CloudWatch alarms by Amazon SNS, with their `AlarmName`",
    signed_by_topic=True,
)
