"""What can come of a visit (design: section 4), what it makes of the door, and the code lists that go with it.

This table and `campaigns.status.STATUSES` are the only places that say what follows from an outcome.
"""
from __future__ import annotations

from typing import NamedTuple

from forms.language import Text


class Outcome(NamedTuple):
    """`shape` and `colour` are shown beside the word, never alone. `status`: what the door is after it (campaigns.status).

    `attempt`: it counts as a day on which somebody was sought at the door. `again`: another visit is wanted. `evidence`: what
    shows that nobody lives there is asked for. `review`: a lead should look at the register's row.
    """

    name: Text
    shape: str
    colour: str  # good, wait, stop, none: a token of the style sheet
    status: str
    attempt: bool = True
    again: bool = False
    evidence: bool = False
    review: bool = False


OUTCOMES = {
    "nobody_home": Outcome(Text("没人在家", "nobody home"), "◔", "wait", "call_back", again=True),
    "completed": Outcome(Text("登记完了", "completed"), "●", "good", "awaited"),
    "partly_completed": Outcome(Text("登记了一部分", "partly completed"), "◐", "wait", "partly", again=True),
    "soft_refusal": Outcome(Text("现在不方便", "not now (soft refusal)"), "◔", "wait", "soft_refused", again=True),
    "hard_refusal": Outcome(Text("明确拒绝", "refused"), "✕", "stop", "refused"),
    "language": Outcome(Text("语言不通", "another language"), "◔", "wait", "language", again=True),
    "temporarily_away": Outcome(Text("暂时外出", "away for now"), "◔", "wait", "away", again=True),
    "vacant": Outcome(Text("空置，没人住", "vacant"), "□", "none", "vacant", evidence=True),
    "second_home": Outcome(Text("平时不住（另有住处）", "second home"), "□", "none", "second_home", evidence=True),
    "under_construction": Outcome(Text("在建或装修，不能住", "under construction"), "□", "none", "not_eligible", attempt=False,
                                  review=True),
    "not_found": Outcome(Text("已拆除或找不到", "demolished or not found"), "□", "none", "not_eligible", attempt=False, review=True),
    "not_dwelling": Outcome(Text("不是住房", "not a dwelling"), "□", "none", "not_eligible", attempt=False, review=True),
    "duplicate": Outcome(Text("与另一户重复", "duplicate address"), "□", "none", "not_eligible", attempt=False, review=True),
    "split": Outcome(Text("一门多户", "several households behind this door"), "◔", "wait", "call_back", again=True, review=True),
    "hanger_left": Outcome(Text("挂了门把手卡", "hanger left"), "◑", "wait", "hung", again=True),
    "form_collected": Outcome(Text("收了纸表", "paper form collected"), "◕", "good", "awaited"),
}

HINTS = {
    "mornings": Text("上午去", "mornings"), "afternoons": Text("下午去", "afternoons"), "evenings": Text("晚上去", "evenings"),
    "weekends": Text("周末去", "weekends"), "phone_first": Text("先打电话", "phone first"),
    "ring_twice": Text("多按几次门铃", "ring twice"), "knock": Text("门铃坏了，敲门", "bell broken: knock"),
    "dog": Text("有狗", "dog"), "elderly": Text("老人，说慢些", "elderly: speak slowly"),
    "interpreter": Text("要会方言或外语的人", "needs an interpreter"), "gate": Text("要门禁或物业开门", "gate: ask the guard"),
    "neighbour": Text("邻居知道情况", "a neighbour knows"), "pair": Text("两人一起去", "go in pairs"),
}
"""What helps the next visit; nothing about who lives there."""

EVIDENCE = {
    "meter_still": Text("水电表不走", "meters stand still"), "sealed": Text("贴了封条或报停单", "seals or shut-off notice"),
    "dust": Text("门把、门缝积灰", "dust on the handle"), "ads": Text("小广告没人撕", "leaflets pile up"),
    "unfurnished": Text("毛坯或搬空", "bare or emptied"), "neighbour_says": Text("邻居说没人住", "a neighbour says so"),
    "property_says": Text("物业说没人住", "the property company says so"), "owner_says": Text("业主说没人住", "the owner says so"),
}
"""What shows that nobody lives behind a door."""
