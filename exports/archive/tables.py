"""The tables of an archive. The fixed columns are here; those of the questions come from the campaign's forms."""
from __future__ import annotations

from collections.abc import Iterable

from exports.archive import field_tables
from exports.archive import recurring as each
from exports.archive.columns import Column, Table
from exports.archive.figures import FIGURES
from forms.form import Form
from forms.language import Text

RECEIVERS = ("campaign", "ended_at")
"""Columns that a receiving database has besides; no question may be called so."""

_ORIGINS = (("register", Text("底册", "the register")), ("field", Text("现场补的", "added in the field")))
_CREDITS = (("entry", Text("计件", "entry")), ("bonus", Text("奖励", "bonus")), ("reversal", Text("冲销", "reversal")))
_PAID_FOR = (("household", Text("登记一户", "a household")), ("day", Text("当天超过户数", "many households in a day")),
             ("building", Text("整栋完成", "a building completed")))
_TYPES = {"integer": "integer", "decimal": "number", "date": "date"}
_AREAS = (
    ("city", "市", "City"), ("district", "区", "District"), ("street", "街道", "Street"), ("community", "社区", "Community"),
    ("grid", "网格", "Grid"), ("compound", "小区", "Compound"), ("building", "楼栋", "Building"), ("unit", "单元", "Unit entrance"),
    ("room", "房号", "Room"), ("address", "地址", "Address"), ("use", "登记用途", "Use as registered"))
DWELLINGS = Table("dwellings", Text("房屋", "Dwellings"), (
    each.DWELLING,
    *(Column(name, Text(zh, en)) for name, zh, en in _AREAS),
    Column("register_code", Text("房屋编码", "Register code")),
    Column("team", Text("工作组", "Team")),
    Column("register_area", Text("登记建筑面积", "Floor area as registered"), "number", unit="m2"),
    Column("lon", Text("经度", "Longitude"), "number", unit="degree"),
    Column("lat", Text("纬度", "Latitude"), "number", unit="degree"),
    Column("walk", Text("走访顺序", "Place in walking order"), "integer", required=True),
    Column("in_register", Text("仍在底册", "Still in the register"), "boolean", required=True,
           about=Text("否：底册已注销，但那里有登记或走访", "false: the register ended it, but something was done there")),
    Column("origin", Text("来源", "Origin"), codes=_ORIGINS, required=True),
    Column("merged_into", Text("并入的房屋", "Merged into"), about=Text("房屋标识", "a dwelling")),
    Column("register_extra", Text("底册其他栏", "Further register columns"), "object"),
    Column("register_personal", Text("底册个人信息栏", "Personal register columns"), "object", personal=True),
), ("dwelling",))

_HOUSEHOLDS = (
    each.HOUSEHOLD, each.DWELLING, each.HOUSEHOLD_NO, each.PERSONS, each.CHANNEL, each.DAY,
    each.FILLED_AT,
    each.SUBMISSION,
    Column("other_submissions", Text("未采用的填报", "Submissions not used"),
           about=Text("空格分隔", "separated by spaces")),
)
_PERSONS_FIXED = (
    Column("person", Text("人员标识", "Person"), required=True,
           about=Text("任务代号/门牌/户序号/人序号", "campaign/door/household number/person number")),
    each.HOUSEHOLD,
    Column("person_no", Text("人序号", "Person number"), "integer", required=True),
)

CODE_LISTS = Table("code_lists", Text("代码表", "Code lists"), (
    Column("list", Text("代码表", "List"), required=True, about=Text("表名.列名", "table.column")),
    Column("code", Text("代码", "Code"), required=True),
    Column("position", Text("顺序", "Position"), "integer", required=True),
    Column("title_zh", Text("中文", "Chinese"), required=True),
    Column("title_en", Text("英文", "English"), required=True),
), ("list", "code"))

