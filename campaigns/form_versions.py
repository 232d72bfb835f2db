"""The forms of a campaign and their versions: a version, once in use, never changes, and what was filled with it is judged by it."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, bindparam, func, select

import forms.form
import forms.media
from campaigns import audit, filetypes, media
from campaigns.audit import Actor
from campaigns.store.fieldwork import report
from campaigns.store.prepared import Prepared
from campaigns.store.schema import form_version, submission
from forms.language import Refusal

HOUSEHOLD, REPORT = "household", "report"
"""What a form of a campaign is for: a household's answers (one form at a time), or reports beside them (any number)."""

_loaded: WeakKeyDictionary[Engine, dict[int, forms.form.Form]] = WeakKeyDictionary()
_parsed: dict[bytes, forms.form.Form] = {}  # by content: a workbook that several campaigns use is one form
_newest_form = Prepared(select(func.max(form_version.c.id).label("id")).where(
    form_version.c.campaign_id == bindparam("campaign"), form_version.c.purpose == HOUSEHOLD))


@dataclass(frozen=True)
class Version:
    """One version of one form. `current`: it is the one that is filled now. `received`: submissions or reports that came in
    with it, corrections counted too."""

    purpose: str
    form: forms.form.Form
    added_at: datetime
    current: bool
    received: int


def set_form(connection: Connection, campaign_id: int, workbook: bytes, form: forms.form.Form, at: datetime,
             actor: Actor, files: Mapping[str, bytes] = MappingProxyType({})) -> int:
    """Make `workbook` with the `files` that it refers to the campaign's form from now on; earlier submissions keep theirs.
    Returns its id.

    Raises Refusal for a workbook that was in use before another one: a later version is always a new one."""
    digest = media.digest_of(form.digest, files)
    known = connection.execute(select(form_version.c.id).where(
        form_version.c.campaign_id == campaign_id, form_version.c.digest == digest)).scalar()
    if known:
        if known != _newest_form.first(connection, {"campaign": campaign_id}).id:
            raise Refusal("这份问卷以前用过，后来换了新的。要再用它，请在 settings 表里改一个新的版本号（version），存好再来。",
                          "This workbook was in use before and was replaced. To use it again, give it a new version in its "
                          "sheet settings, save it and try again.")
        return known
    return _add(connection, campaign_id, HOUSEHOLD, workbook, form, digest, files, at, actor)


def use_workbook(connection: Connection, campaign_id: int, workbook: bytes, name: str, at: datetime,
                 actor: Actor, files: Mapping[str, bytes] = MappingProxyType({})) -> forms.form.Form:
    """Read an XLSForm workbook and make it the campaign's form: see `set_form`. `name` names it when its settings do not.
    `files`: those that it may refer to, by name; what it needs is kept with it.

    Raises FormError (a Refusal) with every problem in it, and Refusal for a form that asks nothing or whose files are not
    what they should be (forms.media)."""
    form, taken = read_workbook(workbook, name, files)
    set_form(connection, campaign_id, workbook, form, at, actor, taken)
    return form


def read_workbook(workbook: bytes, name: str, files: Mapping[str, bytes]) -> tuple[forms.form.Form, dict[str, bytes]]:
    """The form in an XLSForm workbook, and those of `files` that it needs. Raises as `use_workbook`."""
    form = forms.form.load(workbook, name)
    taken = forms.media.take(form, files, filetypes.fits)
    if taken:
        form = forms.form.load(workbook, name, taken)
    if not any(form.asked.values()):
        raise Refusal("这份问卷没有要填的问题。", "This form asks nothing.")
    return form, taken


def add_report_form(connection: Connection, campaign_id: int, workbook: bytes, form: forms.form.Form, at: datetime,
                    actor: Actor, files: Mapping[str, bytes] = MappingProxyType({})) -> int:
    """Let the campaign's people fill `form`, with the `files` that it refers to, beside the household's: incidents, stairwell
    sheets ... Again, or with a newer workbook of the same key, the newest holds. Returns its id. Raises Refusal for the
    household's own form."""
    _, household = household_form(connection, campaign_id)
    digest = media.digest_of(form.digest, files)
    known = connection.execute(select(form_version.c.id, form_version.c.purpose).where(
        form_version.c.campaign_id == campaign_id, form_version.c.digest == digest)).first()
    if household.key == form.key or (known and known.purpose != REPORT):
        raise Refusal("“{key}”是住户登记表，不能又当上报表。", "“{key}” is the household's form, so it cannot be a report's as well.",
                      key=form.key)
    if known:
        return known.id
    return _add(connection, campaign_id, REPORT, workbook, form, digest, files, at, actor)


