<?php

declare(strict_types=1);

namespace Newsletter\Mail;

use Newsletter\Recipient\Recipient;

final class Template
{
    public function __construct(private string $subject, private string $body)
    {
    }

    public function subject(): string
    {
        return $this->subject;
    }

    public function render(Recipient $recipient): string
    {
        return strtr($this->body, [
            '{name}' => $recipient->salutation(),
            '{unsubscribe}' => '/unsubscribe?address=' . rawurlencode($recipient->address()),
        ]);
    }
}
