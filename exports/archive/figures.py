"""The campaign's figures as rows: the very ones of `campaigns.figures` (INV-10), one number a row."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection

from campaigns.campaign import Campaign
from campaigns.figures import Counts, Figures, Line, measure
from exports.archive.columns import Column, Table
from forms.language import Text

LEVELS = (
    ("campaign", Text("任务", "campaign")), ("team", Text("工作组", "team")), ("community", Text("社区", "community")),
    ("grid", Text("网格", "grid")), ("compound", Text("小区", "compound")), ("building", Text("楼栋", "building")),
    ("day", Text("日", "day")), ("channel", Text("渠道", "channel")), ("worker", Text("工号", "work number")),
)
_COUNTS = (
    ("frame", Text("房屋数", "dwellings in the frame")), ("recorded", Text("已登记房屋", "dwellings recorded")),
    ("today", Text("今日登记", "recorded today")), ("listed", Text("仅名单有", "known from lists only")),
    ("opened", Text("已扫码未交", "opened, not sent")), ("households", Text("户数", "households")),
    ("persons", Text("人数", "persons")), ("submissions", Text("填报数", "submissions")), ("late", Text("迟到", "late")),
    ("corrections", Text("更正", "corrections")),
    ("flagged", Text("有标记", "flagged")), ("attempted", Text("去过的房屋", "dwellings attempted")),
    ("partial", Text("登记了一部分", "partly recorded")), ("refusal", Text("拒绝或不方便", "refusal")),
    ("non_contact", Text("没遇到人", "non-contact")), ("other", Text("语言不通", "other non-response: language")),
    ("unknown", Text("还没去", "not visited yet")), ("vacant", Text("空置或平时不住", "vacant or second home")),
    ("ineligible", Text("不用登记", "not eligible")),
)
_RATIOS = (("rr1_bp", Text("应答率一（AAPOR RR1，万分之一）", "response rate RR1 (AAPOR), in hundredths of a percent")),
           ("rr3_bp", Text("应答率三（AAPOR RR3，万分之一）", "response rate RR3 (AAPOR), in hundredths of a percent")),
           ("coverage_bp", Text("覆盖率（万分之一，舍去尾数）", "coverage, in hundredths of a percent, rounded down")),
           ("target", Text("目标房屋数", "dwellings to reach")), ("expected", Text("此时应达", "dwellings expected by now")))
_CREDITS = (("entries", Text("计件数", "entries credited")), ("reversals", Text("冲销数", "reversals")),
            ("paid", Text("付费户数", "households paid for")), ("fen", Text("金额（分）", "sum in 0.01 yuan")))
_DAY = (("so_far", Text("累计登记", "recorded so far")),)
_NAMES = dict((*_COUNTS, *_RATIOS, *_DAY, *_CREDITS))

FIGURES = Table("figures", Text("统计数", "Figures"), (
    Column("level", Text("层级", "Level"), codes=LEVELS, required=True),
    Column("area", Text("范围", "Of what"), required=True,
           about=Text("上级在前，竖线分隔", "larger areas first, separated by bars")),
    Column("figure", Text("统计项", "Figure"), codes=tuple(_NAMES.items()), required=True),
    Column("value", Text("数值", "Value"), "integer", required=True),
), ("level", "area", "figure"))


def rows(connection: Connection, campaign: Campaign, at: datetime) -> Iterator[list]:
    """The rows of FIGURES as measured at `at`."""
    found: Figures = measure(connection, campaign, at)
    yield from _standing("campaign", campaign.slug, found.total, found.line)
    for level, areas in found.areas.items():
        taken: set[str] = set()
        for area in areas:
            name = _joined(area.names.values())
            while name in taken:  # two areas whose names differ only in what a bar stands for
                name += "'"
            taken.add(name)
            yield from _standing(level, name, area.counts, area.line)
    for name, each in (*(("day", day) for day in found.days), *(("channel", channel) for channel in found.channels)):
        numbers = asdict(each)
        of = numbers.pop(name)
        yield from ([name, of, figure, value] for figure, value in numbers.items() if figure in _NAMES)
    for credit in found.credits:
        yield from (["worker", credit.label, name, getattr(credit, name)] for name, _ in _CREDITS)


def _standing(level: str, area: str, counts: Counts, line: Line) -> Iterator[list]:
    for name, _ in _COUNTS:
        yield [level, area, name, getattr(counts, name)]
    for name, value in (("rr1_bp", counts.rr1_bp), ("rr3_bp", counts.rr3_bp), ("coverage_bp", counts.coverage_bp),
                        ("target", line.target), ("expected", line.expected)):
        yield [level, area, name, value]


def _joined(names) -> str:
    return "|".join(name.replace("|", "｜") or "-" for name in names)
