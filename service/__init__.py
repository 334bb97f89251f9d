"""Ray Serve deployments, the HTTP interface, the incident store, the renderers and the command line."""


def version() -> str:
    """The installed version; pyproject.toml is the one place that sets it."""
    from importlib.metadata import PackageNotFoundError  # here: it imports the email package, which `--help` need not
    from importlib.metadata import version as installed

    try:
        return installed("redtide")
    except PackageNotFoundError:
        return "0+not-installed"
