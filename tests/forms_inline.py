"""Forms written inside a test as Markdown tables, and a household that every form test knows."""
from __future__ import annotations

import io
from datetime import date

from openpyxl import Workbook

from forms.answers import Result, validate
from forms.form import Form, library, load
from forms.residentid import check_symbol

TODAY = date(2026, 3, 10)


def workbook(**sheets: str) -> bytes:
    """An .xlsx with one sheet an argument, each a Markdown table: the first line is the heading."""
    book = Workbook()
    book.remove(book.active)
    for name, table in sheets.items():
        sheet = book.create_sheet(name)
        for line in filter(None, map(str.strip, table.splitlines())):
            sheet.append([cell.strip() or None for cell in line.strip("|").split("|")])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def form(survey: str, **sheets: str) -> Form:
    return load(workbook(survey=survey, **sheets), "inline")


def checked(form: Form, max_persons: int = 30, **answers: object) -> Result:
    return validate(form, answers, today=TODAY, max_persons=max_persons)


def said(result: Result) -> dict[tuple, str]:
    """What is said (in English) about each answer."""
    return {error.path: error.text.en for error in result.errors}


def resident_id(birth: str, sex: str = "1", region: str = "440303", serial: str = "12") -> str:
    """A made-up resident ID number with the right check digit."""
    first = region + birth.replace("-", "") + serial + ("3" if sex == "1" else "4")
    return first + check_symbol(first)


def person(name: str = "王小明", birth: str = "1960-05-08", sex: str = "1", **changes: str) -> dict:
    answers = {
        "name": name, "relation": "02", "id_type": "resident_id", "id_number": resident_id(birth, sex), "sex": sex,
        "birth_date": birth, "origin": "mainland", "ethnicity": "01", "registration": "local", "living_here": "here",
        "education": "60", "marital": "20",
    } | changes
    return {name: value for name, value in answers.items() if value}


def household(**changes: object) -> dict:
    """A census household of one person that nothing is wrong with."""
    answers = {
        "dwelling_use": "residential", "area": "85.5", "household_type": "family", "tenure": "own", "rooms": "3",
        "built_years": "2000_2009", "kitchen": "own", "toilet": "own_flush", "water": "tap_indoors",
        "contact_name": "王小明", "contact_phone": "13800138000", "person": [person()],
    } | changes
    return {name: value for name, value in answers.items() if value not in ("", None)}


def census(max_persons: int = 30, **changes: object) -> Result:
    """What the bundled census says about that household with these changes."""
    return checked(library("housing-census")[1], max_persons, **household(**changes))


def census_person(**changes: str) -> Result:
    return census(person=[person(**changes)])