def _add(connection: Connection, campaign_id: int, purpose: str, workbook: bytes, form: forms.form.Form, digest: str,
         files: Mapping[str, bytes], at: datetime, actor: Actor) -> int:
    version_id = connection.execute(form_version.insert().values(
        campaign_id=campaign_id, key=form.key, purpose=purpose, version=form.version, digest=digest, workbook=workbook,
        added_at=at)).inserted_primary_key.id
    media.keep(connection, version_id, files)
    audit.write(connection, campaign_id, at, actor, "form.set" if purpose == HOUSEHOLD else "form.added", f"form:{form.key}",
                version=form.version, digest=digest, **({"files": len(files)} if files else {}))
    return version_id


def in_use(connection: Connection, campaign_id: int) -> list[tuple[int, str, forms.form.Form]]:
    """(id, purpose, form) of every form that is filled now: the household's first, then the newest version of each report's."""
    newest = connection.execute(
        select(func.max(form_version.c.id), form_version.c.purpose).where(
            form_version.c.campaign_id == campaign_id, form_version.c.purpose == REPORT)
        .group_by(form_version.c.key, form_version.c.purpose).order_by(func.min(form_version.c.id))).all()
    household_id, household = household_form(connection, campaign_id)
    return [(household_id, HOUSEHOLD, household), *((each, purpose, form_of(connection, each)) for each, purpose in newest)]


def listed(connection: Connection, campaign_id: int) -> list[Version]:
    """Every version of every form of the campaign: the household's form first, then reports' in the order in which they were
    added; of each the newest version first."""
    counts = {id_: count for table in (submission, report) for id_, count in connection.execute(
        select(table.c.form_version_id, func.count()).where(table.c.campaign_id == campaign_id).group_by(table.c.form_version_id))}
    current = [id_ for id_, _, _ in in_use(connection, campaign_id)]
    rows = connection.execute(select(form_version.c.id, form_version.c.purpose, form_version.c.key, form_version.c.added_at)
                              .where(form_version.c.campaign_id == campaign_id).order_by(form_version.c.id.desc())).all()
    first = {row.key: row.id for row in rows}  # of a form, by the version that came first
    rows.sort(key=lambda row: (row.purpose != HOUSEHOLD, row.purpose != HOUSEHOLD and first[row.key]))
    return [Version(row.purpose, form_of(connection, row.id), row.added_at, row.id in current, counts.get(row.id, 0)) for row in rows]


def ids(connection: Connection, campaign_id: int) -> list[int]:
    """Every version of every form that the campaign ever had."""
    return list(connection.execute(select(form_version.c.id).where(
        form_version.c.campaign_id == campaign_id).order_by(form_version.c.id)).scalars())


def household_forms(connection: Connection, campaign_id: int) -> list[tuple[int, forms.form.Form]]:
    """(id, form) of every version of the campaign's form for households, oldest first."""
    found = connection.execute(select(form_version.c.id).where(
        form_version.c.campaign_id == campaign_id, form_version.c.purpose == HOUSEHOLD).order_by(form_version.c.id)).scalars().all()
    return [(each, form_of(connection, each)) for each in found]


def household_form(connection: Connection, campaign_id: int) -> tuple[int, forms.form.Form]:
    """The campaign's newest form for households, with its id."""
    version_id = _newest_form.first(connection, {"campaign": campaign_id}).id
    return version_id, form_of(connection, version_id)


def form_of(connection: Connection, version_id: int) -> forms.form.Form:
    """The form of `version_id`. A version never changes, so each is parsed once a process and store."""
    loaded = _loaded.setdefault(connection.engine, {})
    if version_id not in loaded:
        row = connection.execute(
            select(form_version.c.workbook, form_version.c.key).where(form_version.c.id == version_id)).one()
        external = media.read(connection, version_id)
        content = sha256(repr((row.key, row.workbook, external)).encode()).digest()
        if content not in _parsed:
            _parsed[content] = forms.form.load(row.workbook, row.key, external)
        loaded[version_id] = _parsed[content]
    return loaded[version_id]
