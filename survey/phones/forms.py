"""Forms as phones fill them: as any browser does (forms.browser), named by a digest, so that a phone keeps it for ever."""
from __future__ import annotations

import hashlib
from functools import lru_cache
from urllib.parse import quote

from sqlalchemy import Connection

from campaigns import form_versions, served
from campaigns.people import User
from campaigns.served import NoSuchFile, NoSuchForm, Served
from forms import browser
from forms.form import Form


@lru_cache(maxsize=256)
def digest_of(form_id: int, form: Form) -> str:
    """Of the bytes and of the version, whose media may differ."""
    return hashlib.sha256(f"{form_id}\n".encode() + browser.for_browser(form)).hexdigest()[:32]


def listed(connection: Connection, user: User) -> list[dict]:
    """The forms that this person fills: reports, and the household's form unless they are a building head."""
    found = form_versions.in_use(connection, user.campaign_id)
    return [_entry(connection, user, *each) for each in found if user.role != "building_head" or each[1] == form_versions.REPORT]


def _entry(connection: Connection, user: User, form_id: int, purpose: str, form: Form) -> dict:
    digest = digest_of(form_id, form)
    return {"key": form.key, "kind": purpose, "id": form_id, "version": form.version,
            "title": {"zh": form.title.zh, "en": form.title.en}, "xml": f"/v/app/form/{digest}.xml",
            "media": [{"name": each.name, "url": f"/v/app/form/{digest}/{quote(each.name, safe='')}", "hash": f"md5:{each.md5}"}
                      for each in served.media(connection, user, Served(form_id, form, b"", ""))]}


def _found(connection: Connection, user: User, digest: str) -> Served:
    """Any version that the campaign ever used: a draft goes on with its own."""
    for form_id in form_versions.ids(connection, user.campaign_id):
        form = form_versions.form_of(connection, form_id)
        if digest_of(form_id, form) == digest:
            return Served(form_id, form, browser.for_browser(form), "")
    raise NoSuchForm


def xml(connection: Connection, user: User, digest: str) -> bytes:
    """Raises NoSuchForm."""
    return _found(connection, user, digest).content


def file(connection: Connection, user: User, digest: str, name: str) -> tuple[bytes, str]:
    """Raises NoSuchForm, NoSuchFile."""
    for each in served.media(connection, user, _found(connection, user, digest)):
        if each.name == name:
            return each.content, each.kind
    raise NoSuchFile
