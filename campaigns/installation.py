"""One installation: its settings, its store and its keys, opened together."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from campaigns.campaign import Campaign
from campaigns.keys import Key, Keyring
from campaigns.settings import Settings
from campaigns.store import Store
from campaigns.submissions import Intake


@dataclass
class Installation:
    """What every page and command works with."""

    settings: Settings

    @cached_property
    def store(self) -> Store:
        """The database, opened (and its schema brought up to date) at first use."""
        return Store(self.settings.store_url)

    @cached_property
    def keyring(self) -> Keyring:
        return Keyring(self.settings.home / "keys")

    @property
    def server(self) -> Key:
        """The installation's own key: codes, receipts, sessions."""
        return self.keyring.server

    def intake(self, campaign: Campaign) -> Intake:
        """Takes entries into `campaign`."""
        return Intake(self.server, self.keyring.campaign(campaign.slug), campaign)
