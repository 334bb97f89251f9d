"""One class in ten languages: a value comes by an assignment, an attribute, a called function and a parameter."""

from collections.abc import Callable
from itertools import pairwise
from typing import Final

Frames = list[tuple[str, int]]
"""Functions and lines, the innermost first."""

PYTHON: Final = """class Cart:
    def __init__(self):
        self.rows = load(1)

    def code(self, c):
        return table(c)

    def total(self, c):
        base = prepare(c)
        item = base.pick(7)
        return item.cents

    def first(self):
        return self.rows.head

    def rate(self, c):
        return self.code(c).pct

    def outer(self, c):
        given = wrap(c)
        return self.inner(given)

    def inner(self, given):
        return given.name
"""
PHP: Final = """<?php
class Cart {
  function __construct() {
    $this->rows = load(1);
  }
  function code($c) {
    return table($c);
  }
  function total($c) {
    $base = prepare($c);
    $item = $base->pick(7);
    return $item->cents();
  }
  function first() {
    return $this->rows->head();
  }
  function rate($c) {
    return $this->code($c)->pct();
  }
  function outer($c) {
    $given = wrap($c);
    return $this->inner($given);
  }
  function inner($given) {
    return $given->name();
  }
}
"""
SCRIPT: Final = """class Cart {
  constructor() {
    this.rows = load(1);
  }
  code(c) {
    return table(c);
  }
  total(c) {
    const base = prepare(c);
    const item = base.pick(7);
    return item.cents.value;
  }
  first() {
    return this.rows.head.value;
  }
  rate(c) {
    return this.code(c).pct;
  }
  outer(c) {
    const given = wrap(c);
    return this.inner(given);
  }
  inner(given) {
    return given.name;
  }
}
"""
RUBY: Final = """class Cart
  def initialize
    @rows = load(1)
  end
  def code(c)
    table(c)
  end
  def total(c)
    base = prepare(c)
    item = base.pick(7)
    item.cents
  end
  def first
    @rows.head
  end
  def rate(c)
    code(c).pct
  end
  def outer(c)
    given = wrap(c)
    inner(given)
  end
  def inner(given)
    given.name
  end
end
"""
JAVA: Final = """class Cart {
  Rows rows;
  Cart() {
    rows = load(1);
  }
  Coupon code(String c) {
    return table(c);
  }
  int total(String c) {
    Base basis = prepare(c);
    Item item = basis.pick(7);
    return item.cents();
  }
  int first() {
    return rows.head();
  }
  int rate(String c) {
    return code(c).pct();
  }
  int outer(String c) {
    User given = wrap(c);
    return inner(given);
  }
  int inner(User given) {
    return given.name();
  }
}
"""
KOTLIN: Final = """class Cart {
  var rows: Rows? = null
  init {
    rows = load(1)
  }
  fun code(c: String): Coupon? {
    return table(c)
  }
  fun total(c: String): Int {
    val base = prepare(c)
    val item = base.pick(7)
    return item!!.cents()
  }
  fun first(): Int {
    return rows!!.head()
  }
  fun rate(c: String): Int {
    return code(c)!!.pct()
  }
  fun outer(c: String): Int {
    val given = wrap(c)
    return inner(given)
  }
  fun inner(given: User?): Int {
    return given!!.name()
  }
}
"""
GO: Final = """package s

func (k *Cart) setup() {
	k.rows = load(1)
}

func (k *Cart) code(c string) *Coupon {
	return table(c)
}

func (k *Cart) total(c string) int {
	base := prepare(c)
	item := base.pick(7)
	return item.cents
}

func (k *Cart) first() int {
	return k.rows.head
}

func (k *Cart) rate(c string) int {
	return k.code(c).pct
}

func (k *Cart) outer(c string) int {
	given := wrap(c)
	return k.inner(given)
}

func (k *Cart) inner(given *User) int {
	return given.name
}
"""
RUST: Final = """impl Cart {
    fn setup(&mut self) {
        self.rows = load(1);
    }
    fn code(&self, c: &str) -> Option<Coupon> {
        table(c)
    }
    fn total(&self, c: &str) -> i32 {
        let base = prepare(c);
        let item = base.pick(7);
        item.unwrap().cents
    }
    fn first(&self) -> i32 {
        self.rows.unwrap().head
    }
    fn rate(&self, c: &str) -> i32 {
        self.code(c).unwrap().pct
    }
    fn outer(&self, c: &str) -> i32 {
        let given = wrap(c);
        self.inner(given)
    }
    fn inner(&self, given: Option<User>) -> i32 {
        given.unwrap().name
    }
}
"""


