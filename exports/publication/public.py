"""The public page: three small tables without small counts. Open to anybody, so it holds nothing about one door or person."""
from __future__ import annotations

from collections.abc import Iterable

from campaigns.figures import Figures
from exports.publication import columns as c
from exports.publication.suppress import hidden_rows, shown
from exports.publication.tables import PUBLICATION, Table
from forms.language import Text

_MEASURES = ("frame", "recorded", "households", "persons")
_NOTE = Text("少于 10 的数，以及能由此推算出来的数，不显示。", "Counts under 10, and what would give them away, are not shown.")
_ABOUT = ("campaign", "title_zh", "title_en", "office_zh", "office_en", "tz", "made_at", "made_local", "day", "phase", "opens_local",
          "closes_local")


def _publication(figures: Figures) -> Iterable[tuple]:
    names = [column.name for column in PUBLICATION.columns]
    for row in PUBLICATION.rows(figures):
        yield tuple(value for name, value in zip(names, row) if name in _ABOUT)


def _total(figures: Figures) -> Iterable[tuple]:
    counts = [shown(getattr(figures.total, name)) for name in _MEASURES]
    covered = figures.total.coverage_bp if None not in counts[:2] else None
    yield (figures.day, *counts, covered)


def _communities(figures: Figures) -> Iterable[tuple]:
    areas = figures.areas["community"]
    if len(areas) < 2:
        return
    counts = [[getattr(area.counts, name) for name in _MEASURES] for area in areas]
    hidden = hidden_rows(counts)
    for place, area in enumerate(areas):
        values = [None] * (len(_MEASURES) + 1) if place in hidden else [*counts[place], area.counts.coverage_bp]
        yield place + 1, area.names["street"], area.names["community"], *values


def _days(figures: Figures) -> Iterable[tuple]:
    hidden = hidden_rows([[each.recorded] for each in figures.days])
    for place, each in enumerate(figures.days):
        yield each.day, None if place in hidden else each.recorded


_COUNTED = (*(c.BY[name] for name in _MEASURES), c.BY["coverage_bp"])
PUBLIC_TABLES = (
    Table("publication", PUBLICATION.title, PUBLICATION.says,
          tuple(column for column in PUBLICATION.columns if column.name in _ABOUT), _publication),
    Table("total", Text("总体进度", "progress"), _NOTE, (c.DAY, *_COUNTED), _total, "总体进度"),
    Table("communities", Text("社区进度", "progress by community"), _NOTE,
          (c.ID, c.NAMES["street"], c.NAMES["community"], *_COUNTED), _communities, "社区进度"),
    Table("days", Text("每日进度", "progress by day"), _NOTE, (c.DAY, c.BY["recorded"]), _days, "每日进度"),
)
