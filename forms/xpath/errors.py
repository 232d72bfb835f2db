"""What can be wrong with an expression: as it is written, or when it runs."""


class XPathError(ValueError):
    """The text is no XPath expression, or asks for what cannot be; the message says where it stopped making sense."""


class EvaluationError(XPathError):
    """A sound expression that could not be worked out for these answers: an impossible date, too much work."""
