"""The language of a page: `?lang=`, then the cookie, then what the browser asks for, Chinese otherwise."""
from __future__ import annotations

from flask import Flask, g, request
from werkzeug.wrappers import Response

from forms.language import LANGUAGES, Text

COOKIE = "lang"
_YEAR = 365 * 24 * 3600


def use(app: Flask) -> None:
    """Choose the language of each request; templates get `say(zh, en, name=value)`, `tell(text)` and `language()`."""
    app.before_request(_choose)
    app.after_request(_remember)
    app.jinja_env.globals.update(say=say, tell=tell, language=current)


def current() -> str:
    return g.language


def switch(language: str) -> None:
    """Answer this request in `language`, and remember it."""
    if language in LANGUAGES:
        g.language = g.remember_language = language


def say(zh: str, en: str, **values: object) -> str:
    """A sentence of a template, in the reader's language."""
    return tell(Text(zh, en).fill(**values) if values else Text(zh, en))


def tell(text: Text) -> str:
    return text.to(g.language)


def _choose() -> None:
    told = request.environ  # at every request: what is not there is not looked for
    language = request.cookies.get(COOKIE) if "HTTP_COOKIE" in told else None
    if language not in LANGUAGES:
        asked = "HTTP_ACCEPT_LANGUAGE" in told
        language = request.accept_languages.best_match(LANGUAGES, default="zh") if asked else "zh"
    g.language = language
    if "lang=" in told.get("QUERY_STRING", ""):
        switch(request.args.get("lang", ""))


def _remember(response: Response) -> Response:
    language = g.get("remember_language")
    if language:
        response.set_cookie(COOKIE, language, max_age=_YEAR, httponly=True, samesite="Lax",
                            secure=request.is_secure)
    return response
