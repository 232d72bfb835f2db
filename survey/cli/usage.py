"""What click says of a command that cannot be understood, in Chinese; English readers get click's own words."""
from __future__ import annotations

import re

import click

_SAID = [
    (r"(?:File|Path) '(.*)' does not exist", "没有这个文件：{0}"),
    (r"Directory '(.*)' does not exist", "没有这个文件夹：{0}"),
    (r"File '(.*)' is a directory", "这是文件夹，不是文件：{0}"),
    (r"Directory '(.*)' is a file", "这是文件，不是文件夹：{0}"),
    (r"(?:File|Path|Directory) '(.*)' is not (?:readable|writable)", "没有权限打开：{0}"),
    (r"'(.*)' is not a valid integer", "{0} 不是整数"),
    (r"'(.*)' is not a valid float", "{0} 不是数"),
    (r"'(.*)' is not one of (.*)", "{0} 不对，可以写 {1}"),
    (r"'?(.*?)'? is not in the range (.*)", "{0} 不在 {1} 之内"),
    (r"'(.*)' does not match the formats? (.*)", "{0} 写得不对，要写成 {1}"),
    (r"No such command '(.*?)'", "没有 {0} 这个命令"),
    (r"Got unexpected extra arguments? \((.*)\)", "多写了：{0}"),
    (r"Option '(.*?)' requires an argument", "{0} 后面要写内容"),
]


def in_chinese(error: click.UsageError) -> str:
    """The complaint and where to read how the command is used."""
    hint = error.ctx.command_path if error.ctx else "survey"
    return f"{_complaint(error)}。看用法：{hint} --help"


def _complaint(error: click.UsageError) -> str:
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return f"少写了 {_named(error)}"
    if isinstance(error, click.NoSuchOption):
        meant = f"，是不是 {'、'.join(error.possibilities)}？" if error.possibilities else ""
        return f"没有 {error.option_name} 这个选项{meant}".rstrip("？")
    said = error.message.rstrip(".")
    for pattern, zh in _SAID:
        found = re.match(pattern, said)
        if found:
            return zh.format(*found.groups())
    if re.search("[\u3400-\u9fff]", said):
        return said.rstrip("。")
    about = _named(error) if isinstance(error, click.BadParameter) and error.param is not None else "命令"
    return f"{about} 写得不对：{said}"


def _named(error: click.BadParameter) -> str:
    return error.param.get_error_hint(error.ctx).replace("'", "").replace("FILE", "文件")
