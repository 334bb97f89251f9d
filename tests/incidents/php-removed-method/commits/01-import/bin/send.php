<?php

declare(strict_types=1);

use Newsletter\Mail\Mailer;
use Newsletter\Mail\Template;
use Newsletter\Recipient\RecipientList;

require __DIR__ . '/../vendor/autoload.php';

$db = new PDO(getenv('DATABASE_DSN'));
$template = new Template('What is new in November', file_get_contents(__DIR__ . '/../templates/monthly.txt'));
$mailer = new Mailer('news@example.com');

foreach ((new RecipientList())->active($db) as $recipient) {
    $mailer->send($template, $recipient);
}
