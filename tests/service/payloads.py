"""What each sender really posts, shortened."""

from typing import Any

TRACE = (
    "PHP Fatal error:  Uncaught TypeError: Cart::total(): Return value must be of type int, null returned in "
    "/srv/shop/src/Cart.php:41\nStack trace:\n#0 /srv/shop/src/Checkout.php(88): Cart->total()\n#1 {main}\n"
    "  thrown in /srv/shop/src/Cart.php on line 41"
)
ALERTMANAGER: dict[str, Any] = {
    "version": "4",
    "groupKey": '{}/{team="payments"}:{alertname="ErrorRateHigh"}',
    "truncatedAlerts": 0,
    "status": "firing",
    "receiver": "redtide",
    "notification_reason": "",
    "groupLabels": {"alertname": "ErrorRateHigh"},
    "commonLabels": {"alertname": "ErrorRateHigh", "env": "prod", "severity": "page"},
    "commonAnnotations": {"summary": "5xx above 2%"},
    "externalURL": "https://am.example.com",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "ErrorRateHigh", "service": "checkout", "pod": "co-7f"},
            "annotations": {"summary": "5xx above 2%"},
            "startsAt": "2026-01-15T09:41:03.1Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "https://prom.example.com/graph?x",
            "fingerprint": "5a3c0f7e91d24b88",
        },
        {
            "status": "resolved",
            "labels": {"alertname": "ErrorRateHigh", "service": "billing", "pod": "bi-1"},
            "annotations": {"summary": "5xx above 2%", "stack_trace": TRACE},
            "startsAt": "2026-01-15T09:31:03.1Z",
            "endsAt": "2026-01-15T09:41:00Z",
            "generatorURL": "https://prom.example.com/graph?y",
            "fingerprint": "77aa0f7e91d24b88",
        },
    ],
}
GRAFANA: dict[str, Any] = {
    "receiver": "redtide",
    "status": "firing",
    "orgId": 1,
    "version": "1",
    "state": "alerting",
    "title": "[FIRING:1] ErrorRateHigh",
    "message": "**Firing** ...",
    "groupKey": '{}:{alertname="ErrorRateHigh"}',
    "truncatedAlerts": 0,
    "externalURL": "https://grafana.example.com/",
    "groupLabels": {"alertname": "ErrorRateHigh"},
    "commonLabels": {"service": "checkout"},
    "commonAnnotations": {},
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "ErrorRateHigh", "service": "checkout"},
            "annotations": {"summary": "5xx"},
            "startsAt": "2026-01-15T09:41:03Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "https://grafana.example.com/alerting/grafana/abc/view",
            "fingerprint": "9c1b7d20aa54e310",
            "silenceURL": "https://grafana.example.com/alerting/silence/new?x",
            "values": {"B": 0.031, "C": 1},
        }
    ],
}
SENTRY: dict[str, Any] = {
    "action": "triggered",
    "actor": {"id": "sentry", "name": "Sentry", "type": "application"},
    "installation": {"uuid": "0f6c1234"},
    "data": {
        "triggered_rule": "checkout errors",
        "event": {
            "event_id": "b1c2",
            "issue_id": "41190",
            "project": 7,
            "platform": "php",
            "level": "error",
            "title": "TypeError: total(): null given",
            "culprit": "Cart::total",
            "datetime": "2026-01-15T09:41:02.000000Z",
            "release": "checkout@3f9a1c2",
            "url": "https://sentry.io/api/0/",
            "web_url": "https://acme.sentry.io/issues/41190/events/b1c2/",
            "issue_url": "https://sentry.io/api/0/issues/41190/",
            "tags": [["environment", "staging"]],
            "exception": {
                "values": [
                    {
                        "type": "TypeError",
                        "value": "null given",
                        "mechanism": {"handled": False},
                        "stacktrace": {
                            "frames": [
                                {"filename": "index.php", "function": "main", "lineno": 12, "in_app": True},
                                {
                                    "filename": "src/Cart.php",
                                    "function": "total",
                                    "lineno": 88,
                                    "in_app": True,
                                    "context_line": "return sum($x);",
                                },
                            ]
                        },
                    }
                ]
            },
        },
    },
}
PAGERDUTY: dict[str, Any] = {
    "event": {
        "id": "01EXAMPLE",
        "event_type": "incident.triggered",
        "resource_type": "incident",
        "occurred_at": "2026-01-15T09:41:30.000Z",
        "agent": None,
        "client": {"name": "Monitoring"},
        "data": {
            "id": "PX1",
            "type": "incident",
            "self": "https://api.pagerduty.com/incidents/PX1",
            "html_url": "https://acme.pagerduty.com/incidents/PX1",
            "number": 4211,
            "status": "triggered",
            "incident_key": "checkout-5xx",
            "created_at": "2026-01-15T09:41:29Z",
            "title": "checkout 5xx",
            "service": {"id": "PS1", "summary": "checkout", "type": "service_reference"},
            "urgency": "high",
            "priority": {"summary": "P1"},
            "assignees": [{"id": "PU1", "summary": "On-call"}],
            "teams": [],
            "resolve_reason": None,
        },
    }
}
ELASTIC: dict[str, Any] = {
    "source": "elastic",
    "schema": 1,
    "rule": {"id": "r1", "name": "checkout errors", "space": "default", "url": "https://kb.example.com", "tags": ["a"]},
    "alert": {"id": "query matched", "uuid": "u-1", "group": "query matched", "flapping": "false"},
    "context": {
        "title": "rule 'checkout errors' matched query",
        "message": "Document count is 12",
        "value": "12",
        "date": "2026-01-15T09:41:03.100Z",
        "link": "https://kb.example.com/discover",
        "hits": [
            {"_id": "1", "_source": {"message": "request failed"}},
            {
                "_id": "2",
                "_source": {
                    "message": "TypeError",
                    "error": {"message": "null returned", "stack_trace": TRACE},
                    "service.version": "3f9a1c20b6d1",
                },
            },
        ],
    },
    "service": "checkout",
    "env": "production",
    "date": "2026-01-15T09:41:05.000Z",
}
DATADOG: dict[str, Any] = {
    "source": "datadog",
    "schema": 1,
    "alert_id": "123",
    "cycle": "8123456789",
    "agg": "a0b1",
    "transition": "Triggered",
    "title": "[Triggered] checkout errors",
    "text": "More than 100 errors",
    "query": "logs(...)",
    "logs": "$LOGS_SAMPLE",
    "date": "1768470063000",
    "link": "https://app.datadoghq.com/event?id=1",
    "tags": "env:production,service:checkout,version:3f9a1c20b6d1",
    "service": "checkout",
    "env": "$TAGS[env]",
}
OWN: dict[str, Any] = {
    "service": "checkout",
    "message": "null given",
    "stack_trace": TRACE,
    "repository": "shop",
    "base": "a" * 40,
    "deployed": "b" * 40,
    "key": "checkout-5xx",
}
BODIES = {
    "alertmanager": ALERTMANAGER,
    "grafana": GRAFANA,
    "sentry": SENTRY,
    "pagerduty": PAGERDUTY,
    "elastic": ELASTIC,
    "datadog": DATADOG,
    "redtide": OWN,
}
