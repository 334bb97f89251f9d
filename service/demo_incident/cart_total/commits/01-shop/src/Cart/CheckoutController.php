<?php

declare(strict_types=1);

namespace Shop\Cart;

use Shop\Http\Request;

final class CheckoutController
{
    public function __construct(private CartRepository $carts)
    {
    }

    public function summary(Request $request): string
    {
        $cart = $this->carts->forSession($request->sessionId);
        $total = $cart->total();

        return $this->page('Your order', sprintf('To pay: %s', $this->money($total)));
    }

    public function place(Request $request): string
    {
        $cart = $this->carts->forSession($request->sessionId);
        if ($cart->lines() === []) {
            return $this->page('Your order', 'Your cart is empty.');
        }
        $this->carts->save($request->sessionId, new Cart());

        return $this->page('Thank you', 'We are packing your order.');
    }

    private function money(int $cents): string
    {
        return number_format($cents / 100, 2) . ' EUR';
    }

    private function page(string $title, string $body): string
    {
        return '<h1>' . $title . '</h1><p>' . $body . '</p>';
    }
}
