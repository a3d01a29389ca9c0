"""The types of items in the words and signs of the builder."""

from __future__ import annotations

from dataclasses import dataclass

from data.domain import forms
from tui.editing import AnItem
from tui.i18n import N_


@dataclass(frozen=True)
class Kind:
    """A type of item. All words are gettext ids.

    `key` chooses it in the list of types; `sign` stands for it in the outline, three cells at most;
    `wording` is what the field for its wording is called.
    """

    type: type[AnItem]
    key: str
    sign: str
    word: str
    explanation: str
    wording: str = N_("Question")


KINDS: tuple[Kind, ...] = (
    Kind(forms.Text, "t", "¶", N_("Text"), N_("staff and patient read it"), N_("Text")),
    Kind(forms.WhiteBox, "0", "[_]", N_("White box"), N_("staff write in it before sending"), N_("Label")),
    Kind(forms.ShortText, "1", "a", N_("Short text"), N_("one line")),
    Kind(forms.LongText, "2", "a¶", N_("Long text"), N_("several lines")),
    Kind(forms.YesNo, "3", "±", N_("Yes or no"), N_("one of the two")),
    Kind(forms.Confirmation, "4", "✓", N_("Confirmation"), N_("a box to tick"), N_("Confirms")),
    Kind(forms.OneChoice, "5", "(•)", N_("One choice"), N_("exactly one of your options")),
    Kind(forms.SeveralChoices, "6", "[x]", N_("Several choices"), N_("one or more of your options")),
    Kind(forms.Date, "7", "d/m", N_("Date"), N_("year, month and day")),
    Kind(forms.Number, "8", "123", N_("Numeric value"), N_("with a unit if you like")),
    Kind(forms.Scale, "9", "0–9", N_("Scale 0–10"), N_("with words for the ends")),
)
"""In the order of the list of types; every item type of `data.domain.forms` is here once."""

_BY_TYPE = {kind.type: kind for kind in KINDS}


def kind_of(item: AnItem) -> Kind:
    """The kind of an item."""
    return _BY_TYPE[type(item)]
