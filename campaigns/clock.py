"""The one clock. Instants are aware datetimes in UTC; a day is a day of the campaign's time zone."""
from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from forms.language import Refusal, Text


def now() -> datetime:
    """This instant, in UTC, to the millisecond (what the store keeps)."""
    instant = datetime.now(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def zone(name: str) -> ZoneInfo:
    """The time zone called `name`, such as Asia/Shanghai."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refusal("没有时区“{name}”，例如 Asia/Shanghai。", "There is no time zone “{name}”; try Asia/Shanghai.",
                      name=name) from None


def day(instant: datetime, tz: str) -> date:
    """The day of `instant` in time zone `tz`."""
    return instant.astimezone(ZoneInfo(tz)).date()


def parse_local(text: str, tz: str) -> datetime:
    """`2026-03-01T08:00` as a person of time zone `tz` means it, as a UTC instant. Takes an explicit offset too."""
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        instant = None
    if instant is None or not re.match(r"\d{4}-\d\d-\d\d", text.strip()):
        raise Refusal("时间“{text}”看不懂，请写成 2026-03-01T08:00。", "Cannot read the time “{text}”; write 2026-03-01T08:00.",
                      text=text)
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=zone(tz))
    return instant.astimezone(UTC)


def as_said(instant: datetime, tz: str, at: datetime | None = None) -> Text:
    """`instant` the way people say it: 今天 14:05, 3月20日 18:00 (with the year when it is another one)."""
    local, today = instant.astimezone(ZoneInfo(tz)), (at or now()).astimezone(ZoneInfo(tz))
    hour = f"{local:%H:%M}"
    if local.date() == today.date():
        return Text(f"今天 {hour}", f"today {hour}")
    zh, en = f"{local.month}月{local.day}日 {hour}", f"{local.day} {local:%b} {hour}"
    if local.year != today.year:
        zh, en = f"{local.year}年{zh}", f"{local.day} {local:%b %Y} {hour}"
    return Text(zh, en)


def day_as_said(instant: datetime, tz: str) -> Text:
    """The day of `instant` with its year: 2026年9月16日."""
    local = instant.astimezone(ZoneInfo(tz))
    return Text(f"{local.year}年{local.month}月{local.day}日", f"{local.day} {local:%B %Y}")
