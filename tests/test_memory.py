"""Large pages: asked for once, harmless where the system has none."""
import subprocess
import sys

from survey import memory

_ASK = """
from survey import memory
kept = [bytes(str(number), "ascii") for number in range(400_000)]
moved = memory.into_large_pages()
assert moved % (2 * 1024 * 1024) == 0
print(moved, kept == [bytes(str(number), "ascii") for number in range(400_000)])
"""


def test_what_a_process_holds_is_the_same_after_it_was_moved():
    moved, same = subprocess.run([sys.executable, "-c", _ASK], capture_output=True, text=True, check=True).stdout.split()
    assert int(moved) >= 0 and same == "True"


def test_a_system_that_does_not_tell_its_memory_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "_MAPS", tmp_path / "none")
    assert memory.into_large_pages() == 0


def test_only_whole_large_pages_of_the_processs_own_memory_are_moved(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "_MAPS", tmp_path / "maps")
    memory._MAPS.write_text("""\
00400000-00c00000 r-xp 00000000 08:01 12 /usr/bin/python3
00dfe000-01401000 rw-p 00000000 00:00 0 [heap]
7f0000000000-7f0000300000 rw-p 00000000 00:00 0
7f0000400000-7f0000800000 rw-p 00000000 08:01 99 /a library/with a blank.so
7f0000900000-7f0000a00000 rw-p 00000000 00:00 0
7ffc00000000-7ffc00400000 rw-p 00000000 00:00 0 [stack]
""")
    assert list(memory._own_memory()) == [(0xe00000, 0x1400000), (0x7f0000000000, 0x7f0000200000)]
