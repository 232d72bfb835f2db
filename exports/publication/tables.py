"""What is published: the allow-list of tables and columns (INV-6). Nothing that is not named here leaves the store.

One table feeds the published file, Datasette's titles and descriptions, the Chinese views and the documentation.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from campaigns import clock
from campaigns.figures import Area, Figures
from exports.publication import columns as c
from exports.publication.columns import Column
from forms.language import Text

Rows = Callable[[Figures], Iterable[tuple]]


@dataclass(frozen=True)
class Table:
    """One published table. `rows` gives its rows in the order of `columns`; `view` is the name of its Chinese view."""

    name: str
    title: Text
    says: Text
    columns: tuple[Column, ...]
    rows: Rows
    view: str = ""

    @property
    def key(self) -> str:
        """The primary key: rows are shown in its order."""
        return self.columns[0].name


def _counts(counts: object) -> tuple:
    return tuple(getattr(counts, column.name) for column in c.COUNTS)


def _line(line: object, *names: str) -> tuple:
    return tuple(getattr(line, name) for name in names)


def _area_table(name: str, level: str, names: tuple[str, ...], title: Text, view: str) -> Table:
    teams = () if level == "team" else (c.NAMES["team"],)

    def row(place: int, area: Area) -> tuple:
        return (place, area.rank, *(area.names[each] for each in names), *((area.teams,) if teams else ()),
                *_counts(area.counts), *_line(area.line, "expected", "status", "pace_needed"))

    return Table(
        name, title, Text(f"每个{title.zh.removesuffix('进度')}一行。", f"A row for each {level}."),
        (c.ID, c.RANK, *(c.NAMES[each] for each in names), *teams, *c.COUNTS, c.EXPECTED, c.STANDING, c.PACE),
        lambda figures: (row(place, area) for place, area in enumerate(figures.areas[level], 1)), view)


def _local(figures: Figures, instant: object) -> str:
    return f"{instant.astimezone(clock.zone(figures.campaign.tz)):%Y-%m-%d %H:%M}" if instant else ""


def _publication(figures: Figures) -> Iterable[tuple]:
    campaign = figures.campaign
    yield (campaign.slug, campaign.title.zh, campaign.title.en, campaign.office.zh, campaign.office.en, campaign.tz,
           figures.at.isoformat(), _local(figures, figures.at), figures.day, campaign.phase(figures.at),
           _local(figures, campaign.opens_at), _local(figures, campaign.closes_at), _local(figures, figures.merged_at),
           figures.total.frame, figures.total.recorded, figures.total.households, figures.total.persons,
           figures.total.submissions, figures.households_at_ended_doors, figures.merge_digest)


def _plain(name: str, zh: str, en: str, says: tuple[str, str], kind: str = "text") -> Column:
    return Column(name, kind, Text(zh, en), Text(*says), shown=False)


PUBLICATION = Table(
    "publication", Text("本次发布", "this publication"),
    Text("这份数据是什么任务的、什么时候做的。", "Which campaign this is and when these figures were made."),
    (_plain("campaign", "任务代号", "campaign", ("任务代号。", "The campaign's short name.")),
     _plain("title_zh", "任务名称", "title in Chinese", ("中文名称。", "Title in Chinese.")),
     _plain("title_en", "英文名称", "title in English", ("英文名称。", "Title in English.")),
     _plain("office_zh", "单位", "office in Chinese", ("组织单位。", "Who runs it, in Chinese.")),
     _plain("office_en", "英文单位", "office in English", ("组织单位英文名。", "Who runs it, in English.")),
     _plain("tz", "时区", "time zone", ("任务所在时区。", "The campaign's time zone.")),
     _plain("made_at", "发布时刻", "made at", ("发布的时刻（UTC）。", "When the figures were taken, in UTC."), "instant"),
     _plain("made_local", "发布时间", "made at, local", ("发布的当地时间。", "The same in the campaign's time zone."), "instant"),
     _plain("day", "统计日", "day", ("“今日”指这一天。", "The day that 'today' means."), "day"),
     _plain("phase", "阶段", "phase", ("before 未开始，open 进行中，closed 已结束。", "before, open or closed.")),
     _plain("opens_local", "开始", "opens", ("开始的当地时间。", "Opening, local time."), "instant"),
     _plain("closes_local", "结束", "closes", ("结束的当地时间。", "Closing, local time."), "instant"),
     _plain("merged_local", "合并时间", "merged at", ("最近一次合并的当地时间。", "Last merge, local time."), "instant"),
     c.BY["frame"], c.BY["recorded"], c.BY["households"], c.BY["persons"], c.BY["submissions"],
     _plain("households_at_ended_doors", "已注销房屋的户", "households at ended doors", (
         "房屋已从底册注销、因此不计入其他各表的户。", "Records behind doors that left the register; counted nowhere else."), "count"),
     _plain("merge_digest", "合并摘要", "merge digest", ("合并记录的 SHA-256。", "SHA-256 of the merged records."))),
    _publication)

PROGRESS = Table(
    "progress", Text("今日进度", "progress today"), Text("整个任务，一行。", "The whole campaign in one row."),
    (c.DAY, *c.COUNTS, c.TARGET, c.EXPECTED, c.STANDING, c.PACE, c.LEFT),
    lambda figures: [(figures.day, *_counts(figures.total),
                      *_line(figures.line, "target", "expected", "status", "pace_needed", "days_left"))],
    "今日进度")

DAYS = Table(
    "days", Text("每日进度", "progress by day"), Text("从开始到今天，每天一行。", "A row a day, from opening to today."),
    (c.DAY, replace(c.BY["recorded"], title=Text("当日新登记", "recorded that day"), says=Text(
        "这一天第一次登记的房屋。", "Dwellings first recorded on this day.")),
     Column("recorded_so_far", "count", Text("累计已登记", "recorded so far"), Text(
         "到这一天为止已登记的房屋。", "Dwellings recorded up to the end of this day."), c.DOORS),
     replace(c.EXPECTED, title=Text("当日应达", "expected"), says=Text(
         "到这一天结束（今天为此刻）应达到的累计数。", "Where the target line stands at the end of the day; today, now.")),
     c.BY["submissions"], c.BY["late"], c.BY["corrections"]),
    lambda figures: ((d.day, d.recorded, d.so_far, d.expected, d.submissions, d.late, d.corrections) for d in figures.days),
    "每日进度")

HOURS = Table(
    "hours", Text("时段进度", "progress by hour"), Text("有登记的每个小时一行。", "A row for each hour in which something came."),
    (c.ID, c.DAY, c.HOUR, c.BY["recorded"]),
    lambda figures: ((place, h.day, h.hour, h.recorded) for place, h in enumerate(figures.hours, 1)), "时段进度")

TEAM_DAYS = Table(
    "team_days", Text("各组每日进度", "teams by day"), Text("每组每天新登记的房屋。", "Dwellings first recorded, by team and day."),
    (c.ID, c.DAY, c.NAMES["team"], c.BY["recorded"]),
    lambda figures: ((place, t.day, t.team, t.recorded) for place, t in enumerate(figures.team_days, 1)), "各组每日进度")

CHANNELS = Table(
    "channels", Text("渠道构成", "channel mix"), Text("每种登记方式一行。", "A row for each way in which entries come."),
    (c.ID, c.CHANNEL, c.BY["submissions"],
     replace(c.BY["today"], title=Text("今日收到", "received today"), unit=c.ENTRIES, says=Text(
         "今天收到的表。", "Entries received today.")),
     replace(c.BY["households"], says=Text("合并后采用这一渠道的户。", "Merged records that rest on this channel.")),
     replace(c.BY["persons"], says=Text("这些户的人数。", "Persons in those records."))),
    lambda figures: ((place, h.channel, h.submissions, h.today, h.households, h.persons)
                     for place, h in enumerate(figures.channels, 1)), "渠道构成")

VOLUNTEERS = Table(
    "volunteers", Text("志愿者计件", "tallies of volunteers"),
    Text("每人一行，只写工号，不写姓名。", "A row a person: the work number, never the name."),
    (c.ID, Column("label", "text", Text("工号", "work number"), Text("工号。", "The work number.")),
     Column("role", "role", Text("角色", "role"), Text("角色。", "The role.")), c.NAMES["team"],
     Column("active", "number", Text("在岗", "active"), Text("1 在岗，0 已停用。", "1 active, 0 revoked."), shown=False),
     Column("today", "count", Text("今日计件", "entries today"), Text("今天记入减冲销。", "Entries less reversals, today."), c.HOUSEHOLDS),
     Column("entries", "count", Text("累计计件", "entries"), Text("记入减冲销。", "Entries less reversals."), c.HOUSEHOLDS),
     Column("reversals", "count", Text("冲销", "reversals"), Text("被收回的计件。", "Entries taken back."), c.HOUSEHOLDS),
     Column("paid", "count", Text("计酬户数", "paid households"), Text(
         "已计酬的户，每户只计一次。", "Households paid for, each once."), c.HOUSEHOLDS),
     Column("bonus_fen", "fen", Text("其中奖励（元）", "bonuses"), Text(
         "累计金额里的奖励，以分计。", "The part of the sum that is bonuses, in 0.01 yuan."), c.YUAN),
     Column("fen_today", "fen", Text("今日金额（元）", "sum today"), Text("今天的金额，以分计。", "Earned today, in 0.01 yuan."), c.YUAN),
     Column("fen", "fen", Text("累计金额（元）", "sum"), Text("累计金额，以分计。", "Earned in all, in 0.01 yuan."), c.YUAN)),
    lambda figures: ((place, p.label, p.role, p.team, int(p.active), p.today, p.entries, p.reversals, p.paid,
                      p.bonus_fen, p.fen_today, p.fen)
                     for place, p in enumerate(figures.credits, 1)), "志愿者计件")



def _hangers(name: str, zh: str, en: str, says: tuple[str, str]) -> Column:
    return Column(name, "count", Text(zh, en), Text(*says), c.HANGERS)


HANGERS = Table(
    "hangers", Text("挂卡", "door hangers"), Text(
        "每组一行：挂卡在哪里。各列相加等于合计；没有组名的一行是办公室的。",
        "A row for each team: where the hangers are. The columns add up to the total; the row without a team is the office's."),
    (c.ID, c.NAMES["team"],
     _hangers("total", "合计", "total", ("这一组名下的挂卡，等于下面各列之和（其中已录入不另加）。",
                                      "Hangers with this team: the sum of the columns below, keyed not added again.")),
     _hangers("stock", "在库", "in stock", ("印好了，没有发出。", "Printed and not handed out.")),
     _hangers("handed", "已领", "handed out", ("在志愿者手里，还没有挂。", "With a volunteer, not hung.")),
     _hangers("hung", "已挂", "hung", ("挂在门上，还没有人填。", "At a door, not answered.")),
     _hangers("answered", "已填报", "answered", ("住户扫卡填了表。", "The household answered through it.")),
     _hangers("collected", "已收回", "collected", ("纸表收回来了，含已录入的。", "Its paper form was collected, keyed ones included.")),
     _hangers("keyed", "其中已录入", "of them keyed", ("收回的纸表里已经录入的。", "Those of the collected whose paper is keyed.")),
     _hangers("spoiled", "作废", "spoiled", ("损坏或停用。", "Damaged or withdrawn.")),
     _hangers("lost", "丢失", "lost", ("找不到了。", "Nobody can find them."))),
    lambda figures: ((place, book.name, book.total, *(book.counts[each] for each in ("stock", "handed", "hung", "answered", "collected")),
                      book.keyed, book.counts["spoiled"], book.counts["lost"]) for place, book in enumerate(figures.hangers, 1)), "挂卡")

HANGER_DAYS = Table(
    "hanger_days", Text("每日挂卡", "door hangers by day"), Text(
        "有动静的每天一行：这一天有几张挂卡变成这种状态。", "A row for each day with news: how many hangers came into each state on it."),
    (c.DAY, *(_hangers(name, zh, en, (f"这一天{zh}的挂卡。", f"Hangers {en} on this day.")) for name, zh, en in (
        ("printed", "印好", "printed"), ("handed", "发出", "handed out"), ("returned", "退回", "brought back"),
        ("hung", "挂上", "hung"), ("answered", "填报", "answered"), ("collected", "收回纸表", "collected as paper"),
        ("keyed", "录入纸表", "keyed"), ("spoiled", "作废", "spoiled"), ("lost", "丢失", "reported lost")))),
    lambda figures: ((each.day, *each.moved.values()) for each in figures.hanger_days), "每日挂卡")

KEYING = Table(
    "keying", Text("纸表录入", "keying of paper forms"),
    Text("录过纸表的人，每人一行：录了多少、复录多少、错了多少。",
         "A row for everyone who keyed paper: how much, how much of it twice, how much wrong."),
    (c.ID, Column("label", "text", Text("工号", "work number"), Text("工号。", "The work number.")),
     Column("keyed", "count", Text("录入", "forms keyed"), Text(
         "录入的纸表，更正不算。", "Paper forms keyed, corrections not counted."), c.ENTRIES),
     Column("twice", "count", Text("复录", "keyed twice"), Text(
         "其中由另一人再录一遍的。", "Of these, keyed a second time by somebody else."), c.ENTRIES),
     Column("compared", "count", Text("比对答案", "answers compared"), Text("两次录入比对的答案。", "Answers compared between the two.")),
     Column("differing", "count", Text("不同", "differing"), Text("两次录得不同的答案。", "Answers that differ.")),
     Column("wrong", "count", Text("录错", "wrong"), Text(
         "督导员对照纸表后定为第一次录错的答案；差错率 = 录错 ÷ 比对答案。",
         "Answers that a supervisor, with the paper at hand, found wrong in the first keying; error rate = wrong / compared."))),
    lambda figures: ((place, k.label, k.keyed, k.twice, k.compared, k.differing, k.wrong)
                     for place, k in enumerate(figures.keying, 1)), "纸表录入")

TABLES = (
    PUBLICATION, PROGRESS,
    _area_table("teams", "team", ("team",), Text("各组进度", "progress by team"), "各组进度"),
    _area_table("communities", "community", ("street", "community"), Text("社区进度", "progress by community"), "社区进度"),
    _area_table("grids", "grid", ("street", "community", "grid"), Text("网格进度", "progress by grid"), "网格进度"),
    _area_table("compounds", "compound", ("street", "community", "compound"), Text("小区进度", "progress by compound"), "小区进度"),
    _area_table("buildings", "building", ("street", "community", "compound", "building"),
                Text("楼栋进度", "progress by building"), "楼栋进度"),
    DAYS, HOURS, TEAM_DAYS, CHANNELS, VOLUNTEERS, HANGERS, HANGER_DAYS, KEYING,
)


def rows_of(figures: Figures, tables: Iterable[Table] = TABLES) -> dict[str, list[tuple]]:
    """The rows of every table, ready to be written."""
    return {table.name: list(table.rows(figures)) for table in tables}
