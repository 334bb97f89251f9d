"""A shop in nine languages: `make` constructs an order, `line` reads its total, which was null. `OLD` is what it was given."""

from typing import Final, NamedTuple

OLD: Final = "find(x)"


class Shop(NamedTuple):
    """The file that constructs, the file that reads, and the trace of the failure."""

    maker: tuple[str, str]
    reader: tuple[str, str]
    trace: str


SHOPS: Final = {
    "python keyword": Shop(
        ("shop/rows.py", "def made(x):\n    return Order(\n        id=x.id,\n        total=find(x),\n    )\n"),
        ("shop/view.py", "def line(order):\n    return order.total.amount\n"),
        'Traceback (most recent call last):\n  File "/srv/app/shop/view.py", line 2, in line\n    return order.total.amount\n'
        "AttributeError: 'NoneType' object has no attribute 'amount'\n",
    ),
    "python place of a dataclass": Shop(
        (
            "shop/rows.py",
            "@dataclass\nclass Order:\n    id: int\n    total: Money\n\n\ndef made(x):\n    return Order(x.id, find(x))\n",
        ),
        ("shop/view.py", "def line(order):\n    return order.total.amount\n"),
        'Traceback (most recent call last):\n  File "/srv/app/shop/view.py", line 2, in line\n    return order.total.amount\n'
        "AttributeError: 'NoneType' object has no attribute 'amount'\n",
    ),
    "python key of a table that is imported": Shop(
        ("shop/rows.py", 'def made(x):\n    return {"id": x.id, "total": find(x)}\n'),
        (
            "shop/view.py",
            'from shop.rows import made\n\n\ndef line(order):\n    return order["total"].amount\n',
        ),
        'Traceback (most recent call last):\n  File "/srv/app/shop/view.py", line 5, in line\n'
        '    return order["total"].amount\n'
        "AttributeError: 'NoneType' object has no attribute 'amount'\n",
    ),
    "ruby keyword": Shop(
        ("lib/rows.rb", "class Rows\n  def made(x)\n    Order.new(id: x.id, total: find(x))\n  end\nend\n"),
        ("lib/view.rb", "class View\n  def line(order)\n    order.total.amount\n  end\nend\n"),
        "/srv/app/lib/view.rb:3:in `line': undefined method `amount' for nil:NilClass (NoMethodError)\n",
    ),
    "ruby place of a struct": Shop(
        ("lib/rows.rb", "Order = Struct.new(:id, :total)\n\ndef made(x)\n  Order.new(x.id, find(x))\nend\n"),
        ("lib/view.rb", "class View\n  def line(order)\n    order.total.amount\n  end\nend\n"),
        "/srv/app/lib/view.rb:3:in `line': undefined method `amount' for nil:NilClass (NoMethodError)\n",
    ),
    "typescript table that is imported": Shop(
        ("src/rows.ts", "export function made(x: Row): Order {\n  return { id: x.id, total: find(x) };\n}\n"),
        (
            "src/view.ts",
            "import { made } from './rows';\n\nexport function line(order: Order) {\n  return order.total.amount;\n}\n",
        ),
        "TypeError: Cannot read properties of undefined (reading 'amount')\n    at line (/srv/app/src/view.ts:4:22)\n",
    ),
    "javascript place of a constructor": Shop(
        (
            "src/rows.js",
            "class Order {\n  constructor(id, total) {\n    this.id = id;\n    this.total = total;\n  }\n}\n\n"
            "function made(x) {\n  return new Order(x.id, find(x));\n}\n",
        ),
        ("src/view.js", "function line(order) {\n  return order.total.amount;\n}\n"),
        "TypeError: Cannot read properties of undefined (reading 'amount')\n    at line (/srv/app/src/view.js:2:22)\n",
    ),
    "go literal": Shop(
        ("shop/rows.go", "package shop\n\nfunc made(x Row) *Order {\n\treturn &Order{ID: x.ID, Total: find(x)}\n}\n"),
        ("shop/view.go", "package shop\n\nfunc line(order *Order) int {\n\treturn order.Total.Amount\n}\n"),
        "panic: runtime error: invalid memory address or nil pointer dereference\n"
        "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x10]\n\ngoroutine 1 [running]:\n"
        "example.org/shop.line(0xc000010000)\n\t/srv/app/shop/view.go:4 +0x1d\n",
    ),
    "rust literal": Shop(
        ("src/rows.rs", "fn made(x: Row) -> Order {\n    Order { id: x.id, total: find(x) }\n}\n"),
        ("src/view.rs", "fn line(order: &Order) -> u32 {\n    order.total.as_ref().unwrap().amount\n}\n"),
        "thread 'main' panicked at src/view.rs:2:26:\ncalled `Option::unwrap()` on a `None` value\n"
        "stack backtrace:\n   0: shop::view::line\n             at /srv/app/src/view.rs:2:26\n",
    ),
    "php name of an argument": Shop(
        (
            "src/Rows.php",
            "<?php\nclass Rows {\n  function made($x) {\n    return new Order(id: $x->id, total: find(x));\n  }\n}\n",
        ),
        (
            "src/View.php",
            "<?php\nclass View {\n  function line($order) {\n    return $order->total->amount();\n  }\n}\n",
        ),
        "PHP Fatal error:  Uncaught Error: Call to a member function amount() on null in /srv/app/src/View.php:4\n"
        "Stack trace:\n#0 /srv/app/src/View.php(4): View->line()\n#1 {main}\n  thrown in /srv/app/src/View.php on line 4\n",
    ),
    "java place of a record": Shop(
        (
            "src/Rows.java",
            "record Order(int id, Money total) {}\n\nclass Rows {\n  Order made(Row x) {\n"
            "    return new Order(x.id(), find(x));\n  }\n}\n",
        ),
        ("src/View.java", "class View {\n  int line(Order order) {\n    return order.total().amount();\n  }\n}\n"),
        'java.lang.NullPointerException: Cannot invoke "Money.amount()" because the return value of "Order.total()" is null\n'
        "\tat View.line(View.java:3)\n",
    ),
    "java builder": Shop(
        (
            "src/Rows.java",
            "class Rows {\n  Order made(Row x) {\n    return Order.builder().id(x.id()).total(find(x)).build();\n  }\n}\n",
        ),
        ("src/View.java", "class View {\n  int line(Order order) {\n    return order.getTotal().amount();\n  }\n}\n"),
        'java.lang.NullPointerException: Cannot invoke "Money.amount()" because the return value of "Order.getTotal()" is null\n'
        "\tat View.line(View.java:3)\n",
    ),
    "java setter": Shop(
        (
            "src/Rows.java",
            "class Rows {\n  Order made(Row x) {\n    Order order = new Order();\n    order.setTotal(find(x));\n"
            "    return order;\n  }\n}\n",
        ),
        ("src/View.java", "class View {\n  int line(Order order) {\n    return order.getTotal().amount();\n  }\n}\n"),
        'java.lang.NullPointerException: Cannot invoke "Money.amount()" because the return value of "Order.getTotal()" is null\n'
        "\tat View.line(View.java:3)\n",
    ),
    "kotlin name of an argument": Shop(
        (
            "src/Rows.kt",
            "class Rows {\n    fun made(x: Row) = Order(\n        id = x.id,\n        total = find(x),\n    )\n}\n",
        ),
        (
            "src/View.kt",
            "class View {\n    fun line(order: Order): Int {\n        return order.total!!.amount\n    }\n}\n",
        ),
        'Exception in thread "main" java.lang.NullPointerException\n\tat View.line(View.kt:3)\n',
    ),
    "csharp initialiser": Shop(
        (
            "src/Rows.cs",
            "class Rows {\n  Order Made(Row x) {\n    return new Order { Id = x.Id, Total = find(x) };\n  }\n}\n",
        ),
        ("src/View.cs", "class View {\n  int Line(Order order) {\n    return order.Total.Amount;\n  }\n}\n"),
        "System.NullReferenceException: Object reference not set to an instance of an object.\n"
        "   at Shop.View.Line(Order order) in /srv/app/src/View.cs:line 3\n",
    ),
}
