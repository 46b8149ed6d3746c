"""Faults while mail flows: every message is numbered, and afterwards each is looked for."""
