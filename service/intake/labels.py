"""Which label, tag or field of a sender names the service, the environment, the repository and the revision."""

import re
from collections.abc import Mapping

SERVICE = ("service", "service_name", "service.name", "serviceName", "app", "application")
APPLICATION = (
    "app_kubernetes_io_name",
    "app.kubernetes.io/name",
    "label_app_kubernetes_io_name",
    "label_app",
    "k8s_app",
)
WORKLOAD = ("deployment", "statefulset", "daemonset", "cronjob", "job_name", "workload", "container", "container_name")
ENVIRONMENT = (
    *("environment", "env", "deployment_environment", "deployment.environment", "deployment.environment.name"),
    *("service.environment", "stage"),
)
REPOSITORY = ("repository", "repo")
REVISION = (
    *("revision", "git_sha", "git.sha", "git_commit", "git.commit.sha", "commit", "commit_sha", "commit-sha", "sha"),
    *("version", "release", "service.version"),
)
TRACE = ("stack_trace", "stacktrace", "traceback", "error.stack_trace", "exception")
ERROR = ("error", "error_message", "error.message", "exception_message")
TITLE = ("message", "summary", "description", "title", "alertname")
SEVERITY = ("severity", "priority", "level")

_EXPORTER = re.compile(
    r"kube-state-metrics|cadvisor|kubelet|exporter|blackbox|node-problem|prometheus|pushgateway|otel-collector"
    r"|^(?:node|kubernetes-\w.*|POD|istio-proxy|linkerd-proxy|envoy)$"
)
"""Names of what watches, or stands before, the service an alert is about. The list is of those that label series."""
# Kubernetes draws these parts from an alphabet without vowels, so that no word comes out.
_POD = re.compile(r"(?:(?:-[bcdfghjklmnpqrstvwxz2456789]{6,10})?-[bcdfghjklmnpqrstvwxz2456789]{5}|-\d{1,3})$")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NAMESPACES = frozenset({"production", "prod", "staging", "stage", "qa", "testing", "dev", "development", "preprod"})
_INSTANCE = frozenset(
    {
        "pod",
        "pod_name",
        "pod_ip",
        "instance",
        "uid",
        "node",
        "host",
        "hostname",
        "ip",
        "endpoint",
        "id",
        "name",
        "image",
    }
    | {"container_id", "replica", "replicaset", "prometheus", "prometheus_replica", "device", "__name__"}
)
_SEPARATORS = re.compile(r"[@+\-_:/ .]")
_SHA = frozenset("0123456789abcdef")


def first_of(labels: Mapping[str, str], names: tuple[str, ...]) -> str:
    """The first of these labels that says something."""
    return next((labels[name] for name in names if labels.get(name, "").strip()), "")


def service_in(labels: Mapping[str, str]) -> str:
    """The failing service: before the exporter that reports it come its own labels and the workload in Kubernetes."""
    names = (*SERVICE, *APPLICATION, *WORKLOAD, "job")
    own = {name: value for name, value in labels.items() if name in names and not _EXPORTER.search(value)}
    named = first_of(own, (*SERVICE, *APPLICATION, *WORKLOAD)) or _workload_of(labels.get("pod", ""))
    return named or own.get("job", "") or first_of(labels, (*SERVICE, "job"))


def environment_in(labels: Mapping[str, str]) -> str:
    """The environment, or a namespace that is called like one."""
    namespace = labels.get("namespace", "")
    return first_of(labels, ENVIRONMENT) or (namespace if namespace in _NAMESPACES else "")


def is_commit(text: str) -> bool:
    """Whether it is an abbreviated or whole commit id. Seven digits are rather a build number."""
    return 7 <= len(text) <= 40 and set(text.lower()) <= _SHA and not text.isdecimal()


def revision_in(release: str) -> str:
    """The commit that a release names (`shop@1.2+3f9a1c2`, `v2-5-g3f9a1c2`), else the release as it is; "" for a UUID, which names none."""
    text = release.strip()
    if _UUID.fullmatch(text):
        return ""
    if is_commit(text):
        return text
    parts = [part.removeprefix("g") if is_commit(part[1:]) else part for part in _SEPARATORS.split(text)]
    commits = [part for part in parts if is_commit(part) and any(letter.isdigit() for letter in part)]
    return commits[-1] if commits else text.rpartition("@")[2]


def without_instance(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels that are the same for every copy of a service: an alert of three pods is about one thing."""
    return {name: value for name, value in labels.items() if name not in _INSTANCE}


def _workload_of(pod: str) -> str:
    """`checkout-558d948f57-57n2h` belongs to `checkout`."""
    name = _POD.sub("", pod)
    return "" if _EXPORTER.search(name) else name
