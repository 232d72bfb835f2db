"""Answers for every question of a form, for trying it out."""
from __future__ import annotations

from forms.form import Form

WORDS = "𠮷野家 “Ünï” +86 007\nline two"
BY_TYPE = {
    "text": WORDS.replace("\n", " "), "integer": "3", "decimal": "12.50", "date": "2001-02-03", "time": "14:05:00+08:00",
    "dateTime": "2001-02-03T04:05:06.700-07:00", "range": "5", "acknowledge": "OK", "barcode": "00123", "image": "a.jpg",
    "audio": "a.m4a", "video": "a.mp4", "file": "a.pdf", "geopoint": "22.5 114.0 10 5",
    "geotrace": "22.5 114.0 0 0;22.6 114.0 0 0", "geoshape": "22.5 114.0 0 0;22.6 114.0 0 0;22.6 114.1 0 0;22.5 114.0 0 0",
}


def answers_for(form: Form, part: str = "household", entries: int = 2) -> dict:
    """Raw answers to everything that is asked in a part, `entries` instances of each repeat."""
    raw: dict = {}
    for question, _ in form.asked[part]:
        codes = [code for code, _ in question.choices if code]
        if question.type == "select_one":
            value = codes[0] if codes else ""
        elif question.type in ("select_multiple", "rank"):
            value = codes if question.type == "rank" else codes[:2]
        elif question.type == "text" and question.multiline:
            value = WORDS
        else:
            value = BY_TYPE.get(question.type, "")
        if value:
            raw[question.name] = value
    for repeat in form.repeats_in[part]:
        raw[repeat.name] = [answers_for(form, repeat.part, entries) for _ in range(entries)]
    return raw
