"""Who a device works for, from the credentials in its request (RFC 2617): Basic or Digest with a field password.

CRD-1 Basic only where nobody listens: over TLS, or from this very machine without a proxy in between.
CRD-2 Digest everywhere: MD5, qop=auth, our own nonces, each count once. A nonce that is too old, or a count used before,
      is answered with stale=true and a fresh nonce, so that an honest device simply sends again.
CRD-3 No cookie signs a device in.
CRD-4 Wrong passwords count against the address (campaigns.throttle); a request without credentials does not. A right one is
      as hard to guess as a code, so it opens although others at the address guessed (THR-4).
"""
from __future__ import annotations

import binascii
import hashlib
import hmac
import re
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address

from flask import current_app, g, request
from werkzeug.datastructures import Authorization

from campaigns import clock, field_password, throttle
from campaigns.field_password import NONCE_LIVES, REALM, Holder
from campaigns.people import User
from forms.language import Refusal
from survey import doors

_NO_HASH = "0" * 32
_FORWARDED = {"HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_VIA"}
_HOST = re.compile(r"^https?://[^/]*", re.I)


class Unknown(Refusal):
    """No good credentials. `challenges`: the WWW-Authenticate headers to answer with."""

    status = 401

    def __init__(self, challenges: list[str]):
        self.challenges = challenges
        super().__init__("用户名或密码不对。请在采集软件的服务器设置里重新输入；忘了密码请找组长换一个。",
                         "The user name or password is wrong. Enter them again in the app's server settings; if you forgot "
                         "the password, ask your team lead for a new one.")


class WrongDigest(Exception):
    """A Digest header that cannot be read, or is not for this request."""


def signed() -> User:
    """The user whose credentials this request carries; raises Unknown, TooManyTries."""
    at, given = clock.now(), request.authorization
    if given is None or given.type not in ("basic", "digest") or given.type == "basic" and not _private():
        raise Unknown(_challenges(at))
    try:
        found = _by_basic(given, at) if given.type == "basic" else _by_digest(given, at)
    except WrongDigest:
        found = None
    if found is None:
        try:
            doors.require_patience(at)
        finally:
            doors.miss(doors.address())
        raise Unknown(_challenges(at))
    if not request.headers.get("Accept-Language"):
        g.language = found.language
    return found.user


def _private() -> bool:
    if request.is_secure:
        return True
    return _is_here_itself(request.remote_addr or "") and _FORWARDED.isdisjoint(request.environ)


@lru_cache(maxsize=1024)
def _is_here_itself(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _challenges(at: datetime, *, stale: bool = False) -> list[str]:
    nonce = field_password.new_nonce(current_app.installation.server, at)
    digest = (f'Digest realm="{REALM}", domain="/openrosa/", nonce="{nonce}", opaque="{REALM}", algorithm=MD5, qop="auth"'
              + ", stale=true" * stale)
    return [f'Basic realm="{REALM}", charset="UTF-8"', digest] if _private() else [digest]


def _holder(name: str, at: datetime) -> Holder | None:
    here = current_app.installation
    with here.store.read() as connection:
        throttle.check(connection, at, doors.address(), times=throttle.FOR_CODES)
        found = field_password.holder(connection, here.keyring, name)
        g.campaign = found.campaign if found else None
        return found


def _by_basic(given: Authorization, at: datetime) -> Holder | None:
    name, password = given.username or "", given.password or ""
    found = _holder(name, at)
    return found if field_password.fits(found, name, password) else None


def _by_digest(given: Authorization, at: datetime) -> Holder | None:
    name, nonce, count = _read_digest(given)
    made = field_password.nonce_made(current_app.installation.server, nonce)
    if made is None:
        raise WrongDigest
    found = _holder(name, at)
    wanted = _response(found.ha1 if found else _NO_HASH, given)
    if not hmac.compare_digest(wanted.encode(), str(given.get("response", "")).encode()) or found is None:
        return None
    if not made <= at <= made + NONCE_LIVES:
        raise Unknown(_challenges(at, stale=True))
    store = current_app.installation.store
    if not store.submit(lambda connection: field_password.use_count(connection, nonce, made, count, at)):
        raise Unknown(_challenges(at, stale=True))
    return found


def _read_digest(given: Authorization) -> tuple[str, str, int]:
    """Name, nonce and count; raises WrongDigest for what is not the Digest that we asked for."""
    text = {name: str(given.get(name) or "") for name in ("username", "nonce", "nc", "cnonce", "qop", "realm", "algorithm", "uri")}
    if (text["qop"] != "auth" or text["realm"] != REALM or text["algorithm"].upper() not in ("", "MD5") or not text["cnonce"]
            or not _is_here(text["uri"])):
        raise WrongDigest
    try:
        count = int.from_bytes(binascii.unhexlify(text["nc"].zfill(8)), "big")
    except (binascii.Error, ValueError):
        raise WrongDigest from None
    if not 0 < count < 2**32:
        raise WrongDigest
    return text["username"], text["nonce"], count


def _is_here(uri: str) -> bool:
    """Whether `uri` of a Digest is what was asked for: the path and the query as they were written."""
    asked = request.environ.get("RAW_URI") or request.full_path.removesuffix("?")
    return bool(uri) and _HOST.sub("", uri) == _HOST.sub("", asked)


def _response(ha1: str, given: Authorization) -> str:
    ha2 = _md5(f"{request.method}:{given.get('uri')}")
    return _md5(f"{ha1}:{given.get('nonce')}:{given.get('nc')}:{given.get('cnonce')}:auth:{ha2}")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


