"""What a device or phone downloads: forms, and the files that they look things up in."""
from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, bindparam, select

import forms.form
from campaigns import filetypes, form_versions
from campaigns import media as form_media
from campaigns.form_versions import HOUSEHOLD
from campaigns.people import User
from campaigns.store.prepared import Prepared
from campaigns.store.schema import dwelling, form_version
from forms.devices import DOORS, for_devices, uses_doors
from forms.language import Refusal

_DOOR_COLUMNS = ("community", "compound", "building", "unit", "room", "address")


class NoSuchForm(Refusal):
    status = 404

    def __init__(self):
        super().__init__("这份表不在您参加的任务里，或版本没有登记过。请在采集软件里更新表单；如仍不行，请找组长。",
                         "This form, or this version of it, does not belong to your campaign. Update the forms in the app; if it "
                         "still fails, ask your team lead.")


class NoSuchFile(Refusal):
    status = 404

    def __init__(self):
        super().__init__("没有这个文件，请在采集软件里更新表单。", "There is no such file; update the forms in the app.")


@dataclass(frozen=True)
class Served:
    """A form as a device gets it. `md5`: of `content`, in hex, by which the device sees that it changed."""

    form_id: int
    form: forms.form.Form
    content: bytes
    md5: str


@dataclass(frozen=True)
class Media:
    """A file that a form refers to, as a device fetches it."""

    name: str
    content: bytes

    @property
    def md5(self) -> str:
        return _md5(self.content)

    @property
    def kind(self) -> str:
        """The Content-Type to send it with."""
        ending = self.name.rsplit(".", 1)[-1].lower()
        return filetypes.shown_as(self.content[:filetypes.HEAD]) or {
            "csv": "text/csv; charset=utf-8", "geojson": "application/geo+json", "xml": "text/xml"}.get(ending, "application/octet-stream")


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@lru_cache(maxsize=64)
def _prepared(form: forms.form.Form) -> tuple[bytes, str]:
    content = for_devices(form)
    return content, _md5(content)


def newest(connection: Connection, user: User) -> Served:
    """The form of the user's campaign."""
    form_id, form = form_versions.household_form(connection, user.campaign_id)
    return Served(form_id, form, *_prepared(form))


def named(connection: Connection, user: User, key: str) -> Served:
    """The form with the ID `key`, if it is the one that the user's campaign works with. Raises NoSuchForm."""
    found = newest(connection, user)
    if found.form.key != key:
        raise NoSuchForm
    return found


_of_version = Prepared(select(form_version.c.id).where(
    form_version.c.campaign_id == bindparam("campaign"), form_version.c.key == bindparam("key"),
    form_version.c.version == bindparam("version"), form_version.c.purpose == bindparam("purpose")
    ).order_by(form_version.c.id.desc()).limit(1))


def of_version(connection: Connection, user: User, key: str, version: str, purpose: str = HOUSEHOLD) -> tuple[int, forms.form.Form]:
    """The form that something was filled with, however old; of two with the same version, the newer. `purpose`: HOUSEHOLD or
    REPORT. Raises NoSuchForm."""
    found = _of_version.first(connection, {"campaign": user.campaign_id, "key": key, "version": version, "purpose": purpose})
    if found is None:
        raise NoSuchForm
    return found.id, form_versions.form_of(connection, found.id)


def household_form(connection: Connection, campaign_id: int, version_id: int) -> forms.form.Form | None:
    """The campaign's form for households of that id, however old; None where there is none."""
    known = connection.execute(select(form_version.c.id).where(
        form_version.c.id == min(version_id, 2**31 - 1), form_version.c.campaign_id == campaign_id,
        form_version.c.purpose == HOUSEHOLD)).first()
    return form_versions.form_of(connection, known.id) if known else None


def has_media(connection: Connection, served: Served) -> bool:
    """Whether a device has to fetch files for the form."""
    form = served.form
    return uses_doors(form) or form.itemsets is not None or bool(form_media.names(connection, served.form_id))


def media(connection: Connection, user: User, served: Served) -> list[Media]:
    """The files of a form for this user: its own, and the doors of their team where the form looks doors up; nothing else of
    the register."""
    form = served.form
    found = [Media(name, content) for name, content in form_media.read(connection, served.form_id).items()]
    if uses_doors(form):
        found.append(Media(DOORS, doors_csv(connection, user)))
    if form.itemsets is not None:
        found.append(Media("itemsets.csv", form.itemsets.encode()))
    return found


def doors_csv(connection: Connection, user: User) -> bytes:
    """The doors of the user's team in walking order; of a user without a team, the doors that have none. Holds neither
    codes nor who lives there."""
    return _doors_csv(connection, _own(user))


def _doors_csv(connection: Connection, which) -> bytes:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["name", "label", *_DOOR_COLUMNS])
    for row in connection.execute(select(dwelling.c.id, *[dwelling.c[name] for name in _DOOR_COLUMNS])
                                  .where(which).order_by(dwelling.c.walk)):
        _, community, compound, building, unit, room, address = row
        rows.writerow([row.id, "-".join(filter(None, (compound, building, unit, room))) or address, *row[1:]])
    return out.getvalue().encode()


def _own(user: User):
    return ((dwelling.c.campaign_id == user.campaign_id) & dwelling.c.ended_at.is_(None)
            & (dwelling.c.team_id == user.team_id if user.team_id else dwelling.c.team_id.is_(None)))


def with_media(connection: Connection, user: User, form_id: int, form: forms.form.Form) -> forms.form.Form:
    """The same form with this user's doors to look up, so that it judges as the device did."""
    if not uses_doors(form):
        return form
    return _looking_up(connection, form_id, form, doors_csv(connection, user))


def at_door(connection: Connection, form_id: int, form: forms.form.Form, dwelling_id: int) -> forms.form.Form:
    """The same form as the page of one door has it: with this door to look up and no other."""
    if not uses_doors(form):
        return form
    return _looking_up(connection, form_id, form, _doors_csv(connection, dwelling.c.id == dwelling_id))


def _looking_up(connection: Connection, form_id: int, form: forms.form.Form, doors: bytes) -> forms.form.Form:
    return _with_lists(form, form_id, tuple({**form_media.read(connection, form_id), DOORS: doors}.items()))


@lru_cache(maxsize=16)
def _with_lists(form: forms.form.Form, form_id: int, lists: tuple[tuple[str, bytes], ...]) -> forms.form.Form:
    return forms.form.form_from_xform(form.xform, dict(lists) | (
        {"itemsets.csv": form.itemsets.encode()} if form.itemsets is not None else {}))
