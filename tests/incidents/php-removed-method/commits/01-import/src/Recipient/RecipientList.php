<?php

declare(strict_types=1);

namespace Newsletter\Recipient;

final class RecipientList
{
    /** @return iterable<Recipient> */
    public function active(\PDO $db): iterable
    {
        $rows = $db->query('SELECT address, name, language FROM recipient WHERE unsubscribed_at IS NULL');
        foreach ($rows as $row) {
            yield new Recipient($row['address'], $row['name'] ?? '', $row['language'] ?? 'en');
        }
    }
}
