"""The command line (placeholder until its commands stand)."""


def main() -> None:
    raise SystemExit("survey: no command yet")
