"""The benchmarks reach into what they measure: after a change there they have to run still."""
import subprocess
import sys

import pytest


@pytest.mark.long
@pytest.mark.parametrize(("name", "row"), [("forms", "expressions of that"), ("openrosa", "submission"), ("expressions", "a second")])
def test_a_benchmark_prints_its_table_with_the_machine(name, row):
    done = subprocess.run([sys.executable, "-m", "benchmarks", name], capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "cores (" in done.stdout.splitlines()[0] and row in done.stdout