SUBMISSIONS = Table("submissions", Text("填报", "Submissions"), (
    each.SUBMISSION, each.DWELLING, each.HOUSEHOLD_NO, each.CHANNEL,
    each.SOME_WORKER,
    Column("form", Text("问卷", "Form"), required=True), Column("form_version", Text("问卷版本", "Form version")),
    each.FORM_DIGEST,
    each.FILLED_AT, each.RECEIVED_AT,
    each.DAY,
    each.LATE,
    each.PERSONS,
    Column("replaces", Text("更正的填报", "Corrects submission")),
    Column("conflicts", Text("先已登记这户的填报", "Was recorded already by"),
           about=Text("填报编号；手机没网时填的，没有采用", "a submission; this one was filled without a network and is not used")),
    each.FLAGS,
    Column("used", Text("采用为记录", "Used as the record"), "boolean", required=True),
), ("submission",), (("dwelling", ("dwellings", "dwelling")), ("form_digest", ("forms", "form_digest"))))

TALLIES = Table("tallies", Text("计件", "Tallies"), (
    each.SUBMISSION,
    Column("kind", Text("种类", "Kind"), codes=_CREDITS, required=True),
    Column("paid_for", Text("计酬项目", "Paid for"), codes=_PAID_FOR, required=True),
    Column("round", Text("第几次计入", "Round"), "integer", required=True),
    each.WORKER,
    each.DWELLING, each.HOUSEHOLD_NO,
    Column("fen", Text("金额（分）", "Sum in fen"), "integer", required=True, unit="0.01 CNY"),
    Column("payment", Text("第几次付费", "Payment number"), "integer"),
    each.AT, each.DAY,
    Column("worked", Text("做事那天", "Day of the work"), "date", about=Text("按任务时区", "a day of the campaign's time zone")),
    Column("why", Text("零元的原因", "Why nothing is paid"), about=Text("paid、cap、rate", "paid, cap, rate")),
    Column("period", Text("第几期付", "Pay period"), "integer", about=Text("还没关账的为空", "empty while it is open")),
), ("submission", "kind", "paid_for", "round"), (("submission", ("submissions", "submission")), ("dwelling", ("dwellings", "dwelling")),
                                                 ("period", ("pay_periods", "period"))))


def households(forms: Iterable[Form]) -> Table:
    """A row a household: the record's own columns, then the questions of all `forms` in order."""
    return Table("households", Text("住户", "Households"), _with_questions(_HOUSEHOLDS, forms, "household"), ("household",),
                 (("dwelling", ("dwellings", "dwelling")),))


def persons(forms: Iterable[Form]) -> Table:
    """A row a person."""
    return Table("persons", Text("人员", "Persons"), _with_questions(_PERSONS_FIXED, forms, "person"), ("person",),
                 (("household", ("households", "household")),))


def of(forms: list[Form]) -> list[Table]:
    """All tables of an archive, parents first. `forms`: every version that has submissions, oldest first."""
    return [CODE_LISTS, *field_tables.BEFORE_DOORS, DWELLINGS, households(forms), persons(forms), SUBMISSIONS,
            *field_tables.AFTER_SUBMISSIONS, TALLIES, FIGURES]


def _with_questions(fixed: tuple[Column, ...], forms: Iterable[Form], part: str) -> tuple[Column, ...]:
    questions: dict[str, Column] = {}
    taken = {*(column.name.casefold() for column in fixed), *RECEIVERS}
    for form in forms:
        for asked in form.columns(part):
            known = questions.get(asked.name)
            if known is None:
                name = asked.name
                while name.casefold() in taken:  # a database may not tell `Name` from `name`
                    name = f"q_{name}"
                taken.add(name.casefold())
                questions[asked.name] = _question(asked, name)
            else:
                questions[asked.name] = _united(known, _question(asked, known.name))
    return (*fixed, *questions.values())


def _question(asked, name: str) -> Column:
    return Column(name, asked.label, _TYPES.get(asked.type, "string"), codes=tuple(dict(asked.choices).items()),
                  many=asked.type == "select_multiple", personal=asked.personal, question=asked.name)


def _united(older: Column, newer: Column) -> Column:
    """One column for a question that changed between versions: newest words, all codes, personal if it ever was."""
    codes = dict(older.codes) | dict(newer.codes)
    same = older.type == newer.type and bool(older.codes) == bool(newer.codes)
    return Column(newer.name, newer.title, newer.type if same else "string", codes=tuple(codes.items()) if same else (),
                  many=older.many or newer.many, personal=older.personal or newer.personal, question=newer.question)
