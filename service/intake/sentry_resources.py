"""What Sentry's webhooks hold: an event, an issue, what a rule over numbers found, and where the resources put them."""

import re

from service.intake.lenient import Anything, Count, Fields, Items, Moment, Sent, Text, named

_ISSUE = re.compile(r"/issues/(\d{1,30})(?:/|$)")


class Event(Sent):
    """One error. `release` is `package@version`; tags are pairs. Its exceptions: sentry_event.py."""

    event_id: Text
    issue_id: Text
    project: Anything
    project_slug: Text
    platform: Text
    level: Text
    title: Text
    message: Text
    culprit: Text
    datetime: Moment
    timestamp: Moment
    received: Moment
    release: Anything
    environment: Text
    web_url: Text
    issue_url: Text
    url: Text
    tags: Anything

    @property
    def issue(self) -> str:
        """Its group's id: the group's own notices name no other."""
        found = _ISSUE.search(self.issue_url) or _ISSUE.search(self.web_url)
        return self.issue_id or (found[1] if found else "")


class Issue(Sent):
    """A group of events, without frames."""

    id: Text
    title: Text
    culprit: Text
    level: Text
    status: Text
    platform: Text
    count: Count
    first_seen: Moment = named("first_seen", "date_created")
    environment: Text
    last_seen: Moment
    web_url: Text
    permalink: Text
    url: Text
    metadata: Fields
    project: Anything

    @property
    def address(self) -> str:
        """Its page."""
        return self.web_url or self.permalink or self.url


class MetricAlert(Sent):
    """What a rule over numbers found."""

    id: Text
    identifier: Text
    title: Text = named("title", "name")
    status: Text
    projects: Items
    date_started: Moment
    date_detected: Moment
    alert_rule: Fields
    web_url: Text


class Data(Sent):
    """Where the resources put it."""

    event: Anything
    error: Anything
    issue: Anything
    metric_alert: Anything
    project: Anything = named("project_slug", "project_name", "project")
    description_title: Text
    description_text: Text
    web_url: Text


class Body(Sent):
    """What every resource shares."""

    action: Text
    data: Data
    project: Anything = named("project_slug", "project_name", "project")
