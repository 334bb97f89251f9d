<?php

declare(strict_types=1);

namespace GuestBook;

final class Page
{
    public function __construct(private Entries $entries)
    {
    }

    public function show(): string
    {
        $html = '';
        foreach ($this->entries->latest(50) as $entry) {
            $html .= '<h2>' . htmlspecialchars($entry['name']) . '</h2><p>' . nl2br(htmlspecialchars($entry['text'])) . '</p>';
        }

        return $html;
    }
}
