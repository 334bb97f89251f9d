<?php

declare(strict_types=1);

namespace Shop\Tests\Cart;

use PHPUnit\Framework\TestCase;
use Shop\Cart\Cart;

final class CartTest extends TestCase
{
    public function testTotalOfSeveralLines(): void
    {
        $cart = new Cart();
        $cart->add('mug', 1250, 2);
        $cart->add('poster', 900);

        self::assertSame(3400, $cart->total());
    }

    public function testAnEmptyCartCostsNothing(): void
    {
        self::assertSame(0, (new Cart())->total());
    }
}
