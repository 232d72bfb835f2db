"""A form's questions as plain WTForms classes (no Flask), made once per form and language.

A question may be called `validate`, `data`, `errors` or `_x`: the attribute carries a prefix that no WTForms name has,
and only the HTML name is the question's own. Rules live in `forms.answers`; `questionnaire_result()` asks them and puts each
error on its field, so that there is one judge of an answer.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache

import wtforms
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import UnboundField

from forms.answers import Result, from_post, validate
from forms.form import Form
from forms.questions import Question

ATTRIBUTE = "q_"


def _choices(question: Question, language: str) -> list[SelectChoice]:
    return [SelectChoice(code, words.to(language)) for code, words in question.choices]


def _text(question: Question, language: str) -> UnboundField:
    kind = wtforms.TextAreaField if question.multiline else wtforms.StringField
    return kind(question.label.to(language), description=question.hint.to(language))


def _line(question: Question, language: str) -> UnboundField:
    return wtforms.StringField(question.label.to(language), description=question.hint.to(language))


def _one(question: Question, language: str) -> UnboundField:
    return wtforms.RadioField(question.label.to(language), description=question.hint.to(language),
                              choices=_choices(question, language), validate_choice=False)


def _many(question: Question, language: str) -> UnboundField:
    return wtforms.SelectMultipleField(question.label.to(language), description=question.hint.to(language),
                                       choices=_choices(question, language), validate_choice=False)


FIELDS: dict[str, Callable[[Question, str], UnboundField]] = {
    "text": _text, "integer": _line, "decimal": _line, "date": _line, "select_one": _one, "select_multiple": _many,
}


class _Persons(wtforms.FieldList):
    """A list whose indexes are plain digits, and few: WTForms itself fails on `q-person-²-name`."""

    def _extract_indices(self, prefix, formdata):
        for name in formdata:
            if name.startswith(prefix + "-"):
                index = name[len(prefix) + 1:].split("-", 1)[0]
                if index.isascii() and index.isdigit() and len(index) <= 9:
                    yield int(index)


class QuestionnaireForm(wtforms.Form):
    """The base of every made class; its own names all begin with `questionnaire`, which no question's attribute does."""

    questionnaire: Form

    def questionnaire_result(self, post, *, today: date, max_persons: int) -> Result:
        """Judge the posted fields, and put each error beside its field (in the class's language)."""
        result = validate(self.questionnaire, from_post(self.questionnaire, post), today=today, max_persons=max_persons)
        for error in result.errors:
            field = questionnaire_field(self, error.path)
            if field is not None:
                field.errors = [*field.errors, error.text.to(self.questionnaire_language)]
        return result


def questionnaire_field(form: wtforms.Form, path: tuple) -> wtforms.Field | None:
    """The field that an error's path points to, None when the page has none."""
    field = form._fields.get(ATTRIBUTE + path[0])
    if len(path) == 3:
        entries = field.entries if field is not None else []
        return entries[path[1]].form._fields.get(ATTRIBUTE + path[2]) if path[1] < len(entries) else None
    return field


@lru_cache(maxsize=64)
def fields_class(form: Form, language: str) -> type[wtforms.Form]:
    """The cached WTForms class of `form` in `language`; the HTML names are those that `from_post` reads."""
    members: dict[str, object] = {"questionnaire": form, "questionnaire_language": language}
    for question in form.household_nodes:
        if question is form.repeat:
            members[ATTRIBUTE + question.name] = _persons(form, language)
        elif question.type in FIELDS:
            members[ATTRIBUTE + question.name] = _named(question, language, "q-")
    return type("HouseholdForm", (QuestionnaireForm,), members)


def _persons(form: Form, language: str) -> UnboundField:
    members = {ATTRIBUTE + q.name: _named(q, language, "") for q in form.person_nodes if q.type in FIELDS}
    person = type("PersonForm", (wtforms.Form,), members)
    return _Persons(wtforms.FormField(person, separator="-"), label=form.repeat.label.to(language),
                    name=f"q-{form.repeat.name}", min_entries=0)


def _named(question: Question, language: str, prefix: str) -> UnboundField:
    field = FIELDS[question.type](question, language)
    field.name = prefix + question.name
    return field
