"""Door hangers: cards printed blank in bulk, bound to a door when they are hung, and accounted for to the last one.

HNG-1 A hanger is in exactly one state at any time. Its history (`code_event`) decides which; `code.state`, `holder_id` and
      `dwelling_id` only repeat what the history says, and are written in the same transaction.
HNG-2 The history is read in the order in which things happened, not in which they were reported: a phone that was offline
      for a day changes the past, and the state follows. What happened at the same instant counts in the order reported.
HNG-3 One table (`life.MOVES`) says from which state an event leads to which. An event that leads nowhere stays in the
      history without effect, and whoever reported it is told.
HNG-4 The same item (the id that a phone gave it) is one event, however often it is sent.
HNG-5 Two hangers at one door are both hung there; the one hung last is the door's own. A hanger hung at the wrong door and
      hung again belongs to the later door; both are in its history.
HNG-6 A household that answers through its hanger makes it `answered` in the transaction of the submission (INV-7), whatever
      was reported about the hanger before; a clerk who keys its paper makes it `keyed`.
HNG-7 Printed = in stock + handed out + hung + answered + collected + spoiled + lost, for the campaign, a batch, a team and a
      person; keyed paper counts among the collected, a withdrawn hanger among the spoiled.
HNG-8 A range is handed out or taken back whole or not at all; what does not fit is named by number.
HNG-9 Every change is in the audit log in the same transaction (INV-9); reasons are codes, never free text.
HNG-10 At the desk a lead sees and moves what the own team's people have, and the stock, which is nobody's; supervisors,
      organisers and the office's clerks see and move all.
"""
from campaigns.hangers.acts import Action, Result, apply
from campaigns.hangers.books import LEVELS, Book, balance, unbalanced
from campaigns.hangers.finding import Hanger, NoSuchHanger, NotAHanger, by_code, by_id, by_serial, place_of
from campaigns.hangers.finding import typed as by_typed
from campaigns.hangers.life import COLUMNS, REASONS, STATES
from campaigns.hangers.rounds import Due, Held, Idle, ToKey, at_door, due, ever_with, of_user, stale, to_key
from campaigns.hangers.stock import BATCH, hand_out, hand_over, issue, lose_or_spoil, printed, put_back, take_back, withdraw

__all__ = [
    "BATCH", "COLUMNS", "LEVELS", "REASONS", "STATES", "Action", "Book", "Due", "Hanger", "Held", "Idle", "NoSuchHanger", "NotAHanger",
    "Result", "ToKey", "apply",
    "at_door", "balance", "by_code", "by_id", "by_serial", "by_typed", "due", "ever_with", "hand_out", "hand_over", "issue",
    "lose_or_spoil", "of_user", "place_of", "printed", "put_back", "stale", "take_back", "to_key", "unbalanced", "withdraw",
]
