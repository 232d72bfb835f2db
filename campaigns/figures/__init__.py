"""The figures of a campaign, each defined once (INV-10): Datasette, bulletin, workbook and archive all take them from here.

`measure` counts everything in one snapshot. What each figure means is said where it is counted: `counts` (doors, households,
coverage), `target` (the line to the deadline), `tallies` (people), `hangers` (cards).
"""
from campaigns.figures.counts import Counts
from campaigns.figures.hangers import HangerDay
from campaigns.figures.measure import Area, Channel, Day, Figures, Hour, TeamDay, measure
from campaigns.figures.tallies import Credit
from campaigns.figures.target import STATUS, Line

__all__ = ["STATUS", "Area", "Channel", "Counts", "Credit", "Day", "Figures", "HangerDay", "Hour", "Line", "TeamDay", "measure"]
