"""Signatures in the format of minisign: Ed25519 over the file's BLAKE2b-512, so that files of any size stream.

Any copy of minisign can check them. Four lines: an untrusted comment, the signature, a trusted comment, and a signature of
both. The format leaves the untrusted comment unsigned; here it must be exactly the expected words, and the whole text
exactly what would be written for its content, so that no byte can change unnoticed.
"""
from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from exports.archive.refusals import ArchiveDamaged, WrongKey
from forms.language import Refusal

_KEY, _PREHASHED = b"Ed", b"ED"
_UNTRUSTED = "untrusted comment: Rapid Survey archive, signature of key {}"
_TRUSTED = "trusted comment: "


@dataclass(frozen=True)
class PublicKey:
    """A public key with its 8-byte identifier."""

    identifier: bytes
    key: bytes

    @property
    def name(self) -> str:
        """The identifier as minisign prints it."""
        return self.identifier[::-1].hex().upper()

    def __str__(self) -> str:
        return base64.b64encode(_KEY + self.identifier + self.key).decode()

    @property
    def file(self) -> str:
        """What stands in a minisign public key file."""
        return f"untrusted comment: minisign public key {self.name}\n{self}\n"


class SigningKey:
    """A private key made from 32 secret bytes."""

    def __init__(self, seed: bytes):
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        public = self._private.public_key().public_bytes_raw()
        self.public = PublicKey(hashlib.blake2b(public, digest_size=8).digest(), public)

    def sign(self, digest: bytes, comment: str) -> str:
        """The signature file for a file with this BLAKE2b-512. `comment`: one line, signed too."""
        signature = self._private.sign(digest)
        return _written(self.public, signature, comment, self._private.sign(signature + comment.encode()))


def _written(key: PublicKey, signature: bytes, comment: str, both: bytes) -> str:
    first = base64.b64encode(_PREHASHED + key.identifier + signature).decode()
    return f"{_UNTRUSTED.format(key.name)}\n{first}\n{_TRUSTED}{comment}\n{base64.b64encode(both).decode()}\n"


def parse_key(text: str) -> PublicKey:
    """The public key in `text`: the key alone, or a key file. Raises Refusal."""
    lines = text.strip().splitlines()
    try:
        raw = base64.b64decode(lines[-1].strip(), validate=True)
        if len(raw) != 42 or raw[:2] != _KEY:
            raise ValueError
        Ed25519PublicKey.from_public_bytes(raw[10:])
    except (IndexError, ValueError):
        raise Refusal("这不是 minisign 公钥（应以 RW 开头，56 个字符）。",
                      "This is no minisign public key (it begins with RW and has 56 characters).") from None
    return PublicKey(raw[2:10], raw[10:])


@dataclass(frozen=True)
class Signature:
    """A signature file, read but not yet checked."""

    identifier: bytes
    signature: bytes
    comment: str
    both: bytes

    def check(self, key: PublicKey, digest: bytes) -> None:
        """Raises WrongKey when another key signed, ArchiveDamaged when the file or its signature was changed."""
        if self.identifier != key.identifier:
            raise WrongKey("签名来自另一把密钥（{found}），应为 {expected}。请核对公钥，或归档是否来自您认可的单位。",
                           "The signature is of another key ({found}); expected {expected}. Check the public key, "
                           "and whether the archive comes from whom you trust.",
                           found=self.identifier[::-1].hex().upper(), expected=key.name)
        public = Ed25519PublicKey.from_public_bytes(key.key)
        try:
            public.verify(self.signature, digest)
        except InvalidSignature:
            raise ArchiveDamaged("归档文件与签名不符：文件或签名被改动、截断或不属于同一份归档。请重新取得这两个文件。",
                                 "The archive does not match its signature: the file or the signature was changed or cut short, "
                                 "or they belong to different archives. Get both files again.") from None
        try:
            public.verify(self.both, self.signature + self.comment.encode())
        except InvalidSignature:
            raise ArchiveDamaged("签名文件的说明行被改动。", "The trusted comment in the signature file was changed.") from None


def parse(data: bytes) -> Signature:
    """Read a signature file. Raises ArchiveDamaged unless every byte is as it would be written."""
    try:
        lines = data.decode().split("\n")
        first, both = base64.b64decode(lines[1], validate=True), base64.b64decode(lines[3], validate=True)
        comment = lines[2].removeprefix(_TRUSTED)
        found = Signature(first[2:10], first[10:], comment, both)
        whole = _written(PublicKey(found.identifier, b""), found.signature, comment, both)
        if whole.encode() != data or len(found.signature) != 64 or len(both) != 64 or len(lines) != 5:
            raise ValueError
    except (IndexError, UnicodeDecodeError, binascii.Error, ValueError):
        raise ArchiveDamaged("签名文件（.minisig）被改动或不完整。请重新取得。",
                             "The signature file (.minisig) was changed or is incomplete. Get it again.") from None
    return found
