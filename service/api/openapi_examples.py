"""Examples of the HTTP interface, shown at /docs and in /openapi.json (asserted to be valid by a test)."""

from fastapi.openapi.models import Example

ALERTS: dict[str, Example] = {
    "revisions named": Example(
        summary="The alert names the last good and the failing revision",
        value={
            "service": "checkout",
            "environment": "production",
            "message": "Uncaught TypeError: Cart::total(): Return value must be of type int, null returned",
            "stack_trace": (
                "PHP Fatal error:  Uncaught TypeError: Cart::total(): Return value must be of type int, null returned"
                " in /srv/shop/src/Cart.php:41\nStack trace:\n#0 /srv/shop/src/Checkout.php(88): Cart->total()\n"
                "#1 {main}\n  thrown in /srv/shop/src/Cart.php on line 41"
            ),
            "first_seen": "2026-11-23T02:58:11Z",
            "last_seen": "2026-11-23T03:01:40Z",
            "count": 1284,
            "repository": "shop",
            "base": "v2026.11.22",
            "deployed": "v2026.11.23",
            "url": "https://alerts.example.org/checkout/5xx",
        },
    ),
    "revisions from the deploys": Example(
        summary="The revisions are those of the deploys told at POST /deploys",
        value={
            "service": "checkout",
            "message": "AttributeError: 'NoneType' object has no attribute 'price'",
            "stack_trace": (
                'Traceback (most recent call last):\n  File "/srv/shop/cart.py", line 41, in total\n'
                "    return sum(item.price for item in items)\n"
                "AttributeError: 'NoneType' object has no attribute 'price'"
            ),
            "first_seen": "2026-11-23T02:58:11Z",
            "repository": "shop",
        },
    ),
}

DEPLOYS: dict[str, Example] = {
    "a deploy": Example(
        summary="A pipeline tells what it put into production",
        value={
            "repository": "shop",
            "revision": "3f9a1c20b6d14d0f8a7c1e5b2d9f0a4c6e8b7d13",
            "old_revision": "88d1c4e07a2b4c96b1f5e3d2a0c9b8f7e6d5c4b3",
            "at": "2026-11-23T02:54:00Z",
            "service": "checkout",
            "environment": "production",
            "actor": "deploy-bot",
            "url": "https://ci.example.org/deploys/5120",
        },
    )
}
