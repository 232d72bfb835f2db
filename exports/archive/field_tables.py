"""The tables of field work in an archive: forms, visits, reports, files, hangers, pay. Columns are listed; nothing else goes out.

People stand here by work number. No code that opens a door is here: a hanger is known by the number printed on it.
The sheets of closed pay periods stay at the street: they hold names. Their digests are here, so that a sheet can be compared.
"""
from __future__ import annotations

from campaigns.decisions import VERDICTS
from campaigns.hangers.life import REASONS, STATES
from campaigns.outcomes import EVIDENCE, HINTS, OUTCOMES
from exports.archive import recurring as each
from exports.archive.columns import Column, Table
from forms.language import Text

_PURPOSES = (("household", Text("住户登记", "a household's")), ("report", Text("上报", "a report's")))
_EVENTS = (
    ("printed", Text("印出", "printed")), ("handed", Text("领走", "handed out")), ("passed", Text("转给别人", "passed on")),
    ("returned", Text("退回", "returned")), ("hung", Text("挂上", "hung")), ("answered", Text("已填报", "answered")),
    ("collected", Text("收回纸表", "paper collected")), ("placed", Text("补上门牌", "its door found out")),
    ("moved", Text("改到另一扇门", "its door corrected")), ("keyed", Text("纸表已录入", "paper keyed")),
    ("spoiled", Text("作废", "spoiled")), ("lost", Text("丢失", "lost")), ("found", Text("找回", "found again")),
    ("revoked", Text("停用", "withdrawn")))
EVENTS = tuple(code for code, _ in _EVENTS)

FORMS = Table("forms", Text("问卷版本", "Form versions"), (
    each.FORM_DIGEST,
    Column("form", Text("问卷", "Form"), required=True),
    Column("form_version", Text("问卷版本", "Form version")),
    Column("purpose", Text("用途", "Purpose"), codes=_PURPOSES, required=True),
    Column("added_at", Text("启用时间", "In use from"), "datetime", required=True),
    Column("file", Text("文件", "File"), required=True, about=Text("data/ 里的路径", "its path in data/")),
), ("form_digest",))

FORM_FILES = Table("form_files", Text("问卷用到的文件", "Files that forms refer to"), (
    each.FORM_DIGEST,
    Column("name", Text("问卷里的名字", "Name in the form"), required=True),
    Column("sha256", Text("摘要", "Digest"), required=True, about=Text("SHA-256", "SHA-256")),
    Column("bytes", Text("大小", "Size"), "integer", required=True, unit="byte"),
    Column("file", Text("文件", "File"), required=True, about=Text("data/ 里的路径", "its path in data/")),
), ("form_digest", "name"), (("form_digest", ("forms", "form_digest")),))

DECISIONS = Table("decisions", Text("审核决定", "Decisions"), (
    Column("decision", Text("决定序号", "Decision"), "integer", required=True),
    each.SUBMISSION,
    Column("verdict", Text("决定", "Verdict"), codes=tuple(VERDICTS.items()), required=True,
           about=Text("最后一次算数", "the newest holds")),
    Column("reason", Text("原因", "Reason"), required=True, about=Text("从清单里选的原因，中文", "chosen from a list; in Chinese")),
    Column("note", Text("备注", "Note"), personal=True, about=Text("审核人写的话", "in the reviewer's words")),
    each.SOME_WORKER, each.AT,
), ("decision",), (("submission", ("submissions", "submission")),))

KEYINGS = Table("keyings", Text("复录", "Second keyings"), (
    each.SUBMISSION, each.WORKER, each.AT,
    Column("compared", Text("比对的答案数", "Answers compared"), "integer", required=True),
    Column("differing", Text("不同的答案数", "Answers that differ"), "integer", required=True),
    Column("paths", Text("不同之处", "Where they differ"),
           about=Text("题名，空格分隔，不含答案", "questions, separated by spaces; no answers")),
    Column("settled_at", Text("核定时间", "Settled at"), "datetime"),
    Column("settled_by", Text("核定人工号", "Settled by"), about=Text("不含姓名", "never the name")),
    Column("first_wrong", Text("初录错的", "Wrong in the first"), "integer"),
    Column("second_wrong", Text("复录错的", "Wrong in the second"), "integer"),
    Column("correction", Text("更正的填报", "Correction"), about=Text("填报编号", "a submission")),
), ("submission",), (("submission", ("submissions", "submission")),))

