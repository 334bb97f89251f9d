"""What each language's outline holds, by one specimen a language."""

from typing import NamedTuple

import pytest

from tools.source.languages import LANGUAGES, language_of
from tools.source.scanning import definition_in
from tools.source.symbols import Symbol, outline


class Specimen(NamedTuple):
    path: str
    text: str
    expected: list[str]  # "kind name start-end" or "kind Class.name start-end", in the order of the text


SPECIMENS = {
    "python": Specimen(
        "shop/cart.py",
        """import os
LIMIT = 3

@register("cart")
class Cart(Base):
    currency: str = "EUR"

    @property
    @cache
    def total(self) -> int:
        def add(a, b=0): return a + b
        rounded = lambda value: value
        return add(1)

    async def pay(self): ...

if LIMIT:
    def late(): pass
""",
        [
            "constant LIMIT 2-2",
            "class Cart 4-15",
            "constant Cart.currency 6-6",
            "method Cart.total 8-13",
            "function add 11-11",
            "function rounded 12-12",
            "method Cart.pay 15-15",
            "function late 18-18",
        ],
    ),
    "php": Specimen(
        "src/Cart.php",
        """<h1>Shop</h1>
<?php
namespace Shop;
const LIMIT = 3;
define('MODE', 'live');
abstract class Cart extends Base {
    use Priced;
    public const A = 1, B = 2;
    private ?string $currency = null;
    #[Pure]
    public function __construct(private readonly ?Tax $tax, int $n = 0) {
    }
    abstract function total(): int;
}
interface Payable {}
trait Priced {}
enum Kind: string { case Gift = 'g'; }
function helper(&$list) { return $list; }
?>
<p>bye</p>
""",
        [
            "constant LIMIT 4-4",
            "constant MODE 5-5",
            "class Cart 6-14",
            "constant Cart.A 8-8",
            "constant Cart.B 8-8",
            "constant Cart.currency 9-9",
            "method Cart.__construct 10-12",
            "constant Cart.tax 11-11",
            "method Cart.total 13-13",
            "class Payable 15-15",
            "class Priced 16-16",
            "class Kind 17-17",
            "constant Kind.Gift 17-17",
            "function helper 18-18",
        ],
    ),
    "javascript": Specimen(
        "lib/cart.js",
        """const LIMIT = 3;
function* items() {}
module.exports = {
    meta: {},
    create(context) {
        return { Program(node) {}, "Program:exit": node => {} };
    },
    total: async (a, b) => a,
};
exports.pay = function pay_now() {};
Cart.prototype.sum = function (a) {};
class Cart extends Base {
    #secret = 1;
    onClick = () => {};
    static of() {}
}
const Basket = class { add() {} };
const later = x => x;
""",
        [
            "constant LIMIT 1-1",
            "function items 2-2",
            "function create 5-7",
            "function Program 6-6",
            "function Program:exit 6-6",
            "function total 8-8",
            "function pay 10-10",
            "function pay_now 10-10",
            "method Cart.sum 11-11",
            "class Cart 12-16",
            "constant Cart.#secret 13-13",
            "method Cart.onClick 14-14",
            "method Cart.of 15-15",
            "class Basket 17-17",
            "method Basket.add 17-17",
            "function later 18-18",
        ],
    ),
    "typescript": Specimen(
        "src/cart.ts",
        """@Component({ name: "cart" })
export abstract class Cart<T> extends Base implements Payable {
  private limit?: number = 3;
  constructor(private readonly tax: Tax) { super(); }
  @Get()
  @Auth()
  total(a?: number): Money { return a; }
  abstract pay(): void;
}
interface Payable { pay(): void; paid?(by: string): void; name: string }
type Money = { cents: number };
enum Kind { Gift = 1, Sale }
export const make = async <T>(x: T): Promise<T> => x;
declare function outer(a: string): void;
""",
        [
            "class Cart 1-9",
            "constant Cart.limit 3-3",
            "method Cart.constructor 4-4",
            "constant Cart.tax 4-4",
            "method Cart.total 5-7",
            "method Cart.pay 8-8",
            "class Payable 10-10",
            "method Payable.pay 10-10",
            "method Payable.paid 10-10",
            "constant Payable.name 10-10",
            "class Money 11-11",
            "class Kind 12-12",
            "constant Kind.Gift 12-12",
            "constant Kind.Sale 12-12",
            "function make 13-13",
            "function outer 14-14",
        ],
    ),
    "tsx": Specimen(
        "src/Cart.tsx",
        """export const Cart = ({ items }: Props) => {
  const pay = () => items;
  return <Button onClick={pay}>{items.length}</Button>;
};
""",
        ["function Cart 1-4", "function pay 2-2"],
    ),
    "java": Specimen(
        "src/Cart.java",
        """package shop;
@Service
public class Cart<T> extends Base {
    private static final int MAX = 3, MIN = 1;
    @Autowired
    public Cart(Tax tax) { super(tax); }
    @Override
    public <R> Map<String, R> total(
            int a, String... rest) throws PayException {
        return null;
    }
    interface Inner { void go(); }
    enum Kind { GIFT, SALE; void k() {} }
    record Point(int x) { Point { } }
    @interface Mark { int value() default 1; }
}
""",
        [
            "class Cart 2-16",
            "constant Cart.MAX 4-4",
            "constant Cart.MIN 4-4",
            "method Cart.Cart 5-6",
            "method Cart.total 7-11",
            "class Cart.Inner 12-12",
            "method Inner.go 12-12",
            "class Cart.Kind 13-13",
            "constant Kind.GIFT 13-13",
            "constant Kind.SALE 13-13",
            "method Kind.k 13-13",
            "class Cart.Point 14-14",
            "method Point.Point 14-14",
            "class Cart.Mark 15-15",
            "method Mark.value 15-15",
        ],
    ),
    "kotlin": Specimen(
        "src/Cart.kt",
        """@Service
class Cart(val tax: Tax, n: Int = 0) : Base(n) {
    companion object {
        const val MAX = 3
        fun of(): Cart = Cart(Tax())
    }
    val name: String
        get() = "x"
    fun total(): Int? {
        return 1
    }
}
object Registry {
    fun register() {}
}
fun String.shout(n: Int): String = this
val top = 1
""",
        [
            "class Cart 1-12",
            "constant Cart.tax 2-2",
            "constant Cart.MAX 4-4",
            "method Cart.of 5-5",
            "constant Cart.name 7-8",
            "method Cart.total 9-11",
            "class Registry 13-15",
            "method Registry.register 14-14",
            "function shout 16-16",
            "constant top 17-17",
        ],
    ),
    "go": Specimen(
        "cart/cart.go",
        """package cart
const Max, Min = 3, 1
var (
	state int
)
type Cart struct {
	Total, Count int
	*Base
}
type Payer interface {
	Pay(n int) error
}
func (c *Cart) Sum(a, b int, rest ...string) (int, error) {
	add := func(x int) int { return x }
	return add(a), nil
}
func (s Stack[T]) Push(item T) {}
func Make[T any](x T) T { return x }
""",
        [
            "constant Max 2-2",
            "constant Min 2-2",
            "constant state 4-4",
            "class Cart 6-9",
            "constant Cart.Total 7-7",
            "constant Cart.Count 7-7",
            "class Payer 10-12",
            "method Payer.Pay 11-11",
            "method Cart.Sum 13-16",
            "function add 14-14",
            "method Stack.Push 17-17",
            "function Make 18-18",
        ],
    ),
    "ruby": Specimen(
        "lib/cart.rb",
        """module Shop
  class Cart < Base
    MAX = 3
    attr_accessor :tax, :name
    def self.of(a, b = 1, *rest, k:, j: 2, **o, &blk) = new
    def total!
      1
    end
    def tax=(value)
      @tax = value
    end
    define_method(:dynamic) { |x| x }
    class << self
      def inner; end
    end
  end
end
""",
        [
            "class Shop 1-17",
            "class Shop.Cart 2-16",
            "constant Cart.MAX 3-3",
            "constant Cart.tax 4-4",
            "constant Cart.name 4-4",
            "method Cart.of 5-5",
            "method Cart.total! 6-8",
            "method Cart.tax= 9-11",
            "method Cart.dynamic 12-12",
            "method Cart.inner 14-14",
        ],
    ),
    "csharp": Specimen(
        "src/Cart.cs",
        """using System;
namespace Shop;
[Serializable]
public partial class Cart<T> : Base, IPay where T : new() {
    public const int A = 1, B = 2;
    public int Total { get; set; } = 3;
    public int Sum => 4;
    public event EventHandler Done;
    public Cart(int n, string s = "a", params object[] rest) : base(n) { }
    public async Task<int> Run<U>(ref U u) {
        int Local(int y) { return y; }
        return await Api.Call(1)?.Baz();
    }
}
interface IPay { int Pay(); }
record Point(int X);
struct Size { }
enum Kind { Gift, Paid = 2 }
""",
        [
            "class Cart 3-14",
            "constant Cart.A 5-5",
            "constant Cart.B 5-5",
            "constant Cart.Total 6-6",
            "constant Cart.Sum 7-7",
            "constant Cart.Done 8-8",
            "method Cart.Cart 9-9",
            "method Cart.Run 10-13",
            "function Local 11-11",
            "class IPay 15-15",
            "method IPay.Pay 15-15",
            "class Point 16-16",
            "class Size 17-17",
            "class Kind 18-18",
            "constant Kind.Gift 18-18",
            "constant Kind.Paid 18-18",
        ],
    ),
    "rust": Specimen(
        "src/cart.rs",
        """use std::io::{self, Read as R};
pub const LIMIT: u32 = 3;
static NAME: &str = "x";
pub struct Cart<T> {
    pub total: u32,
}
enum Kind { Gift, Paid(u32) }
trait Pay {
    fn pay(&self, n: u32) -> bool;
}
impl<T> Pay for Cart<T> {
    fn pay(&self, n: u32) -> bool {
        let twice = |x: u32| x * 2;
        foo::bar(twice(n))
    }
}
impl Kind { pub async fn new() -> Self { Kind::Gift } }
pub fn main() {}
macro_rules! total { () => {} }
""",
        [
            "constant LIMIT 2-2",
            "constant NAME 3-3",
            "class Cart 4-6",
            "constant Cart.total 5-5",
            "class Kind 7-7",
            "constant Kind.Gift 7-7",
            "constant Kind.Paid 7-7",
            "class Pay 8-10",
            "method Pay.pay 9-9",
            "method Cart.pay 12-15",
            "function twice 13-13",
            "method Kind.new 17-17",
            "function main 18-18",
            "function total 19-19",
        ],
    ),
}


def shown(symbol: Symbol) -> str:
    owner = f"{symbol.class_name}." if symbol.class_name else ""
    return f"{symbol.kind} {owner}{symbol.name} {symbol.start}-{symbol.end}"


@pytest.mark.parametrize("name", SPECIMENS)
def test_an_outline_names_every_definition_with_its_lines(name: str) -> None:
    path, text, expected = SPECIMENS[name]
    assert [shown(symbol) for symbol in outline(path, text)] == expected


def test_every_language_has_a_specimen() -> None:
    assert {language.name for language in LANGUAGES} == set(SPECIMENS)


@pytest.mark.parametrize("name", SPECIMENS)
def test_the_cheap_look_at_lines_misses_no_definition(name: str) -> None:
    path, text, _ = SPECIMENS[name]
    language = language_of(path)
    assert language is not None
    missed = [
        symbol.name
        for symbol in outline(path, text)
        if definition_in(language, text.encode(), symbol.name.lstrip("#").encode())[0] is None
    ]
    assert missed == []


def test_suffixes_are_read_in_any_case_and_unknown_ones_are_no_language() -> None:
    assert language_of("LIB/CART.PHP") is not None
    assert language_of("Makefile") is None
    assert language_of("notes.txt") is None
    assert language_of("") is None
