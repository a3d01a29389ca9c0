"""Every act of Omvänt with its key and its words, by subject. Where each is offered, `tui.bindings` says.

Labels are gettext ids: words are looked up when they are shown.
"""

from __future__ import annotations

from tui.acts.act import Act
from tui.acts.builder import BUILDER
from tui.acts.cases import CASES
from tui.acts.clinic import CLINIC
from tui.acts.everywhere import EVERYWHERE
from tui.acts.log import LOG
from tui.acts.templates import TEMPLATES

__all__ = ["ACTS", "Act"]

ACTS: dict[str, Act] = {act.id: act for act in (*EVERYWHERE, *CASES, *TEMPLATES, *BUILDER, *CLINIC, *LOG)}
