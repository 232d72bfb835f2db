"""`python -m forms.conformance CORPUS [--json] [KIND ...]`: for each group of cases passed, failed and skipped."""
from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from forms.conformance.kinds import KINDS, Outcome, run_kind


def main(arguments: list[str] | None = None) -> int:
    """Run and print; gives 1 when a case failed, 2 when there was nothing to run."""
    reader = argparse.ArgumentParser(prog="python -m forms.conformance", description=__doc__)
    reader.add_argument("corpus", type=Path)
    reader.add_argument("kinds", nargs="*", metavar="KIND", help="of " + ", ".join(KINDS))
    reader.add_argument("--json", action="store_true", help="for a program")
    reader.add_argument("--reasons", action="store_true", help="what happened in each failing case")
    given = reader.parse_intermixed_args(arguments)
    if set(given.kinds) - set(KINDS):
        reader.error(f"the kinds are {', '.join(KINDS)}")
    outcomes: dict[str, Outcome] = {}
    for name in given.kinds or KINDS:
        try:
            found = run_kind(name, given.corpus)
        except (OSError, ValueError) as error:
            found = {name: Outcome([], {}, {str(given.corpus): f"cannot be read: {error}"})}
        if found is None:
            print(f"{name}: no such folder in {given.corpus}", file=sys.stderr)
        outcomes |= found or {}
    if given.json:
        json.dump({name: outcome._asdict() for name, outcome in outcomes.items()}, sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        _print(outcomes, given.reasons)
    ran = any(outcome.passed or outcome.failed for outcome in outcomes.values())
    return 2 if not ran else 1 if any(outcome.failed for outcome in outcomes.values()) else 0


def _print(outcomes: dict[str, Outcome], reasons: bool) -> None:
    for name, outcome in outcomes.items():
        print(f"{name}: {len(outcome.passed)} passed, {len(outcome.failed)} failed, {len(outcome.skipped)} skipped "
              + (f"({outcome.rate:.1%})" if outcome.passed or outcome.failed else "(nothing was there to run)"))
        if outcome.failed and not reasons:
            print("  failed: " + " ".join(outcome.failed))
        elif reasons:
            for case, reason in outcome.failed.items():
                print(f"  {case}: {reason}")
        by_reason: dict[str, list[str]] = {}
        for case, reason in outcome.skipped.items():
            by_reason.setdefault(reason, []).append(case)
        for reason, cases in by_reason.items():
            print(f"  skipped, {reason}: {' '.join(cases)}")


if __name__ == "__main__":
    sys.exit(main())
