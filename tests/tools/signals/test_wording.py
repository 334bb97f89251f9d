"""Words that a message and a commit share, by how rare they are in the window."""

from pathlib import Path

from tests.repositories import Change
from tests.tools.signals.bare_message import signals, window_of
from tools.signals.registry import measure, vector


def test_the_only_word_of_a_message_is_nothing_where_every_commit_has_it(tmp_path: Path) -> None:
    common: list[Change] = [
        {"files": {f"shop/list{n}.py": f"def page{n}(basket):\n    return basket\n"}} for n in range(12)
    ]
    rare: Change = {"files": {"shop/sum.py": "def total(voucher):\n    return voucher\n"}}
    changes: list[Change] = [{"files": {"a.py": "A = 1\n"}}, *common, rare]

    def share(message: str) -> float:
        context = window_of(tmp_path / message.split()[-1], changes, message)
        return vector(measure(context, context.changes[-1])).get("changed_variable_parts", 0.0)

    assert share("ValueError: voucher") == 1.0
    context = window_of(tmp_path / "basket", changes, "ValueError: basket")
    assert vector(measure(context, context.changes[0]))["changed_variable_parts"] < 0.2


def test_the_lines_of_a_lock_file_are_nobodys_words(tmp_path: Path) -> None:
    """What a package manager wrote neither shares words with an error nor makes a commit large."""
    lock = "".join(f'    "decode-json-{number}": "{{0}}",\n' for number in range(300))
    error = "PHP Deprecated: json_decode(): Passing null to parameter is deprecated"
    found = signals(
        tmp_path,
        {"package-lock.json": lock.replace("{0}", "1"), "shop/tax.php": "<?php\n$a = 1;\n"},
        {"package-lock.json": lock.replace("{0}", "2"), "shop/tax.php": "<?php\n$a = 2;\n"},
        error,
    )
    assert not {"changed_variable_parts", "rarest_message_word"} & found.keys()
    value, sentence = found["size_without_frames"]
    assert (round(value, 3), sentence) == (0.119, "changes 2 lines of code")


def test_words_that_carry_no_meaning_alone_are_no_evidence(tmp_path: Path) -> None:
    after = {"shop/mail.py": "def send_all_into(box):\n    return box\n"}
    found = signals(tmp_path, {"shop/mail.py": "x = 1\n"}, after, "all of them went into sun.reflect.impl")
    assert not [name for name in found if "message" in name or "subject" in name]


def test_the_part_of_the_program_in_front_of_a_subject_is_where_it_fails(tmp_path: Path) -> None:
    trace = 'Traceback (most recent call last):\n  File "/srv/vfs/files.py", line 1, in <module>\n    x\nNameError: name x\n'
    changes: list[Change] = [
        {"files": {"vfs/files.py": "x\n", "ftp/files.py": "x\n"}},
        {"files": {"vfs/locks.py": "x = 1\n"}, "message": "vfs: fix a deadlock"},
        {"files": {"ftp/locks.py": "x = 1\n"}, "message": "ftp: fix a deadlock"},
    ]
    context = window_of(tmp_path, changes, trace)
    found = [vector(measure(context, each)).get("subject_names_component") for each in context.changes]
    assert found == [1.0, None]
