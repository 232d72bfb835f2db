"""XPath 1.0 with the functions and the semantics of ODK XForms, over lxml trees.

`evaluator` is the door: compile an expression once, work it out many times. `parser` reads, `compiling` and `paths` make
closures, `nodes` and `values` say what XPath sees, `references` what an expression depends on. The functions are in
`forms.functions`.
"""
from forms.xpath.errors import EvaluationError, XPathError
from forms.xpath.parser import parse

__all__ = ["EvaluationError", "XPathError", "parse"]
