"""What the volunteers' phones send: visits, forms, hangers, missed doors, reports, drafts.

DLV-1 Each item is a transaction of its own and is answered for good only after the commit (INV-1).
DLV-2 An item (32 hex digits, made by the phone) is taken once: sent again, in any order and by whichever phone, it gets the answer
      that it got. The same item with other content is refused.
DLV-3 One bad item never keeps back the others.
DLV-4 A phone's clock is judged by what it says the time is in the same request: instants are corrected by the difference, and
      nothing is later than its arrival. A difference of more than an hour is noted with what came.
DLV-5 What somebody typed and cannot be taken in is not lost: it is held, sealed, for a lead to decide (`held`). So is everything
      from a badge that was revoked, what comes after the grace period, and a kind of item that is not known here.
DLV-6 A door of another team is refused to whoever never had it; one that was given to somebody else meanwhile is taken, and the
      sender is told. A door of another campaign is no door here.
DLV-7 What is refused or held is in the audit log, by kind and reason, without its content.
DLV-8 A request is answered within seconds, however many send at once: what has not had its turn by then is not begun, and the
      phone sends it again at once.
DLV-9 One person has at most MOST_DRAFTS drafts, MOST_HELD items held and MOST_A_DAY items answered in 24 hours: far more than anybody
      does, so that no single phone fills the store. What is beyond is not lost: it stays on the phone, which is told why and
      sends it again later.
"""
from campaigns.deliveries.items import Context, Sender
from campaigns.deliveries.releasing import Released, reject, release
from campaigns.deliveries.taking import KINDS, MOST_ITEMS, take

__all__ = ["KINDS", "MOST_ITEMS", "Context", "Released", "Sender", "reject", "release", "take"]
