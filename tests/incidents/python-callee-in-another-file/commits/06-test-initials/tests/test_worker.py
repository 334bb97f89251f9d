from reminders.worker import initials


def test_initials_keep_one_letter_per_name() -> None:
    assert initials("A. Yilmaz") == "A. Y."
