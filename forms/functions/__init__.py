"""The functions that expressions may call: XPath 1.0's and those of ODK XForms, one module a family.

Meanings follow https://getodk.github.io/xforms-spec/#xpath-functions; where the clients differ, docs/forms-conformance.md
says whom we follow.
"""
from forms.functions import (  # noqa: F401 - importing registers
    choosing,
    dates,
    geography,
    lookups,
    nodesets,
    numbers,
    randomness,
    selects,
    texts,
)
from forms.functions.registry import FORMS, FUNCTIONS

__all__ = ["FORMS", "FUNCTIONS"]
