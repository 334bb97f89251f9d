"""No commit is cleared while one changed what the error itself speaks of, or how the program is deployed."""

from pathlib import Path

import pytest

from graph.investigation import Investigation
from tests.graph.test_four_answers import Case, told

_DB = "import psycopg\n\n\ndef connect(url):\n    return psycopg.connect(url)\n"
_TRACE = (
    'Traceback (most recent call last):\n  File "/srv/app/shop/db.py", line 5, in connect\n'
    "    return psycopg.connect(url)\npsycopg.OperationalError: "
)
_POOL = "import os\n\n\ndef size():\n    return int(os.environ['POOL_SIZE'])\n"
_GO = (
    'package main\n\nfunc wait() time.Duration {\n\td, err := time.ParseDuration(os.Getenv("SHOP_TIMEOUT"))\n'
    "\tif err != nil {\n\t\tpanic(err)\n\t}\n\treturn d\n}\n"
)
_PANIC = "goroutine 1 [running]:\nmain.wait(...)\n\t/build/cmd/shop/main.go:6\n"
HOST: Case = (
    {"shop/db.py": _DB, "settings/shop.yaml": "DATABASE: postgres://shop@db.local:5432/shop\n"},
    {"settings/shop.yaml": "DATABASE: postgres://shop@db-two.local:5432/shop\n"},
    f"{_TRACE}failed to resolve host 'db-two.local': [Errno -2] Name or service not known",
)
PORT: Case = (
    {"shop/db.py": _DB, "settings/shop.yaml": "DATABASE: postgres://shop@db.local:5432/shop\n"},
    {"settings/shop.yaml": "DATABASE: postgres://shop@db.local:6432/shop\n"},
    f'{_TRACE}connection failed: connection to server at "10.0.0.5", port 6432 failed: Connection refused',
)
IMAGE: Case = (
    {"shop/db.py": _DB, "Dockerfile": "FROM python:3.11\nUSER root\n"},
    {"Dockerfile": "FROM scratch\nUSER root\n"},
    f"{_TRACE}connection failed: SSL error: certificate verify failed",
)
OWN_PORT: Case = (
    {"shop/server.py": "PORT = 8080\n\n\ndef main():\n    serve(PORT)\n"},
    {"shop/server.py": "PORT = 8000\n\n\ndef main():\n    serve(PORT)\n"},
    'connect() failed (111: Connection refused) while connecting to upstream, upstream: "http://10.2.0.4:8080/"',
)
QUOTED: Case = (
    {"shop/pool.py": _POOL, "settings/env.yaml": 'POOL_SIZE: "10"\n'},
    {"settings/env.yaml": 'POOL_SIZE: "10s"\n'},
    'Traceback (most recent call last):\n  File "/srv/app/shop/pool.py", line 5, in size\n'
    "    return int(os.environ['POOL_SIZE'])\nValueError: invalid literal for int() with base 10: '10s'",
)
SETTING: Case = (
    {"cmd/shop/main.go": _GO, "chart/values.yaml": "env:\n  SHOP_TIMEOUT: 30s\n"},
    {"chart/values.yaml": "env:\n  SHOP_TIMEOUT: unset\n"},
    f"panic: time: invalid duration\n\n{_PANIC}",
)
TEMPLATE: Case = (
    {
        "src/Mail.php": "<?php\nfunction mail_of($order) {\n  return view('mail.twig', ['customer' => $order->customer]);\n}\n",
        "templates/mail.twig": "Dear {{ customer }}\n",
    },
    {
        "src/Mail.php": "<?php\nfunction mail_of($order) {\n  return view('mail.twig', ['client' => $order->customer]);\n}\n"
    },
    'Twig\\Error\\RuntimeError: Variable "customer" does not exist in "mail.twig" at line 1.',
)
COLUMN: Case = (
    {
        "app/user.rb": "class User < Base\n  def shown\n    nickname || email\n  end\nend\n",
        "db/migrate/1_add.rb": "class Add < Migration\n  def change\n    add_column :users, :nickname, :string\n  end\nend\n",
    },
    {"db/migrate/2_drop.rb": "class Drop < Migration\n  def change\n    remove_column :users, :nickname\n  end\nend\n"},
    "NameError: undefined local variable or method `nickname' for #<User id: 12>\n/srv/app/user.rb:3:in `shown'\n",
)
CASES = {
    "template": (TEMPLATE, "customer"),
    "column": (COLUMN, "nickname"),
    "host": (HOST, "db-two.local"),
    "port": (PORT, "6432"),
    "image": (IMAGE, "Dockerfile"),
    "own port": (OWN_PORT, "8080"),
    "quoted": (QUOTED, "10s"),
    "setting": (SETTING, "SHOP_TIMEOUT"),
}


@pytest.mark.parametrize(("case", "word"), CASES.values(), ids=list(CASES))
async def test_who_changed_what_the_error_speaks_of_is_named_and_nothing_is_cleared(
    tmp_path: Path, case: Case, word: str
) -> None:
    found, shas = await told(tmp_path, case)
    assert found.verdict.outcome in ("culprit", "unsure", "not_enough")
    assert not found.evidence.instead
    (doubt,) = found.evidence.doubts
    assert doubt.commit == shas[2]
    assert word in doubt.why
    assert shas[2][:9] in _said(found)


@pytest.mark.parametrize(
    "case",
    [
        (HOST[0], {"settings/shop.yaml": HOST[0]["settings/shop.yaml"] + "LEVEL: info\n"}, HOST[2]),
        (IMAGE[0], IMAGE[1], f"{_TRACE}the table is full"),
        (QUOTED[0], {"settings/env.yaml": 'POOL_SIZE: "10"\nLEVEL: "1"\n'}, QUOTED[2]),
    ],
    ids=["another line", "no error of the deploy", "another setting"],
)
async def test_what_the_error_does_not_speak_of_keeps_nothing_from_being_cleared(tmp_path: Path, case: Case) -> None:
    found, _ = await told(tmp_path, case)
    assert found.evidence.doubts == ()
    assert found.evidence.instead


def _said(found: Investigation) -> str:
    verdict = found.verdict
    return " ".join((verdict.reason, *verdict.sides, verdict.next_step, verdict.culprit or ""))
