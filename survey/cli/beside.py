"""The files beside a workbook, or in the folder that `--media` names: lists, pictures, recordings."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from forms.media import LARGEST

media_option = click.option(
    "--media", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="问卷引用的文件所在的文件夹（默认同一文件夹）/ folder of the files it refers to (default: its own)")


class FilesBeside(Mapping[str, bytes]):
    """The files of a folder by name, without `but`; each is read when it is asked for."""

    def __init__(self, folder: Path, but: Path):
        self.paths = {path.name: path for path in sorted(folder.iterdir())
                      if path.is_file() and not path.name.startswith(".") and path.resolve() != but.resolve()}

    def __getitem__(self, name: str) -> bytes:
        with open(self.paths[name], "rb") as file:
            return file.read(LARGEST + 1)

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)
