"""Believable campaigns: made-up doors, people and answers, the same for the same seed, with the truth kept beside.

Nothing here can be mistaken for a real person: see `identity` for the numbers that cannot exist.
"""
