"""Receipt numbers: what a household gets for its answers, and reads back and corrects with (INV-4).

A number is derived from the submission's instance, so it is nowhere kept, and a repeated answer shows the same one; the store
knows it by a keyed hash only.
"""
from __future__ import annotations

from sqlalchemy import Connection, select

from campaigns.codes import symbols
from campaigns.keys import Key
from campaigns.store.schema import submission
from forms.language import Refusal


class WrongReceipt(Refusal):
    status = 403

    def __init__(self):
        super().__init__("回执号与这一户不符，请核对后再试。", "This receipt number does not belong to this household; please check it.")


def of(server: Key, instance: str) -> str:
    """The receipt number (12 symbols) of the submission of `instance`."""
    return symbols.write(int.from_bytes(server.mac("receipt", instance.encode())[:7], "big") >> 1)


def hashed(server: Key, receipt: str) -> bytes:
    """What the store knows a receipt number by: its keyed hash, 32 bytes."""
    return server.mac("receipt-hash", receipt.encode())


def submission_of(connection: Connection, server: Key, dwelling_id: int, receipt: str) -> int:
    """The submission at this door with this receipt (12 symbols); raises WrongReceipt."""
    found = connection.execute(select(submission.c.id).where(
        submission.c.dwelling_id == dwelling_id, submission.c.receipt == hashed(server, receipt))).scalar()
    if found is None:
        raise WrongReceipt
    return found
