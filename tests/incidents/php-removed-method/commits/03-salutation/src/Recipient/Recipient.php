<?php

declare(strict_types=1);

namespace Newsletter\Recipient;

final class Recipient
{
    public function __construct(
        private string $address,
        private string $name,
        private string $language = 'en',
        private ?string $salutation = null,
    ) {
    }

    public function address(): string
    {
        return $this->address;
    }

    public function salutation(): string
    {
        return $this->salutation ?? ($this->name !== '' ? $this->name : strstr($this->address, '@', true));
    }

    public function language(): string
    {
        return $this->language;
    }
}
