"""Columns that several tables of an archive have."""
from __future__ import annotations

from campaigns.terms import CHANNEL_NAMES
from exports.archive.columns import Column
from forms.language import Text

DWELLING = Column("dwelling", Text("房屋标识", "Dwelling"), required=True,
                  about=Text("任务代号/门牌，长期不变", "campaign/door; stays the same"))
SOME_DWELLING = Column("dwelling", Text("房屋标识", "Dwelling"), about=Text("任务代号/门牌，长期不变", "campaign/door; stays the same"))
HOUSEHOLD = Column("household", Text("户标识", "Household"), required=True,
                   about=Text("任务代号/门牌/户序号，长期不变", "campaign/door/number; stays the same"))
HOUSEHOLD_NO = Column("household_no", Text("户序号", "Household number"), "integer", required=True,
                      about=Text("同一扇门后的第几户", "1, 2, ... behind one door"))
CHANNEL = Column("channel", Text("渠道", "Channel"), codes=tuple(CHANNEL_NAMES.items()), required=True)
DAY = Column("day", Text("登记日", "Day received"), "date", required=True, about=Text("按任务时区", "a day of the campaign's time zone"))
PERSONS = Column("persons", Text("人数", "Persons"), "integer", required=True, unit="person")
SUBMISSION = Column("submission", Text("填报编号", "Submission"), required=True)
WORKER = Column("worker", Text("工号", "Work number"), required=True, about=Text("不含姓名", "never the name"))
SOME_WORKER = Column("worker", Text("工号", "Work number"), about=Text("不含姓名", "never the name"))
FORM_DIGEST = Column("form_digest", Text("问卷摘要", "Form digest"), required=True, about=Text("SHA-256", "SHA-256"))
RECEIVED_AT = Column("received_at", Text("收到时间", "Received at"), "datetime", required=True)
FILLED_AT = Column("filled_at", Text("填报时间", "Filled at"), "datetime", required=True)
LATE = Column("late", Text("宽限期内迟到", "Late"), "boolean", required=True)
FLAGS = Column("flags", Text("手机传来而问卷不接受的", "What the form does not take"),
               about=Text("“问题类别:题名”，空格分隔", "kind:question, separated by spaces"))
AT = Column("at", Text("时间", "At"), "datetime", required=True)
