"""A large made-up database, to measure and to try Omvänt with: clinics, patients, and years of cases.

Everything in it could have come about by the operations, and looks so to `omvant check` and `omvant log
verify`; it is written in bulk, past them, since a million cases would take hours by them. With a clock that
stands still, all of it is the same every time, except for the log's key and what follows from it.
"""

from data.fill.filling import LEAST, Progress, fill

__all__ = ["LEAST", "Progress", "fill"]
