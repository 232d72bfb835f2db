"""The columns that may be published, each once: name, kind, both titles, unit and what it means.

`kind` says how a value is kept and shown: a count is a whole number; `bp` is hundredths of a percent; `fen` is 0.01 yuan.
"""
from __future__ import annotations

from dataclasses import dataclass

from campaigns.figures import STATUS
from campaigns.people import ROLES
from campaigns.terms import CHANNEL_NAMES
from forms.language import Text

SQL_TYPES = {"count": int, "bp": int, "fen": int, "text": str, "day": str, "instant": str, "status": str, "role": str,
             "channel": str, "number": int}
WORDS = {"status": STATUS, "role": ROLES, "channel": CHANNEL_NAMES}


@dataclass(frozen=True)
class Column:
    """`title` heads the column; `says` is its meaning or formula; `unit` is empty where there is none."""

    name: str
    kind: str
    title: Text
    says: Text
    unit: Text = Text("", "")
    shown: bool = True  # in the Chinese view


DOORS, HOUSEHOLDS, PERSONS, ENTRIES = Text("套", "doors"), Text("户", "households"), Text("人", "persons"), Text("份", "forms")
HANGERS = Text("张", "hangers")
DAYS, YUAN, PERCENT = Text("天", "days"), Text("元", "yuan"), Text("%", "%")


_NO_UNIT = Text("", "")


def _column(name: str, kind: str, title: tuple[str, str], says: tuple[str, str], unit: Text = _NO_UNIT,
            shown: bool = True) -> Column:
    return Column(name, kind, Text(*title), Text(*says), unit, shown)


ID = _column("id", "number", ("序号", "No."), ("按名称排列的顺序。", "Place in the order of names."), shown=False)
RANK = _column("rank", "count", ("名次", "rank"), (
    "按覆盖率从高到低，相同者并列。", "By coverage, highest first; equals share a rank."))
