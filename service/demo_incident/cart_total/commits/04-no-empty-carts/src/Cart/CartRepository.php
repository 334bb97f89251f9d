<?php

declare(strict_types=1);

namespace Shop\Cart;

use Shop\Http\SessionStore;

final class CartRepository
{
    public function __construct(private SessionStore $store)
    {
    }

    public function forSession(string $sessionId): Cart
    {
        return $this->find($sessionId) ?? new Cart();
    }

    public function find(string $sessionId): ?Cart
    {
        $data = $this->store->read($sessionId);

        return isset($data['cart']) ? new Cart($data['cart']['lines']) : null;
    }

    public function save(string $sessionId, Cart $cart): void
    {
        $data = $this->store->read($sessionId) ?? [];
        $data['cart'] = ['lines' => $cart->lines()];
        $this->store->write($sessionId, $data);
    }
}
