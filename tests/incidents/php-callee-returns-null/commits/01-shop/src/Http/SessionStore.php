<?php

declare(strict_types=1);

namespace Shop\Http;

final class SessionStore
{
    public function __construct(private string $directory)
    {
    }

    /** @return array<string, mixed>|null */
    public function read(string $sessionId): ?array
    {
        $file = $this->directory . '/' . hash('sha256', $sessionId) . '.json';
        if (!is_file($file)) {
            return null;
        }

        return json_decode((string) file_get_contents($file), true, 16, JSON_THROW_ON_ERROR);
    }

    /** @param array<string, mixed> $data */
    public function write(string $sessionId, array $data): void
    {
        $file = $this->directory . '/' . hash('sha256', $sessionId) . '.json';
        file_put_contents($file, json_encode($data, JSON_THROW_ON_ERROR), LOCK_EX);
    }
}
