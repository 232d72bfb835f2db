"""Cases that others wrote, run against the engine: `python -m forms.conformance CORPUS [--json] [KIND ...]`.

A kind of case is one module here, named in `kinds.KINDS`; it reads one folder of the corpus and gives an Outcome.
"""
