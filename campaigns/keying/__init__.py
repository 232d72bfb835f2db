"""Paper forms keyed twice, on a sample, to know how well they are keyed.

DBL-1 Which forms are keyed again follows from the form and the campaign's key: nobody can tell beforehand, and nobody is told.
DBL-2 The second clerk is never the first, and sees nothing of what the first one keyed.
DBL-3 The two are compared answer by answer; width and blanks do not count. A person that only one of them has is one difference.
DBL-4 A supervisor settles the differences once: where the second clerk was right, a correction replaces the first keying.
DBL-5 Error rate of a clerk = answers settled against that clerk / answers compared, as first clerk.
"""
from campaigns.keying.pairs import NoSuchKeying, Pair, Settled, merged, note_seen, pair, settle, to_settle
from campaigns.keying.sample import (
    Accuracy,
    Keyed,
    KeyedTwice,
    NotForYou,
    accuracy,
    code_text,
    compare,
    count_of,
    is_drawn,
    keep_second,
    last_of,
    of_paper,
    waiting,
)

__all__ = [
    "Accuracy", "Keyed", "KeyedTwice", "NoSuchKeying", "NotForYou", "Pair", "Settled", "accuracy", "code_text",
    "compare", "count_of", "is_drawn", "keep_second", "last_of", "merged", "note_seen", "of_paper", "pair", "settle", "to_settle",
    "waiting"]