def python(frames: Frames) -> str:
    rows = "".join(f'  File "/srv/s.py", line {line}, in {name}\n    x\n' for name, line in reversed(frames))
    return f"Traceback (most recent call last):\n{rows}AttributeError: 'NoneType' object has no attribute 'zz'\n"


def php(frames: Frames) -> str:
    inner, callers = frames[0][1], pairwise(frames)
    rows = "".join(f"#{n} /srv/s.php({caller[1]}): Cart->{name}()\n" for n, ((name, _), caller) in enumerate(callers))
    head = f"PHP Fatal error:  Uncaught Error: Call to a member function zz() on null in /srv/s.php:{inner}"
    return f"{head}\nStack trace:\n{rows}#9 {{main}}\n  thrown in /srv/s.php on line {inner}"


def script(path: str) -> Callable[[Frames], str]:
    def told(frames: Frames) -> str:
        rows = "".join(f"    at Cart.{name} (/srv/{path}:{line}:12)\n" for name, line in frames)
        return f"TypeError: Cannot read properties of undefined (reading 'zz')\n{rows}"

    return told


def ruby(frames: Frames) -> str:
    rows = "".join(f"/srv/s.rb:{line}:in `{name}'\n" for name, line in frames)
    return f"NoMethodError: undefined method `zz' for nil:NilClass\n{rows}"


def virtual_machine(path: str) -> Callable[[Frames], str]:
    def told(frames: Frames) -> str:
        rows = "".join(f"\tat Cart.{name}({path}:{line})\n" for name, line in frames)
        return f"java.lang.NullPointerException\n{rows}"

    return told


def sharp(frames: Frames) -> str:
    rows = "".join(f"   at Cart.{name}() in /srv/Cart.cs:line {line}\n" for name, line in frames)
    return f"System.NullReferenceException: Object reference not set to an instance of an object.\n{rows}"


def go(frames: Frames) -> str:
    rows = "".join(f"acme/s.(*Cart).{name}(0xc0)\n\t/srv/s.go:{line} +0x1c\n" for name, line in frames)
    return f"panic: runtime error: invalid memory address or nil pointer dereference\n\ngoroutine 1 [running]:\n{rows}"


def rust(frames: Frames) -> str:
    rows = (
        f"   {n}: s::Cart::{name}\n             at ./src/lib.rs:{line}:9\n" for n, (name, line) in enumerate(frames)
    )
    head = f"thread 'main' panicked at src/lib.rs:{frames[0][1]}:9:\ncalled `Option::unwrap()` on a `None` value"
    return f"{head}\nstack backtrace:\n{''.join(rows)}"


LANGUAGES: Final[dict[str, tuple[str, Callable[[Frames], str]]]] = {
    "s.py": (PYTHON, python),
    "s.php": (PHP, php),
    "s.js": (SCRIPT, script("s.js")),
    "s.ts": (SCRIPT.replace("total(c)", "total(c: string)"), script("s.ts")),
    "s.rb": (RUBY, ruby),
    "Cart.java": (JAVA, virtual_machine("Cart.java")),
    "Cart.kt": (KOTLIN, virtual_machine("Cart.kt")),
    "Cart.cs": (JAVA, sharp),
    "s.go": (GO, go),
    "src/lib.rs": (RUST, rust),
}
"""By path: the class, and how its language prints frames."""
