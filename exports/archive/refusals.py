"""Why an archive is not taken, or cannot be made."""
from __future__ import annotations

from forms.language import Refusal


class ArchiveDamaged(Refusal):
    """The archive is not what was signed, or does not hold what it says."""


class WrongKey(Refusal):
    """Signed by somebody else, or encrypted to somebody else."""


class BadReceiver(Refusal):
    """The database that should receive an archive cannot."""


class CannotWrite(Refusal):
    """No file can be written there."""
