"""All routers of the pages, in the order in which they are asked."""

from service.console import forms, live, overviews, pages, rescorings, static_files

ROUTERS = (static_files.router, forms.router, live.router, pages.router, overviews.router, rescorings.router)
