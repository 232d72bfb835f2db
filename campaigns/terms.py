"""On what terms a campaign runs: what its organiser may set, and within which bounds."""
from __future__ import annotations

import dataclasses
import unicodedata
from dataclasses import dataclass, field

from campaigns import rates
from forms.language import Refusal, Text

CHANNELS = ("visit", "self", "hanger", "paper", "gate", "property", "grid")
"""Ways that a household's answers come in, in the default order of trust (design: door visit first)."""

RECORDING = ("visit", "self", "hanger", "paper")
"""Channels that count as the household's own answers: after one of them the household is recorded."""

CHANNEL_NAMES = {
    "visit": Text("上门登记", "door visit"), "self": Text("居民自填", "self-response"),
    "hanger": Text("门把手卡", "door hanger"), "paper": Text("纸表录入", "keyed paper"),
    "gate": Text("门岗登记", "gate pass"), "property": Text("物业名单", "property list"),
    "grid": Text("网格底册", "grid register"),
}


@dataclass(frozen=True)
class Terms:
    """What an organiser may set for a campaign; all of it is kept with the campaign."""

    office_zh: str = "街道普查办公室"
    office_en: str = "Street census office"
    phone: str = ""  # whom to call
    purpose_zh: str = "登记居住在本街道的住户和人口，用于住房和人口统计、公共服务安排。"
    purpose_en: str = "To record who lives in this street, for housing and population statistics and to plan public services."
    ground_zh: str = "《中华人民共和国个人信息保护法》第十三条：履行法定职责所必需。"
    ground_en: str = "Article 13 of the Personal Information Protection Law: needed for a statutory duty."
    keep_days: int = 180  # personal data is deleted this long after closing
    rate_fen: int = 50  # paid per household, in 0.01 yuan
    rates: str = ""  # other rates by channel: visit=60,paper=20,visit.empty=30 (campaigns.rates)
    bonus_from: int = 0  # from this household of a day on, bonus_fen more for each; 0: no such bonus
    bonus_fen: int = 0
    building_bonus_fen: int = 0  # for the entry that completes a building
    day_cap_fen: int = 0  # the most that a person can earn for a day; 0: no cap
    grace_hours: int = 48  # a form begun before closing is still taken for this long, marked late
    max_persons: int = 100  # in one form
    target_percent: int = 100  # coverage to reach at closing
    per_building: int = 1  # people that a building should have; two go in pairs
    double_keying_percent: int = 5  # of the paper forms are keyed a second time, by another clerk
    trust: tuple[str, ...] = field(default=CHANNELS)  # most trusted first

    @classmethod
    def of(cls, stored: dict) -> Terms:
        return cls(**{**stored, "trust": tuple(stored.get("trust", CHANNELS))})

    @property
    def whom_to_ask(self) -> Text:
        """What to do where nothing here helps, for the end of a sentence: call the campaign's number, if it has one."""
        return Text("拨打电话 {phone}", "call {phone}").fill(phone=self.phone) if self.phone else NO_PHONE


NO_PHONE = Text("问上门的志愿者或社区工作人员", "ask the volunteer at your door or your community's office")
DEFAULTS = Terms()


_RANGES = {  # term: least, most
    "keep_days": (1, 3_650), "rate_fen": (0, rates.MOST_FEN), "bonus_from": (0, 1_000), "bonus_fen": (0, rates.MOST_FEN),
    "building_bonus_fen": (0, rates.MOST_FEN), "day_cap_fen": (0, 10_000_000), "grace_hours": (0, 720), "max_persons": (1, 500),
    "target_percent": (1, 100), "per_building": (1, 20), "double_keying_percent": (0, 100)}
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LONGEST = 400


def refuse_bad(title: Text, terms: Terms) -> None:
    """Raises Refusal for a title or terms that cannot be."""
    rates.check(terms.rates, CHANNELS)
    unknown = [channel for channel in terms.trust if channel not in CHANNELS]
    if unknown or len(set(terms.trust)) != len(CHANNELS):
        raise Refusal("信任顺序须把这些渠道各列一次：{known}。", "The order of trust must name each of these once: {known}.",
                      known=", ".join(CHANNELS))
    if bool(terms.bonus_from) != bool(terms.bonus_fen):
        raise Refusal("--bonus-from 和 --bonus-fen 要一起设：从第几户起，每户多给多少分；都设为 0 就是没有。",
                      "Set --bonus-from and --bonus-fen together: from which household on, and how many fen more for each; "
                      "both 0 for none.")
    for name, (least, most) in _RANGES.items():
        if not least <= getattr(terms, name) <= most:
            raise Refusal("{option} 应在 {least} 到 {most} 之间，现在是 {value}。",
                          "{option} must be from {least} to {most}; it is {value}.",
                          option="--" + name.replace("_", "-"), least=least, most=most, value=getattr(terms, name))
    texts = {"title": "".join(title)} | {name: value for name, value in dataclasses.asdict(terms).items() if isinstance(value, str)}
    for name, value in texts.items():
        if any(unicodedata.category(symbol) in ("Cc", "Cs") or symbol in _BIDI for symbol in value) or len(value) > _LONGEST:
            raise Refusal("--{name} 里有看不见的字符，或者太长（最多 {most} 字）。",
                          "--{name} holds an invisible character, or is too long ({most} characters at most).",
                          name=name.replace("_", "-"), most=_LONGEST)
    if not title.zh.strip() or not title.en.strip():
        raise Refusal("请给任务起个名称（--title），居民会看到它。", "Give the campaign a title (--title): residents see it.")
