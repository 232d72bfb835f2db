"""What a submission's flags say (forms.offline): codes such as "invalid:person/1/id_number" as sentences."""
from __future__ import annotations

from forms.form import Form
from forms.language import Text

INVALID = Text("{where}不符合填写要求，照原样保存", "{where}: does not keep to the rules of the form; kept as it came")
DROPPED = Text("{where}：发来了，但问卷不问或读不懂，只在原文里",
               "{where}: was sent, but is not asked for or cannot be read; only in the original")
MANY = Text("人数比一份表允许的多", "more people than one form takes")
UNKNOWN = Text("有 {count} 处内容问卷里没有", "{count} things that the form does not know")
OTHER = Text("其他标记：{code}", "Another mark: {code}")
_PLACE = Text("第 {number} 份", "no. {number}")


def words(form: Form, flag: str) -> Text:
    """The sentence of one flag. It names questions, never answers."""
    kind, _, about = flag.partition(":")
    if kind == "invalid":
        return INVALID.fill(where=_where(form, about))
    if kind == "dropped":
        return DROPPED.fill(where=_where(form, about))
    if kind == "many":
        return MANY
    if kind == "unknown":
        return UNKNOWN.fill(count=about)
    return OTHER.fill(code=flag)


def _where(form: Form, path: str) -> Text:
    """"person/1/id_number" -> People no. 2, Document number."""
    names = {question.name: question for question in form.root.walk()}
    parts: list[Text] = []
    for step in path.split("/"):
        if step.isdigit():
            parts.append(_PLACE.fill(number=int(step) + 1))
        elif step in names:
            label = names[step].label
            parts.append(label if any(label) else Text(step, step))
        else:
            parts.append(Text(step, step))
    return Text("“" + " ".join(part.zh for part in parts) + "”", "“" + " ".join(part.en for part in parts) + "”")
