"""Codes on paper: door hangers, labels and sheets as PDF, a file a compound; and badges."""
from exports.sheets.badges import print_badges
from exports.sheets.blanks import Blanks, print_blanks
from exports.sheets.layouts import LAYOUTS
from exports.sheets.printing import Plan, Sheet, plan, print_sheets

__all__ = ["LAYOUTS", "Blanks", "Plan", "Sheet", "plan", "print_badges", "print_blanks", "print_sheets"]
