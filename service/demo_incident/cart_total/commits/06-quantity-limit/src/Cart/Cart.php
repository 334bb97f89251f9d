<?php

declare(strict_types=1);

namespace Shop\Cart;

final class Cart
{
    public const MOST_OF_ONE = 99;

    /** @param list<array{sku: string, cents: int, quantity: int}> $lines */
    public function __construct(private array $lines = [])
    {
    }

    public function add(string $sku, int $cents, int $quantity = 1): void
    {
        $this->lines[] = ['sku' => $sku, 'cents' => $cents, 'quantity' => min($quantity, self::MOST_OF_ONE)];
    }

    public function total(): int
    {
        return array_sum(array_map(
            static fn (array $line): int => $line['cents'] * $line['quantity'],
            $this->lines,
        ));
    }

    /** @return list<array{sku: string, cents: int, quantity: int}> */
    public function lines(): array
    {
        return $this->lines;
    }
}
