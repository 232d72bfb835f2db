"""What a person should look at: importing this package fills the registry with every check."""
from campaigns.flags import alike, fieldwork, pace
from campaigns.flags.registry import CHECKS, VERDICTS, Flag, NoSuchFlag, NoteTooLong, Review, every, review

__all__ = ["CHECKS", "VERDICTS", "Flag", "NoSuchFlag", "NoteTooLong", "Review", "alike", "every", "fieldwork", "pace", "review"]
