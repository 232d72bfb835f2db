"""The field: campaigns, doors, codes, people who work, submissions, tallies, merge, figures; and their store."""
