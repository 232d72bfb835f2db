"""Codes on paper: a right to write, never to read (INV-4)."""
