"""The rows of `field_tables`, read from the store as streams; notes and positions are opened here."""
from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import islice

from sqlalchemy import ColumnElement, Connection, select

from campaigns import rates, reports
from campaigns.campaign import Campaign
from campaigns.decisions import opened, said
from campaigns.hangers.life import REASONS
from campaigns.keys import Key
from campaigns.store.fieldwork import assignment, decision, keying_verdict, pay_period, report, second_keying, visit
from campaigns.store.schema import code, code_event, dwelling, form_version, submission, user
from exports.archive.cells import coordinate, instant
from exports.archive.field_tables import EVENTS

_AT_ONCE = 500


class FieldRows:
    """What field work left in `campaign`. `kept`: the condition on doors that says which ones the archive has."""

    def __init__(self, connection: Connection, key: Key, campaign: Campaign, kept: ColumnElement):
        self._connection, self._key, self._campaign, self._kept = connection, key, campaign, kept

    def tables(self) -> dict[str, Callable[[], Iterator[list]]]:
        """By table, what gives its rows."""
        return {"decisions": self.decisions, "keyings": self.keyings, "visits": self.visits, "assignments": self.assignments,
                "hangers": self.hangers, "hanger_events": self.hanger_events, "pay_periods": self.pay_periods,
                "pay_rules": self.pay_rules}

    def decisions(self) -> Iterator[list]:
        query = select(decision, submission.c.instance).select_from(decision).join(submission, submission.c.id == decision.c.submission_id)
        for row in self._stream(query.where(decision.c.campaign_id == self._campaign.id).order_by(decision.c.id)):
            yield [row.id, row.instance, row.verdict, said(row.verdict, row.reason).zh,
                   opened(self._key, row.submission_id, row.sealed) or None, self._label(row.user_id), instant(row.at)]

    def keyings(self) -> Iterator[list]:
        correction = submission.alias()
        query = select(second_keying, submission.c.instance, keying_verdict.c.at.label("settled_at"),
                       keying_verdict.c.user_id.label("settled_by"), keying_verdict.c.first_wrong, keying_verdict.c.second_wrong,
                       correction.c.instance.label("correction")).select_from(second_keying).join(
            submission, submission.c.id == second_keying.c.submission_id).outerjoin(
            keying_verdict, keying_verdict.c.second_keying_id == second_keying.c.id).outerjoin(
            correction, correction.c.id == keying_verdict.c.correction_id)
        for row in self._stream(query.where(second_keying.c.campaign_id == self._campaign.id).order_by(second_keying.c.id)):
            yield [row.instance, self._label(row.user_id), instant(row.at), row.compared, len(row.differences),
                   " ".join(row.differences) or None, instant(row.settled_at), self._label(row.settled_by), row.first_wrong,
                   row.second_wrong, row.correction]

    def visits(self) -> Iterator[list]:
        query = select(visit, dwelling.c.door).select_from(visit).join(dwelling, dwelling.c.id == visit.c.dwelling_id)
        for row in self._stream(query.where(visit.c.campaign_id == self._campaign.id).order_by(visit.c.id)):
            private = json.loads(self._key.open(row.sealed, f"visit:{row.item}")) if row.sealed else {}
            lon, lat, metres = private.get("position") or (None, None, None)
            yield [row.item, self._dwelling(row.door), row.household, self._label(row.user_id), row.outcome, instant(row.at),
                   instant(row.received_at), row.day, instant(row.call_back_at), " ".join(row.hints) or None,
                   " ".join(row.evidence) or None, row.proxy, row.scanned, row.metres, private.get("note") or None,
                   coordinate(lon), coordinate(lat), None if metres is None else f"{metres:.1f}"]

    def assignments(self) -> Iterator[list]:
        query = select(assignment, dwelling.c.door).select_from(assignment).join(dwelling, dwelling.c.id == assignment.c.dwelling_id)
        for row in self._stream(query.where(assignment.c.campaign_id == self._campaign.id).order_by(assignment.c.id)):
            yield [row.id, self._dwelling(row.door), self._label(row.user_id), instant(row.began_at), instant(row.ended_at)]

    def reports(self) -> Iterator[tuple[int, list, tuple[str, ...], dict]]:
        """The id of each report, its row, what of it the form does not take, and what was sealed with it (campaigns.reports)."""
        query = select(report, form_version.c.digest, form_version.c.version, dwelling.c.door).select_from(report).join(
            form_version, form_version.c.id == report.c.form_version_id).outerjoin(dwelling, dwelling.c.id == report.c.dwelling_id)
        for row in self._stream(query.where(report.c.campaign_id == self._campaign.id).order_by(report.c.id)):
            flags, content = tuple(row.flags or ()), reports.unseal(self._key, row.item, row.sealed)
            yield row.id, [row.item, row.digest, row.key, row.version or None, row.door and self._dwelling(row.door),
                   row.building or content.get("building"), self._label(row.user_id), instant(row.filled_at),
                   instant(row.received_at), row.day, row.late, " ".join(flags) or None], flags, content

    def hangers(self) -> Iterator[list]:
        query = select(code, dwelling.c.door).select_from(code).outerjoin(dwelling, (dwelling.c.id == code.c.dwelling_id) & self._kept)
        for row in self._stream(query.where(self._numbered).order_by(code.c.serial)):
            yield [row.serial, row.state, self._label(row.holder_id), row.door and self._dwelling(row.door), instant(row.issued_at)]

    def hanger_events(self) -> Iterator[list]:
        query = select(code_event, code.c.serial).select_from(code_event).join(code, code.c.id == code_event.c.code_id).where(
            self._numbered, code_event.c.event.in_(EVENTS)).order_by(code_event.c.id)
        found = self._stream(query)
        while batch := list(islice(found, _AT_ONCE)):
            doors = self._doors({row.detail.get("door") for row in batch})
            for row in batch:
                detail = row.detail
                yield [row.id, row.serial, row.event, instant(row.at), self._label(row.user_id), self._label(detail.get("to")),
                       doors.get(detail.get("door")), detail["reason"] if detail.get("reason") in REASONS else None,
                       self._answers.get(detail.get("submission"))]

    def pay_periods(self) -> Iterator[list]:
        columns = [each for each in pay_period.c if each.name not in ("sheet", "signature")]
        for row in self._stream(select(*columns).where(pay_period.c.campaign_id == self._campaign.id).order_by(pay_period.c.number)):
            yield [row.number, row.first_day, row.last_day, instant(row.closed_at), self._label(row.user_id), row.entries, row.fen,
                   row.digest]

    def pay_rules(self) -> Iterator[list]:
        for number, each in enumerate(rates.history(self._connection, self._campaign.id), 1):
            yield [number, instant(each.since), *(each.rules.get(name) or ("" if name == "rates" else 0) for name in rates.TERMS)]

    @property
    def _numbered(self) -> ColumnElement:
        return (code.c.campaign_id == self._campaign.id) & (code.c.kind == "hanger") & code.c.serial.is_not(None)

    def _stream(self, query) -> Iterator:
        return self._connection.execution_options(yield_per=_AT_ONCE).execute(query)

    def _doors(self, ids: set[int | None]) -> dict[int, str]:
        """The names of those of these doors that the archive has."""
        return {row.id: self._dwelling(row.door) for row in self._connection.execute(
            select(dwelling.c.id, dwelling.c.door).where(dwelling.c.id.in_(ids - {None}), self._kept))}

    def _dwelling(self, door: str) -> str:
        return f"{self._campaign.slug}/{door}"

    def _label(self, user_id: int | None) -> str | None:
        return self._labels.get(user_id)

    @cached_property
    def _labels(self) -> dict[int, str]:
        return dict(self._connection.execute(select(user.c.id, user.c.label).where(user.c.campaign_id == self._campaign.id)).all())

    @cached_property
    def _answers(self) -> dict[int, str]:
        """Submissions that came by a hanger."""
        return dict(self._connection.execute(select(submission.c.id, submission.c.instance).where(
            submission.c.campaign_id == self._campaign.id, submission.c.code_id.is_not(None),
            submission.c.channel.in_(("hanger", "paper")))).all())
