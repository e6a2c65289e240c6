"""The watch over a page: what would leave this machine, and errors that reach the console."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Route

# Notebook 7.6 throws this while it loads its own settings, with or without any extension.
NOTEBOOKS_OWN = ("undefined (reading 'schema')", "/static/notebook/notebook_core.")
# And this when a notebook opens in another page, whoever asked for it.
NOTEBOOKS_OPENING = "(reading 'updateRenderOption')"
# JupyterLab's debugger says this where a kernel goes while it is asked, whatever the notebook.
LABS_DEBUGGER = ("Could not restore the debugger state", "/static/lab/jlab_core.")
# Marimo misses the service worker that is blocked here.
MARIMOS_OWN = "Error registering service worker"


def outside_of(context: BrowserContext) -> list[str]:
    """Block, and list, every request that would leave this machine."""
    away: list[str] = []

    def gate(route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.scheme in {"data", "blob", "file"} or address.hostname == "127.0.0.1":
            route.continue_()
        else:
            away.append(route.request.url)
            route.abort()

    context.route("**/*", gate)
    return away


def errors_of(page: Page) -> list[str]:
    """List the errors that reach the browser's console, thrown or logged."""
    errors: list[str] = []

    def logged(message: ConsoleMessage) -> None:
        where = message.location.get("url", "")
        if message.type != "error" or message.text.startswith(MARIMOS_OWN):
            return
        hosts = ((NOTEBOOKS_OPENING, NOTEBOOKS_OWN[1]), LABS_DEBUGGER)
        if not any(text in message.text and program in where for text, program in hosts):
            errors.append(f"{message.text} ({where})")

    def thrown(error: Error) -> None:
        stack = error.stack or str(error)
        if not (NOTEBOOKS_OWN[0] in stack and NOTEBOOKS_OWN[1] in stack):
            errors.append(stack)

    page.on("console", logged)
    page.on("pageerror", thrown)
    return errors
