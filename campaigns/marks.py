"""Marks of answers: keyed hashes by which the same answers and the same persons are found again without opening them twice.

MRK-1 Each submission is opened once, ever, when its marks are made; what is compared afterwards are the marks.
MRK-2 The mark of a form is made of its choices, numbers and dates. Names, telephone and document numbers and every other free
      text are left out: a form copied under another name has the same mark.
MRK-3 The mark of a person is made of the document number, else of name, sex and birth date together; of less, there is none.
MRK-4 Marks are derived (they can be thrown away and made again), keyed with the campaign's key, and never published.
"""
from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from sqlalchemy import ColumnElement, Connection, func, select

from campaigns import form_versions
from campaigns.campaign import Campaign
from campaigns.contents import unseal
from campaigns.keys import Key
from campaigns.store import Store
from campaigns.store.fieldwork import answer_mark
from campaigns.store.schema import submission
from forms.answers import canonical
from forms.form import Form

FORM = 0
"""The place of a form's own mark; its persons have 1, 2, ..."""

_COMPARED = frozenset({"select_one", "select_multiple", "integer", "decimal", "date"})
_BYTES = 16
_BATCH = 4_000  # fewer would write the index of marks, which are scattered all over it, more often


def refresh(store: Store, campaign: Campaign, key: Key) -> int:
    """Make the marks of every submission that has none; returns how many had none. A batch a transaction, so that the intake
    waits for none of it."""
    with store.read() as connection:
        through = _through(connection, campaign)
    made = 0
    while True:
        with store.read() as connection:
            rows = _marked(connection, campaign, key, through)
        if not rows:
            return made
        made += sum(1 for row in rows if row["place"] == FORM)
        through = rows[-1]["submission_id"]
        store.submit(lambda connection, rows=rows: _keep(connection, rows))


def _keep(connection: Connection, rows: list[dict]) -> None:
    """Add what is not there yet: another process may have been quicker."""
    lowest, highest = rows[0]["submission_id"], rows[-1]["submission_id"]
    there = set(connection.execute(select(answer_mark.c.submission_id).where(
        answer_mark.c.submission_id.between(lowest, highest), answer_mark.c.place == FORM)).scalars())
    fresh = [row for row in rows if row["submission_id"] not in there]
    if fresh:
        connection.execute(answer_mark.insert(), fresh)


def waiting(connection: Connection, campaign: Campaign) -> int:
    """How many submissions have no marks yet."""
    return connection.execute(select(func.count()).where(
        *_after(submission.c.id, submission.c.campaign_id, campaign, _through(connection, campaign)))).scalar_one()


def _through(connection: Connection, campaign: Campaign) -> int:
    """The newest submission that has marks: they are made in the order in which submissions came."""
    number = answer_mark.c.submission_id
    return connection.execute(select(number).where(
        *_after(number, answer_mark.c.campaign_id, campaign, 0)).order_by(number.desc()).limit(1)).scalar() or 0


def _after(number: ColumnElement[int], of_campaign: ColumnElement[int], campaign: Campaign, through: int) -> tuple:
    """The campaign's rows beyond submission `through`. By the sum, which no index has, the database goes by submission: by
    campaign it would look through, and sort, all that is there for each batch."""
    return number > through, of_campaign + 0 == campaign.id


def _marked(connection: Connection, campaign: Campaign, key: Key, through: int) -> list[dict]:
    found = connection.execute(
        select(submission.c.id, submission.c.instance, submission.c.sealed, submission.c.form_version_id)
        .where(*_after(submission.c.id, submission.c.campaign_id, campaign, through))
        .order_by(submission.c.id).limit(_BATCH)).all()
    forms = {each: form_versions.form_of(connection, each) for each in {row.form_version_id for row in found}}
    return [{"submission_id": number, "place": place, "campaign_id": campaign.id, "mark": mark}
            for number, instance, sealed, version in found for place, mark in of(key, forms[version], unseal(key, instance, sealed))]


def of(key: Key, form: Form, answers: dict) -> Iterator[tuple[int, bytes]]:
    """(place, mark) of a form and of its persons."""
    yield FORM, key.mac("likeness", canonical(_without_words(answers, _names(form))))[:_BYTES]
    for place, person in enumerate(answers.get(form.person_repeat) or (), 1):
        known = _who(person)
        if known:
            yield place, key.mac("person", known.encode())[:_BYTES]


@lru_cache(maxsize=64)
def _names(form: Form) -> frozenset[str]:
    return frozenset(question.name for part in form.parts.values() for question in part
                     if question.type.startswith("select") or question.type in _COMPARED)


def _without_words(answers: dict, names: frozenset[str]) -> dict:
    return {name: [_without_words(each, names) for each in value] if isinstance(value, list) and value and isinstance(value[0], dict)
            else value for name, value in answers.items() if name in names or isinstance(value, list)}


def _who(person: dict) -> str:
    number = str(person.get("id_number") or "").strip().upper()
    if number:
        return f"{person.get('id_type') or ''}|{number}"
    parts = [str(person.get(name) or "").strip() for name in ("name", "sex", "birth_date")]
    return "|".join(parts) if all(parts) else ""
