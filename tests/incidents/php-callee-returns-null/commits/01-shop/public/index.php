<?php

declare(strict_types=1);

use Shop\Cart\CartRepository;
use Shop\Cart\CheckoutController;
use Shop\Http\Request;
use Shop\Http\Router;
use Shop\Http\SessionStore;

require __DIR__ . '/../vendor/autoload.php';

$store = new SessionStore(getenv('SESSION_DIR') ?: '/var/lib/shop/sessions');
$checkout = new CheckoutController(new CartRepository($store));

$router = new Router();
$router->get('/checkout', [$checkout, 'summary']);
$router->post('/checkout', [$checkout, 'place']);

echo $router->dispatch(Request::fromGlobals());
