<?php

declare(strict_types=1);

namespace GuestBook;

final class Entries
{
    public function __construct(private Database $database)
    {
    }

    /** @return list<array{name: string, text: string}> */
    public function latest(int $count): array
    {
        $query = $this->database->connection()->prepare('SELECT name, text FROM entry ORDER BY id DESC LIMIT ?');
        $query->bindValue(1, $count, \PDO::PARAM_INT);
        $query->execute();

        return $query->fetchAll(\PDO::FETCH_ASSOC);
    }
}
