<?php

declare(strict_types=1);

namespace GuestBook;

final class Database
{
    private ?\PDO $connection = null;

    public function __construct(private string $dsn, private string $user, private string $password)
    {
    }

    public function connection(): \PDO
    {
        if ($this->connection === null) {
            $this->connection = new \PDO($this->dsn, $this->user, $this->password);
            $this->connection->setAttribute(\PDO::ATTR_ERRMODE, \PDO::ERRMODE_EXCEPTION);
        }

        return $this->connection;
    }
}
