"""CloudWatch alarms by Amazon SNS: an alarm, or EventBridge's event of one, in SNS's envelope or delivered raw.

An alarm has no labels: the dimensions of its metric name the service, and words of its description (`service=checkout
environment=production`) what they do not.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote

from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.envelopes import from_sns
from service.intake.free_text import words_in
from service.intake.label_shapes import labelled
from service.intake.labels import ENVIRONMENT, SERVICE, SEVERITY, about, first_of
from service.intake.lenient import (
    WITHOUT,
    Anything,
    Draft,
    Fields,
    Items,
    Moment,
    NotUnderstood,
    Part,
    Sent,
    Text,
    named,
    said,
)

_SERVICE = (
    *(*SERVICE, "FunctionName", "ApiName", "ContainerName", "QueueName"),
    *("TargetGroup", "LoadBalancer", "TaskDefinitionFamily", "DBInstanceIdentifier", "DBClusterIdentifier"),
    *("DomainName", "TableName", "StreamName", "TopicName", "DeliveryStreamName", "EnvironmentName", "StateMachineArn"),
    *("CacheClusterId", "ReplicationGroupId", "ClusterIdentifier", "Broker", "BucketName", "AutoScalingGroupName"),
)
_STATES: dict[str, State] = {"ALARM": "firing", "OK": "resolved"}
_NOT_KNOWN = "INSUFFICIENT_DATA"
_CONFIRMATIONS = ("SubscriptionConfirmation", "UnsubscribeConfirmation")
_IS_NAME = re.compile(r"[A-Za-z0-9][\w.@/+-]*[A-Za-z][\w.@/+-]*|[A-Za-z]")
"""Of a description in words only names are taken: no port, no address."""
_PAGE = "https://{0}.console.aws.amazon.com/cloudwatch/home?region={0}#alarmsV2:alarm/{1}"


class Metric(Sent):
    """What an alarm watches. Dimensions are pairs of name and value, or one object."""

    name: Text = named("MetricName", "name")
    namespace: Text
    dimensions: Anything


class Trigger(Metric):
    """A metric, or the metrics of a formula."""

    metrics: Items


class Alarm(Sent):
    """An alarm that changed its state. `timestamp` is that of its envelope."""

    alarm_name: Text
    alarm_description: Text
    alarm_arn: Text
    new_state_value: Text
    new_state_reason: Text
    at: Moment = named("StateChangeTime", "Timestamp")
    trigger: Annotated[Trigger, Part, WITHOUT]


class Change(Sent):
    """The same as EventBridge's `detail`, and as the `alarmData` of an alarm's Lambda action."""

    alarm_name: Text
    state: Fields
    configuration: Fields


class Event(Sent):
    """What EventBridge, or the Lambda action, has around a change."""

    resources: Items
    alarm_arn: Text
    time: Anything
    change: Annotated[Change, Part, WITHOUT] = named("detail", "alarmData")


def read(document: Mapping[str, Any]) -> Sequence[Draft]:
    """The alerts, or none: confirmations of a subscription, and alarms without enough data."""
    if document.get("Type") in _CONFIRMATIONS:
        return []
    found = [_one(each, "Message" in document) for each in from_sns(document)]
    return [draft for draft in found if draft is not None]


def _one(document: Mapping[str, Any], enclosed: bool) -> Draft | None:
    changed = "detail" in document or "alarmData" in document
    alarm = Alarm.model_validate(_as_alarm(Event.model_validate(document)) if changed else document)
    if not alarm.alarm_name:
        raise NotUnderstood(
            "Message" if enclosed else "AlarmName", "is no alarm of CloudWatch" if enclosed else "is missing"
        )
    if not alarm.new_state_value:
        raise NotUnderstood("NewStateValue")
    value = alarm.new_state_value.upper()
    if value == _NOT_KNOWN:
        return None
    if value not in _STATES:
        raise NotUnderstood("NewStateValue", "is neither ALARM nor OK")
    return _draft(_STATES[value], alarm)


def _draft(state: State, alarm: Alarm) -> Draft:
    metrics = [alarm.trigger, *_metrics(alarm.trigger.metrics)]
    dimensions = {name: value for metric in reversed(metrics) for name, value in labelled(metric.dimensions).items()}
    words = {name: word for name, word in words_in(alarm.alarm_description).items() if _IS_NAME.fullmatch(word)}
    parts = alarm.alarm_arn.split(":")
    region = parts[3] if len(parts) > 3 and parts[3].replace("-", "").isalnum() else ""
    watched = next((metric for metric in metrics if metric.name), metrics[0])
    return Draft(
        **about(words, _last_name(first_of(dimensions, _SERVICE)), first_of(dimensions, ENVIRONMENT)),
        state=state,
        key=alarm.alarm_arn or alarm.alarm_name,
        message=f"{alarm.alarm_name}: {alarm.new_state_reason}" if alarm.new_state_reason else alarm.alarm_name,
        error_text=False,
        first_seen=alarm.at,
        url=_PAGE.format(region, quote(alarm.alarm_name, safe="")) if region else "",
        severity=first_of(words, SEVERITY),
        details=said(
            alarm=alarm.alarm_name,
            description=alarm.alarm_description,
            metric=f"{watched.namespace} {watched.name}".strip(),
            dimensions=", ".join(f"{name}={value}" for name, value in dimensions.items()),
        ),
    )


def _last_name(dimension: str) -> str:
    """`app/shop-alb/50dc6c49` and `targetgroup/checkout/73e2d6bc` hold a name in their middle."""
    parts = dimension.split("/")
    return parts[1] if len(parts) == 3 else parts[0]


def _as_alarm(event: Event) -> dict[str, Any]:
    """An event with the words of an alarm."""
    change = event.change
    return {
        "AlarmName": change.alarm_name,
        "AlarmDescription": change.configuration.get("description"),
        "AlarmArn": event.alarm_arn or next((each for each in event.resources if isinstance(each, str)), ""),
        "NewStateValue": change.state.get("value"),
        "NewStateReason": change.state.get("reason"),
        "StateChangeTime": change.state.get("timestamp") or event.time,
        "Trigger": {"Metrics": change.configuration.get("metrics")},
    }


def _metrics(metrics: Sequence[object]) -> list[Metric]:
    """Those behind a formula, `{"MetricStat": {"Metric": {...}}}`; EventBridge writes the names in lower case."""
    found = [_inner(_inner(each, "metricStat"), "metric") for each in metrics]
    return [Metric.model_validate(each) for each in found if each]


def _inner(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        return {}
    inner = value.get(name) or value.get(name[0].upper() + name[1:])
    return inner if isinstance(inner, Mapping) else {}


SOURCE = Source(
    "cloudwatch",
    read,
    takes="CloudWatch alarms by Amazon SNS, with their `AlarmName`",
    signed_by_topic=True,
)
