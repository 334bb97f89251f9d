import socket

import pytest

from incidents.errors import InputError
from service.cluster.hosting import Hosting
from service.cluster.ports import free_port, refuse_taken


@pytest.mark.parametrize("name", ["port", "metrics_port", "dashboard_port"])
def test_a_port_that_is_taken_is_named_before_anything_starts(name: str) -> None:
    ports = {field: free_port() for field in ("port", "metrics_port", "dashboard_port")}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports[name]))
        taken.listen()
        with pytest.raises(InputError, match=f"^{name}: .*{ports[name]}"):
            refuse_taken(Hosting.model_validate(ports))


def test_a_port_of_ray_may_be_left_over_from_a_killed_run() -> None:
    ports = {field: free_port() for field in ("port", "metrics_port", "dashboard_port")}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports["metrics_port"]))
        taken.listen()
        with pytest.raises(InputError, match=r"choose another, or wait: .* ends within 90 seconds$"):
            refuse_taken(Hosting.model_validate(ports))


def test_free_ports_are_fine() -> None:
    refuse_taken(Hosting(port=free_port(), metrics_port=free_port(), dashboard_port=free_port()))


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(InputError, match=r"^port: cannot listen on 192\.0\.2\.1"):
        refuse_taken(Hosting(host="192.0.2.1", port=free_port()))
