<?php

declare(strict_types=1);

namespace Shop\Cart;

use Shop\Http\SessionStore;

final class CartRepository
{
    private const MAX_AGE = 30 * 24 * 3600;

    public function __construct(private SessionStore $store)
    {
    }

    public function forSession(string $sessionId): ?Cart
    {
        $saved = $this->store->read($sessionId)['cart'] ?? null;
        if ($saved === null || time() - ($saved['saved_at'] ?? 0) > self::MAX_AGE) {
            return null;
        }

        return new Cart($saved['lines']);
    }

    public function save(string $sessionId, Cart $cart): void
    {
        $data = $this->store->read($sessionId) ?? [];
        $data['cart'] = ['lines' => $cart->lines(), 'saved_at' => time()];
        $this->store->write($sessionId, $data);
    }
}
