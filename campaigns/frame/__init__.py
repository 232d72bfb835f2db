"""The frame: every dwelling that the campaign must reach, as imported from the register."""
