"""Settings of one installation: one typed table that feeds the defaults, `survey doctor`, and the documentation.

Every setting is an environment variable. Nothing else in the product reads the environment.
"""
from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

from forms.language import Refusal, Text


class SettingRefused(Refusal):
    """A setting has a value that cannot work."""


def _setting(name: str, default: object, zh: str, en: str) -> object:
    return field(default=default, metadata={"name": name, "help": Text(zh, en)})


@dataclass(frozen=True)
class Settings:
    """All settings, read once at the start. `Settings.read()` takes them from the environment."""

    home: Path = _setting(
        "SURVEY_HOME", Path("instance"),
        "数据文件夹：数据库、密钥、发布文件、附件", "Data folder: store, keys, published files, attachments")
    store: str = _setting(
        "SURVEY_STORE", "",
        "数据库地址（SQLAlchemy URL）；空为数据文件夹内的 SQLite 文件",
        "Store as an SQLAlchemy URL; empty means a SQLite file in the data folder")
    public_url: str = _setting(
        "SURVEY_PUBLIC_URL", "",
        "居民扫码打开的网址，如 https://survey.example.cn；印码前必须设置",
        "Address that residents' phones open, such as https://survey.example.cn; needed before codes are printed")
    datasette_url: str = _setting(
        "SURVEY_DATASETTE_URL", "",
        "组长看进度的网址；空为本机 Datasette 端口", "Address of the progress pages; empty means Datasette's port on this host")
    host: str = _setting("SURVEY_HOST", "127.0.0.1", "监听地址", "Address to listen on")
    port: int = _setting("SURVEY_PORT", 8000, "填报网站端口", "Port of the survey site")
    datasette_port: int = _setting("SURVEY_DATASETTE_PORT", 8001, "Datasette 端口", "Port of Datasette")
    workers: int = _setting("SURVEY_WORKERS", 2, "填报网站进程数", "Processes of the survey site")
    threads: int = _setting("SURVEY_THREADS", 8, "每个进程的线程数", "Threads in each process")
    refresh_minutes: int = _setting(
        "SURVEY_REFRESH_MINUTES", 10,
        "运行时每隔几分钟自动合并并发布进行中的任务；0 表示不自动",
        "While serving, merge and publish running campaigns every so many minutes; 0 leaves it to you")
    proxies: int = _setting(
        "SURVEY_PROXIES", 0,
        "前面可信反向代理的层数；0 表示不信任任何转发头",
        "Trusted reverse proxies in front; 0 trusts no forwarded header")
    fonts: str = _setting(
        "SURVEY_FONTS", "",
        "印码用的 TrueType 中文字体文件，多个用冒号隔开；空为自动查找",
        "TrueType fonts for printing, separated by colons; empty means look in the usual places")
    language: str = _setting(
        "SURVEY_LANGUAGE", "", "命令行语言 zh 或 en；空为按系统", "Command-line language, zh or en; empty follows the system")
    max_body: int = _setting(
        "SURVEY_MAX_BODY", 2 * 1024 * 1024, "一次提交的最大字节数", "Largest request body, in bytes")

    max_upload: int = _setting(
        "SURVEY_MAX_UPLOAD", 100_000_000, "采集软件一次发送的最大字节数，含附件",
        "Largest request of a collecting app, attachments included, in bytes")

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """The settings of `environment`; raises SettingRefused naming the variable that is wrong."""
        values = {}
        for row in fields(cls):
            text = environment.get(row.metadata["name"], "")
            if text:
                values[row.name] = _typed(row, text)
        return cls(**values)

    @property
    def store_url(self) -> str:
        return self.store or f"sqlite:///{self.home / 'store.db'}"

    @property
    def attachments(self) -> Path:
        """Folder of the sealed files that came with submissions."""
        return self.home / "attachments"

    @property
    def published(self) -> Path:
        """Folder of the files that Datasette serves."""
        return self.home / "published"


def _typed(row: object, text: str) -> object:
    name = row.metadata["name"]
    if isinstance(row.default, Path):
        return Path(text)
    if isinstance(row.default, int):
        if not (text.isascii() and text.isdigit()):
            raise SettingRefused("设置 {name} 应为整数，现在是“{text}”。", "Setting {name} must be a whole number, it is “{text}”.",
                                 name=name, text=text)
        return int(text)
    if name in ("SURVEY_PUBLIC_URL", "SURVEY_DATASETTE_URL"):
        return _origin(name, text)
    return text


def _origin(name: str, text: str) -> str:
    """An address without a path: the QR code writes it in capitals, and only a host name survives that."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise SettingRefused(
            "设置 {name} 应为只含主机名的网址，如 https://survey.example.cn，现在是“{text}”。",
            "Setting {name} must be an address with a host and no path, such as https://survey.example.cn; it is “{text}”.",
            name=name, text=text)
    return f"{parts.scheme}://{parts.netloc}"
