"""The two looks of Omvänt, light and dark: calm enough for eight hours, few colours with a meaning each.

primary: where you are (focus, cursor); secondary: for staff only; warning: look here; error: mend this.
"""

from __future__ import annotations

from textual.theme import Theme

LIGHT = Theme(
    name="omvant-light",
    dark=False,
    primary="#0b5c6b",
    secondary="#6b5a86",
    accent="#0b5c6b",
    warning="#8a5a00",
    error="#a3262a",
    success="#2f6b3a",
    foreground="#1d2529",
    background="#eef1f0",
    surface="#e6eae9",
    panel="#d8dedd",
    variables={
        "white-box": "#ffffff",
        "white-box-text": "#14191c",
        "input-selection-background": "#0b5c6b 30%",
    },
)

DARK = Theme(
    name="omvant-dark",
    dark=True,
    primary="#6fc3d0",
    secondary="#b7a5d6",
    accent="#6fc3d0",
    warning="#e0b35c",
    error="#f08a84",
    success="#8fcf9b",
    foreground="#d5dcdd",
    background="#14191c",
    surface="#1a2125",
    panel="#242d32",
    variables={
        "white-box": "#2e383e",
        "white-box-text": "#f3f6f6",
        "input-selection-background": "#6fc3d0 30%",
    },
)
