"""`redtide incidents`: the list, and short ids."""

import asyncio
import json
from itertools import count

from incidents.alert import Alert
from service.settings import Settings
from service.store.store import Store
from tests.service.cli.ran import Ran, RedTide

ONE_DATABASE = True
CULPRIT = "04-no-empty-carts"


def opened(settings: Settings, *services: str) -> list[str]:
    """Incidents of these services, in this order, in a store that nobody works on."""

    async def stored() -> list[str]:
        store = Store(settings.store_address())
        errors = (f"{'abcdefghij'[n % 10] * 9}{'klmnopqrst'[n // 10 % 10] * 9} is broken" for n in count())
        alerts = (
            Alert(service=name, message=error, repository="shop") for name, error in zip(services, errors, strict=False)
        )
        ids = [await store.intake.accept(each, "{}") for each in alerts]
        await store.close()
        return ids

    return asyncio.run(stored())


def listed(ran: Ran) -> list[str]:
    assert ran.status == 0, ran.err
    return [line.split()[0] for line in ran.out.splitlines()[1:]]


def test_the_list_is_filtered_and_paged(redtide: RedTide, settings: Settings) -> None:
    where = ("--store", settings.store_url)
    ids = opened(settings, "cart", "mail", "cart", "tax", "cart")[::-1]
    assert listed(redtide("incidents", *where)) == ids
    assert listed(redtide("incidents", *where, "--service", "cart")) == [ids[0], ids[2], ids[4]]
    assert listed(redtide("incidents", *where, "--status", "open", "--environment", "production")) == ids
    first = redtide("incidents", *where, "--limit", "2")
    assert listed(first) == ids[:2]
    assert first.err == f"older ones: --before {ids[1]}\n"
    assert listed(redtide("incidents", *where, "--before", ids[1], "--limit", "3")) == ids[2:]
    page = json.loads(redtide("incidents", *where, "--limit", "2", "--json").out)
    assert ([each["id"] for each in page["incidents"]], page["next"]) == (ids[:2], ids[1])
    empty = redtide("incidents", *where, "--service", "nobody")
    assert (empty.status, empty.out, empty.err) == (0, "", "no incidents\n")
    assert redtide("incidents", *where, "--limit", "0").status == 2


def test_more_than_a_page_of_the_server_is_put_together(redtide: RedTide, settings: Settings) -> None:
    ids = opened(settings, *(f"service-{number}" for number in range(205)))[::-1]
    assert listed(redtide("incidents", "--store", settings.store_url, "--limit", "203")) == ids[:203]


def test_a_short_id_is_enough_while_it_is_the_only_one(redtide: RedTide, settings: Settings) -> None:
    where = ("--store", settings.store_url)
    (first,) = opened(settings, "cart")
    assert first in redtide("show", first[4:8].upper(), *where).out
    others = opened(settings, *(f"service-{number}" for number in range(60)))
    letter = next(each[4] for each in others if sum(other[4] == each[4] for other in others) > 1)
    ran = redtide("show", f"INC-{letter}", *where)
    assert (ran.status, f"INCIDENT: several begin with INC-{letter}: INC-{letter}" in ran.err) == (2, True)
