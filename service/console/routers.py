"""All routers of the pages, in the order in which they are asked."""

from service.console import downloads, forms, live, overviews, pages, rescorings, reverts, sign_on, static_files

ROUTERS = (
    static_files.router,
    forms.router,
    sign_on.router,
    reverts.router,
    live.router,
    downloads.router,
    pages.router,
    overviews.router,
    rescorings.router,
)