VISITS = Table("visits", Text("走访", "Visits"), (
    Column("visit", Text("走访编号", "Visit"), required=True), each.DWELLING,
    Column("household_no", Text("户序号", "Household number"), "integer", required=True,
           about=Text("0：整扇门", "0: the door as a whole")),
    each.WORKER,
    Column("outcome", Text("走访结果", "Outcome"), codes=tuple((code, found.name) for code, found in OUTCOMES.items()), required=True),
    each.AT, each.RECEIVED_AT,
    Column("day", Text("走访日", "Day of the visit"), "date", required=True, about=Text("按任务时区", "a day of the campaign's time zone")),
    Column("call_back_at", Text("约定再去", "Call back at"), "datetime"),
    Column("hints", Text("下次提示", "Hints"), codes=tuple(HINTS.items()), many=True),
    Column("evidence", Text("空置依据", "Evidence of vacancy"), codes=tuple(EVIDENCE.items()), many=True),
    Column("proxy", Text("他人代答", "Somebody else answered"), "boolean", required=True),
    Column("scanned", Text("扫了门码", "Door's code scanned"), "boolean", required=True),
    Column("distance", Text("离门多远", "Distance from the door"), "integer", unit="m"),
    Column("note", Text("备注", "Note"), personal=True),
    Column("lon", Text("经度", "Longitude"), "number", unit="degree", personal=True),
    Column("lat", Text("纬度", "Latitude"), "number", unit="degree", personal=True),
    Column("accuracy", Text("定位误差", "Accuracy of the position"), "number", unit="m"),
), ("visit",), (("dwelling", ("dwellings", "dwelling")),))

ASSIGNMENTS = Table("assignments", Text("派户", "Assignments"), (
    Column("assignment", Text("派户序号", "Assignment"), "integer", required=True), each.DWELLING, each.WORKER,
    Column("began_at", Text("开始", "Began at"), "datetime", required=True),
    Column("ended_at", Text("结束", "Ended at"), "datetime"),
), ("assignment",), (("dwelling", ("dwellings", "dwelling")),))

REPORTS = Table("reports", Text("上报", "Reports"), (
    Column("report", Text("上报编号", "Report"), required=True), each.FORM_DIGEST,
    Column("form", Text("问卷", "Form"), required=True), Column("form_version", Text("问卷版本", "Form version")),
    each.SOME_DWELLING,
    Column("building", Text("楼栋", "Building"),
           about=Text("小区/楼栋，不针对某一扇门时", "compound/building, where no single door is meant")),
    each.WORKER, each.FILLED_AT, each.RECEIVED_AT, each.DAY, each.LATE, each.FLAGS,
), ("report",), (("form_digest", ("forms", "form_digest")), ("dwelling", ("dwellings", "dwelling"))))

ATTACHMENTS = Table("attachments", Text("照片和其他文件", "Photos and other files"), (
    Column("attachment", Text("文件编号", "File number"), required=True),
    Column("submission", Text("填报编号", "Submission"), about=Text("属于一份填报时", "where it came with one")),
    Column("report", Text("上报编号", "Report"), about=Text("属于一份上报时", "where it came with one")),
    Column("name", Text("答案里的名字", "Name in the answers"), required=True, personal=True),
    Column("kind", Text("种类", "Kind"), required=True,
           about=Text("问卷要求的：image、audio、video、file", "as the form asks: image, audio, video, file")),
    each.RECEIVED_AT,
    Column("bytes", Text("大小", "Size"), "integer", required=True, unit="byte"),
    Column("file", Text("文件", "File"),
           about=Text("data/ 里的路径；空：导出时已读不出", "its path in data/; empty: it could not be read any more")),
    Column("sha256", Text("摘要", "Digest"), about=Text("SHA-256", "SHA-256")),
), ("attachment",), (("submission", ("submissions", "submission")), ("report", ("reports", "report"))))

