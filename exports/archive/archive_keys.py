"""The installation's own archive keys, in `SURVEY_HOME/keys`: one that signs, one that archives are encrypted to."""
from __future__ import annotations

from pathlib import Path

import pyrage

from campaigns.keys import Keyring
from exports.archive.minisign import PublicKey, SigningKey, parse_key
from forms.language import Refusal

_AGE = "archive.age"


def signing_key(keyring: Keyring) -> SigningKey:
    """The key that signs archives; made at first use."""
    return SigningKey(keyring.archive.derive("minisign"))


def own_public_key(keyring: Keyring) -> PublicKey | None:
    """The public half, or None when this installation never made an archive."""
    return signing_key(keyring).public if (keyring.folder / "archive.key").exists() else None


def own_identity(keyring: Keyring) -> pyrage.x25519.Identity:
    """The age identity that opens archives encrypted to this installation; made at first use."""
    path = keyring.folder / _AGE
    if not path.exists():
        keyring.keep(_AGE, f"{pyrage.x25519.Identity.generate()}\n".encode())
    return identities_in(path)[0]


def known_identities(keyring: Keyring) -> list[pyrage.x25519.Identity]:
    """The installation's identity if there is one; makes none."""
    return [own_identity(keyring)] if (keyring.folder / _AGE).exists() else []


def identities_in(path: Path) -> list[pyrage.x25519.Identity]:
    """The identities in an age identity file, as age-keygen writes it. Raises Refusal."""
    try:
        lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError):
        found = []
    if not found:
        raise Refusal("读不出 age 私钥文件 {path}。", "Cannot read an age identity from {path}.", path=path)
    return found


def recipient(text: str) -> pyrage.x25519.Recipient:
    """An age recipient (`age1...`). Raises Refusal."""
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise Refusal("“{text}”不是 age 公钥（以 age1 开头）。请向接收单位核对。",
                      "“{text}” is no age recipient (it begins with age1). Please check with the receiver.", text=text) from None


def public_key(given: str) -> PublicKey:
    """The minisign public key given on the command line: the key itself, or a file that holds it. Raises Refusal."""
    path = Path(given)
    try:
        if not given.startswith("RW") or path.is_file():
            given = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError, ValueError):
        raise Refusal("读不出公钥文件 {path}。", "Cannot read the public key file {path}.", path=path) from None
    return parse_key(given)
