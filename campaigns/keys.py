"""Keys, which live in `SURVEY_HOME/keys`, never in the store: whoever has the store alone can read nothing personal.

`server.key` signs sessions and hashes codes for the whole installation. Each campaign has a key of its own; destroying
that one file erases the campaign's personal data everywhere, backups of the store included (INV-5).
"""
from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from forms.language import Refusal

_FORMAT = b"\x01"
_NONCE = 12


class KeyMissing(Refusal):
    """The key file that is needed is not there."""

    status = 503


class SealBroken(Refusal):
    """Sealed data was changed, or sealed under another key."""

    status = 500


class Key:
    """32 secret bytes and what is derived from them; each purpose has its own derived key."""

    def __init__(self, secret: bytes):
        self._secret = secret

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key for `purpose` (HMAC-SHA256 as in HKDF-Expand with one block, RFC 5869)."""
        return hmac.digest(self._secret, purpose.encode() + b"\x01", "sha256")

    def mac(self, purpose: str, data: bytes) -> bytes:
        """Keyed hash of `data`, 32 bytes: HMAC-SHA256 (RFC 2104)."""
        begun = self._begun(purpose).copy()
        begun.update(data)
        return begun.digest()

    def _begun(self, purpose: str) -> hmac.HMAC:
        """The hash with the key of `purpose` in it: going on from a copy takes less than a fresh one."""
        cache = self.__dict__.setdefault("_purposes", {})
        if purpose not in cache:
            cache[purpose] = hmac.new(self.derive(purpose), digestmod="sha256")
        return cache[purpose]

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self.derive("seal"))

    def seal(self, data: bytes, about: str) -> bytes:
        """`data` encrypted (AES-256-GCM) and tied to `about`, such as `submission:<instance id>`."""
        nonce = os.urandom(_NONCE)
        return _FORMAT + nonce + self._cipher.encrypt(nonce, data, about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """The inverse of `seal`; raises SealBroken when the bytes, the key or `about` differ."""
        try:
            return self._cipher.decrypt(sealed[1:1 + _NONCE], sealed[1 + _NONCE:], about.encode())
        except (InvalidTag, ValueError):
            raise SealBroken("加密数据无法读取（{about}）：密钥不对或数据被改动。",
                             "Sealed data cannot be read ({about}): another key, or the data was changed.",
                             about=about.partition(":")[0]) from None


class Keyring:
    """The keys in one folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._read: dict[str, Key] = {}

    @property
    def server(self) -> Key:
        """The installation's own key, made at first use."""
        if "server" not in self._read and not (self.folder / "server.key").exists():
            self.create("server")
        return self._get("server")

    @property
    def archive(self) -> Key:
        """Signs the installation's archives; made at first use."""
        if not (self.folder / "archive.key").exists():
            self.create("archive")
        return self._get("archive")

    def campaign(self, slug: str) -> Key:
        """The key of campaign `slug`; raises KeyMissing when it was destroyed or never made."""
        return self._get(f"campaign-{slug}")

    def create_campaign(self, slug: str) -> Key:
        self.create(f"campaign-{slug}")
        return self.campaign(slug)

    def create(self, name: str) -> None:
        """Make a key file readable by its owner only; keeps one that is there already."""
        self.keep(f"{name}.key", secrets.token_hex(32).encode() + b"\n")

    def keep(self, file: str, content: bytes) -> None:
        """Put `content` into the folder as `file`, readable by its owner only; keeps one that is there already."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / file
        fresh = path.with_suffix(f".{secrets.token_hex(4)}.new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, content)
            os.fsync(handle)
        finally:
            os.close(handle)
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()

    def _get(self, name: str) -> Key:
        if name not in self._read:
            path = self.folder / f"{name}.key"
            try:
                secret = bytes.fromhex(path.read_text().strip())
            except (FileNotFoundError, ValueError):
                raise KeyMissing("缺少密钥文件 {file}，或文件已损坏。请从密钥备份中恢复。",
                                 "Key file {file} is missing or damaged. Restore it from the key backup.",
                                 file=path.name) from None
            self._read[name] = Key(secret)
        return self._read[name]


def fingerprint(data: bytes) -> str:
    """SHA-256 of `data` in hex."""
    return hashlib.sha256(data).hexdigest()