NAMES = {
    "team": _column("team", "text", ("工作组", "team"), (
        "负责这里的工作组；不止一个时用顿号隔开，没有分组时为空。",
        "Who has these doors; several are joined by 、, none leaves it empty.")),
    "street": _column("street", "text", ("街道", "street"), ("街道。", "Street."), shown=False),
    "community": _column("community", "text", ("社区", "community"), ("社区（居委）。", "Community.")),
    "grid": _column("grid", "text", ("网格", "grid"), ("网格。", "Grid.")),
    "compound": _column("compound", "text", ("小区", "compound"), ("小区。", "Compound.")),
    "building": _column("building", "text", ("楼栋", "building"), ("楼栋。", "Building.")),
}
COUNTS = (
    _column("frame", "count", ("应登记房屋", "frame"), (
        "住房底册中现有的房屋，已注销的不算。", "Every dwelling of the register that has not ended."), DOORS),
    _column("recorded", "count", ("已登记房屋", "recorded"), (
        "住户本人渠道（上门、自填、门把手卡、纸表）至少有一份登记的房屋；只有门岗、物业或网格名单的不算。",
        "Dwellings with at least one entry of the household's own: door visit, self-response, hanger or paper. "
        "Lists of gate, property company or grid alone do not count."), DOORS),
    _column("missing", "count", ("未登记房屋", "to do"), ("应登记减已登记。", "frame - recorded."), DOORS),
    _column("coverage_bp", "bp", ("覆盖率（%）", "coverage"), (
        "已登记 ÷ 应登记，以万分之一计，向下取整：全部登记才是 100.00 %。",
        "recorded / frame in hundredths of a percent, rounded down: only every door makes 100.00 %."), PERCENT),
    _column("today", "count", ("今日新登记", "today"), (
        "今天第一次登记的房屋；以后更正不改变日期。", "Dwellings first recorded today; a later correction moves nothing."), DOORS),
    _column("listed", "count", ("仅有名单", "on lists only"), (
        "只有门岗、物业或网格名单，住户还没有登记的房屋。", "Dwellings known from lists only, not recorded."), DOORS),
    _column("opened", "count", ("已扫码未登记", "opened, not sent"), (
        "扫过码、但还没有登记的房屋。", "Dwellings whose code was scanned and that are not recorded."), DOORS),
    _column("households", "count", ("户数", "households"), (
        "合并后的户，含名单渠道；与归档一致。", "Merged records of every channel; the same as in the archive."), HOUSEHOLDS),
    _column("persons", "count", ("人数", "persons"), (
        "合并后各户的人数之和。", "Persons in the merged records."), PERSONS),
    _column("submissions", "count", ("收到表数", "forms received"), (
        "各渠道收到的表，含更正。", "Entries of every channel, corrections included."), ENTRIES),
    _column("late", "count", ("迟交", "late"), (
        "截止前开始填、截止后才收到的表。", "Entries begun before closing and received after it."), ENTRIES),
    _column("corrections", "count", ("更正", "corrections"), (
        "凭回执更正以前登记的表。", "Entries that replace an earlier one."), ENTRIES),
    _column("flagged", "count", ("有标记", "flagged"), (
        "照原样收下、但不合填写要求（或手机时间不对）的表；组长可在工作台“查收到的登记”里看。",
        "Entries kept as they came though an answer breaks a rule of the form, or the phone's clock was wrong; the desk lists them."),
            ENTRIES),
    _column("attempted", "count", ("去过的房屋", "attempted"), (
        "有人上过门的房屋（有走访记录，或登记是上门填的）。",
        "Dwellings to which somebody went: a visit, or an entry taken at the door."), DOORS),
    _column("partial", "count", ("登记了一部分", "partial"), (
        "只登记了一部分，或表还在路上（AAPOR 的 P）。", "Partly recorded, or the form is on its way (AAPOR: P)."), DOORS),
    _column("refusal", "count", ("拒绝或不方便", "refusal"), (
        "最近一次走访是拒绝或不方便（R）。", "The latest visit was refused, softly or for good (R)."), DOORS),
    _column("non_contact", "count", ("没遇到人", "non-contact"), (
        "去过但没遇到人：没人在家、外出、挂了卡还没回复，或 6 天未遇（NC）。",
        "Somebody went but met nobody: nobody home, away, a hanger not answered, or six days in vain (NC)."), DOORS),
    _column("other", "count", ("语言不通", "other"), ("遇到了人，但语言不通（O）。", "Met, but could not answer: language (O)."), DOORS),
    _column("unknown", "count", ("还没去", "not visited"), (
        "还没有人去过，也没有登记（U）。", "Nobody went there yet and nothing came in (U)."), DOORS),
    _column("vacant", "count", ("空置或平时不住", "vacant"), (
        "没人住，或平时不住。", "Nobody lives there, or not as a rule."), DOORS),
    _column("ineligible", "count", ("不用登记", "ineligible"), (
        "不是住房、找不到、在建或重复。", "No dwelling, not found, under construction, or a duplicate."), DOORS),
    _column("rr1_bp", "bp", ("应答率一（%）", "RR1"), (
        "AAPOR RR1：已登记 ÷（已登记 + 部分 + 拒绝 + 未遇 + 语言 + 还没去），向下取整。",
        "AAPOR RR1: recorded / (recorded + partial + refusal + non-contact + other + not visited), rounded down."), PERCENT),
    _column("rr3_bp", "bp", ("应答率三（%）", "RR3"), (
        "AAPOR RR3：同 RR1，但“还没去”只按 e 计入；e = 已知有人住的 ÷ 已知的全部（含空置和不用登记）。向下取整。",
        "AAPOR RR3: as RR1, but of those not visited only the share e counts; e = known households / all doors of which it is known, "
        "vacant and ineligible ones included. Rounded down."), PERCENT),
)
TARGET = _column("target", "count", ("目标", "target"), (
    "应登记 × 目标覆盖率，向上取整。", "frame x target coverage, rounded up."), DOORS)
EXPECTED = _column("expected", "count", ("此刻应达", "expected"), (
    "目标 × 已过时间 ÷ 全部时间，向下取整。", "target x time gone / whole time, rounded down."), DOORS)
STANDING = _column("status", "status", ("状态", "status"), (
    "达到应达数为 green（跟上进度）；低于应达数不超过 7.5 % 为 amber（略微落后）；再低为 red（明显落后）。",
    "green at or above expected, amber to 7.5 % below, red beyond."))
PACE = _column("pace_needed", "count", ("每日需登记", "pace needed"), (
    "（目标 - 已登记）÷ 剩余天数，向上取整。", "(target - recorded) / days left, rounded up."), DOORS)
LEFT = _column("days_left", "count", ("剩余天数", "days left"), (
    "含今天；结束后为 0。", "Days left, today included; 0 after closing."), DAYS)
DAY = _column("day", "day", ("日期", "day"), ("任务所在时区的日期。", "A day of the campaign's time zone."))
HOUR = _column("hour", "number", ("时", "hour"), ("0 到 23 时。", "Hour of the day, 0 to 23."))
CHANNEL = _column("channel", "channel", ("渠道", "channel"), ("登记的方式。", "The way in which the entry came."))
BY = {name: column for name, column in ((each.name, each) for each in COUNTS)}
