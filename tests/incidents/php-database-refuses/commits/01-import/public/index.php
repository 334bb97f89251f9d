<?php

declare(strict_types=1);

use GuestBook\Database;
use GuestBook\Entries;
use GuestBook\Page;

require __DIR__ . '/../vendor/autoload.php';

$database = new Database(getenv('DB_DSN'), getenv('DB_USER'), getenv('DB_PASSWORD'));
echo (new Page(new Entries($database)))->show();