HANGERS = Table("hangers", Text("挂卡", "Door hangers"), (
    Column("hanger", Text("挂卡号", "Hanger"), "integer", required=True, about=Text("卡上印的号", "the number printed on it")),
    Column("state", Text("现状", "Where it is"), codes=tuple(STATES.items()), required=True),
    Column("worker", Text("在谁手里", "Who has it"), about=Text("工号", "a work number")),
    each.SOME_DWELLING,
    Column("issued_at", Text("编号时间", "Numbered at"), "datetime", required=True),
), ("hanger",), (("dwelling", ("dwellings", "dwelling")),))

HANGER_EVENTS = Table("hanger_events", Text("挂卡经过", "What happened to hangers"), (
    Column("event", Text("经过序号", "Event"), "integer", required=True),
    Column("hanger", Text("挂卡号", "Hanger"), "integer", required=True),
    Column("what", Text("经过", "What"), codes=_EVENTS, required=True), each.AT,
    Column("worker", Text("谁做的", "By whom"), about=Text("工号", "a work number")),
    Column("to", Text("给了谁", "To whom"), about=Text("工号", "a work number")),
    each.SOME_DWELLING,
    Column("reason", Text("原因", "Reason"), codes=tuple(REASONS.items())),
    Column("submission", Text("填报编号", "Submission")),
), ("event",), (("hanger", ("hangers", "hanger")), ("dwelling", ("dwellings", "dwelling")), ("submission", ("submissions", "submission"))))

PAY_PERIODS = Table("pay_periods", Text("计酬期", "Pay periods"), (
    Column("period", Text("第几期", "Period"), "integer", required=True),
    Column("first_day", Text("第一天", "First day"), "date", required=True),
    Column("last_day", Text("最后一天", "Last day"), "date", required=True),
    Column("closed_at", Text("关账时间", "Closed at"), "datetime", required=True),
    each.SOME_WORKER,
    Column("entries", Text("户数", "Entries"), "integer", required=True),
    Column("fen", Text("金额（分）", "Sum in fen"), "integer", required=True, unit="0.01 CNY"),
    Column("sheet_sha256", Text("计酬表摘要", "Digest of the pay sheet"), required=True,
           about=Text("表里有姓名，留在街道", "the sheet holds names and stays at the street")),
), ("period",))

PAY_RULES = Table("pay_rules", Text("计酬规则", "Rules of pay"), (
    Column("rule", Text("第几次定的", "Rule"), "integer", required=True),
    Column("since", Text("从何时起", "In force from"), "datetime", required=True),
    Column("rate_fen", Text("每户", "For a household"), "integer", required=True, unit="0.01 CNY"),
    Column("rates", Text("各渠道另定的", "Other rates by channel"),
           about=Text("渠道=分，空户写 .empty", "channel=fen; .empty for dwellings found empty")),
    Column("bonus_from", Text("当天第几户起有奖", "Bonus from which household of a day"), "integer", required=True,
           about=Text("0：没有", "0: none")),
    Column("bonus_fen", Text("每户奖", "Bonus for each"), "integer", required=True, unit="0.01 CNY"),
    Column("building_bonus_fen", Text("整栋奖", "Bonus for a building"), "integer", required=True, unit="0.01 CNY"),
    Column("day_cap_fen", Text("每天上限", "Cap of a day"), "integer", required=True, unit="0.01 CNY", about=Text("0：不限", "0: none")),
), ("rule",))

BEFORE_DOORS = (FORMS, FORM_FILES)
AFTER_SUBMISSIONS = (DECISIONS, KEYINGS, VISITS, ASSIGNMENTS, REPORTS, ATTACHMENTS, HANGERS, HANGER_EVENTS, PAY_PERIODS, PAY_RULES)
