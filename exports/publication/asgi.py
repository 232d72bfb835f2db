"""Around Datasette's application: look for new files first, and send safe headers with everything."""
from __future__ import annotations

from collections.abc import Awaitable, Callable

App = Callable[[dict, Callable, Callable], Awaitable[None]]

STRICT = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_DATASETTES_OWN = ("default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
                   "base-uri 'none'; frame-ancestors 'none'")  # its templates hold inline scripts
_HEADERS = {b"x-content-type-options": b"nosniff", b"referrer-policy": b"same-origin",
            b"content-security-policy": _DATASETTES_OWN.encode()}


def guarded(app: App, before: Callable[[], None]) -> App:
    """`app`, with `before()` called ahead of each request and the safe headers added where they are not set."""

    async def wrapped(scope: dict, receive: Callable, send: Callable) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        before()

        async def sending(message: dict) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message.get("headers", [])}
                message = {**message, "headers": [*message.get("headers", []), *(
                    (name, value) for name, value in _HEADERS.items() if name not in given)]}
            await send(message)

        await app(scope, receive, sending)

    return wrapped
