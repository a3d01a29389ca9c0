"""A database that was moved elsewhere says where to, so that nobody goes on working in it by mistake."""

from __future__ import annotations

from data.domain.errors import Message, Unavailable

MOVED_TO = "moved_to"
"""The setting that holds the place."""


def has_moved(place: str) -> Unavailable:
    """What is told to who opens it."""
    return Unavailable(
        Message(
            "This clinic has moved to {place}: open it there. If it is to stay here after all, "
            "omvant move --undo says so",
            place=place,
        )
    )
