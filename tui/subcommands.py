"""What the modules of the subcommands are given by `tui.cli`; for annotations only."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.domain.roles import OperatorActor

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]
    """Where a module adds its commands."""

    Opening = Callable[[argparse.Namespace], OperatorActor]
    """Opens the database that the options name, and says who runs the command."""
