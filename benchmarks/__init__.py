"""Speed and memory, measured: `make bench`. Each module has `run() -> list[dict]`; nothing here is a test."""
