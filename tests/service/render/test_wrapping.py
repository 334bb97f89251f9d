"""Lines that a person can read and copy."""

from service.render.wrapping import wrapped

PATH = "module/spring-boot-actuator-autoconfigure/src/main/java/org/springframework/boot/EndpointRequest.java:142"


def test_a_path_is_never_broken_inside_a_name() -> None:
    rows = wrapped(f"changed how `x` is set before {PATH} uses it", 60, "  ", "    ")
    assert all(len(row) <= 60 for row in rows)
    assert "".join(row.strip() for row in rows).replace(" ", "").count(PATH) == 1
    assert [row for row in rows if row.rstrip().endswith("spri")] == []
    assert all(name in "\n".join(rows) for name in PATH.split("/"))


def test_a_path_that_fits_is_not_broken_and_neither_are_hyphens() -> None:
    short = "web/order-view.tsx:5"
    assert any(short in row for row in wrapped(f"one two three four five {short} six", 30))


def test_a_word_longer_than_a_line_is_cut() -> None:
    assert [len(row) for row in wrapped("x" * 70, 40)] == [40, 30]
