<?php

declare(strict_types=1);

namespace Newsletter\Tests;

use Newsletter\Mail\Template;
use Newsletter\Recipient\Recipient;
use PHPUnit\Framework\TestCase;

final class TemplateTest extends TestCase
{
    public function testTheNameIsFilledIn(): void
    {
        $template = new Template('Hi', 'Hello {name}');

        self::assertSame('Hello Ana', $template->render(new Recipient('ana@example.com', 'Ana')));
    }
}
