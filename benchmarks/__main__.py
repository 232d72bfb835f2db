"""`make bench [ONLY=intake]`: runs the benchmarks and prints their tables with the machine and the sizes."""
from __future__ import annotations

import importlib
import os
import pkgutil
import platform
import sys

import benchmarks

OWN_COMMAND = {"full_campaign"}  # takes minutes; run by name


def main(names: list[str]) -> None:
    every = [each.name for each in pkgutil.iter_modules(benchmarks.__path__) if not each.name.startswith("_")]
    for name in names or [each for each in every if each not in OWN_COMMAND]:
        if name not in every:
            sys.exit(f"There is no benchmark {name}; there are: {', '.join(every)}")
    print(machine())
    for name in names or [each for each in every if each not in OWN_COMMAND]:
        module = importlib.import_module(f"benchmarks.{name}")
        print(f"\n## {name}: {module.__doc__.strip().splitlines()[0]}\n")
        print(table(module.run()), flush=True)


def machine() -> str:
    """One line that says what this was measured on."""
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal")) // 1024 // 1024
    return f"{os.cpu_count()} cores ({model}), {memory} GiB, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def table(rows: list[dict]) -> str:
    """`rows` as a Markdown table; the first row names the columns."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [columns, ["---"] * len(columns), *[[_cell(row.get(name, "")) for name in columns] for row in rows]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    main(sys.argv[1:])
