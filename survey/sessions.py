"""Session cookies and CSRF tokens, signed as Flask and Flask-WTF sign them but without trying to compress 50 bytes:
zlib's start-up costs more than all the rest of a form page. What Flask and Flask-WTF read is unchanged.
"""
from __future__ import annotations

from secrets import token_hex

from flask import Flask, Request, Response, current_app, g, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode
from werkzeug.http import dump_cookie


class _Uncompressed(URLSafeTimedSerializer):
    def dump_payload(self, obj: object) -> bytes:
        return base64_encode(self.serializer.dumps(obj))


class Sessions(SecureCookieSessionInterface):
    """Flask's own sessions, with one serializer kept."""

    def __init__(self, app: Flask):
        self._kept = _Uncompressed(
            app.secret_key, salt=self.salt, serializer=self.serializer,
            signer_kwargs={"key_derivation": "none", "digest_method": self.digest_method})  # the key is derived already
        self._cookie = dump_cookie(
            self.get_cookie_name(app), "{}", secure=self.get_cookie_secure(app), httponly=self.get_cookie_httponly(app),
            samesite=self.get_cookie_samesite(app), path=self.get_cookie_path(app), domain=self.get_cookie_domain(app))

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer:
        return self._kept

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:
        if request.path.startswith("/openrosa/"):
            return self.make_null_session(app)  # no cookie signs a device in, and none is given to it
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """As Flask does, which spends an eighth of a form page's time on it: settings looked up one by one, headers parsed anew."""
        if not session.accessed and not session.modified:
            return
        if not session or session.permanent:
            super().save_session(app, session, response)
            return
        if "Cookie" not in response.headers.get("Vary", ""):
            response.vary.add("Cookie")
        if session.modified:
            response.headers.add("Set-Cookie", self._cookie.format(self._kept.dumps(dict(session))))


def use(app: Flask) -> None:
    app.session_interface = Sessions(app)
    app.extensions["csrf_tokens"] = _Uncompressed(app.secret_key, salt="wtf-csrf-token")  # the salt of Flask-WTF


def csrf_token() -> str:
    """The token that Flask-WTF will ask for, the same for the whole request."""
    if "csrf_token" not in g:
        if "csrf_token" not in session:
            session["csrf_token"] = token_hex(20)
        g.csrf_token = current_app.extensions["csrf_tokens"].dumps(session["csrf_token"])
    return g.csrf_token
