"""The types of items in the words and signs of the builder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from data.domain import forms
from data.domain.forms import AnyItem
from tui.i18n import N_, _

_ENDS = {"least": N_("Least"), "most": N_("Most")}
_DATES = {"least": N_("Earliest"), "most": N_("Latest")}


@dataclass(frozen=True)
class Kind:
    """A type of item. All words are gettext ids.

    `key` chooses it in the list of types; `sign` stands for it in the outline, three cells at most. `labels`
    are what its fields are called and `notes` what is worth knowing about them, by property: where that is
    not as with other types.
    """

    type: type[AnyItem]
    key: str
    sign: str
    word: str
    explanation: str
    labels: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def wording(self) -> str:
        """What the field for its wording is called."""
        return self.labels.get("wording", N_("Question"))


KINDS: tuple[Kind, ...] = (
    Kind(forms.Text, "t", "¶", N_("Text"), N_("staff and patient read it"), {"wording": N_("Text")}),
    Kind(
        forms.Section,
        "s",
        "§",
        N_("Section"),
        N_("items that belong together"),
        {"wording": N_("Heading"), "least": N_("Least times"), "most": N_("Most times")},
    ),
    Kind(
        forms.WhiteBox,
        "0",
        "[_]",
        N_("White box"),
        N_("staff write in it before sending"),
        {"wording": N_("Label")},
    ),
    Kind(forms.ShortText, "1", "a", N_("Short text"), N_("one line")),
    Kind(forms.LongText, "2", "a¶", N_("Long text"), N_("several lines")),
    Kind(forms.YesNo, "3", "±", N_("Yes or no"), N_("one of the two")),
    Kind(forms.Confirmation, "4", "✓", N_("Confirmation"), N_("a box to tick"), {"wording": N_("Confirms")}),
    Kind(forms.OneChoice, "5", "(•)", N_("One choice"), N_("exactly one of your options")),
    Kind(
        forms.SeveralChoices,
        "6",
        "[x]",
        N_("Several choices"),
        N_("one or more of your options"),
        {"least": N_("At least"), "most": N_("At most")},
        {"options": N_("One a line. At its end, = 2 gives points and ! makes it one to choose alone")},
    ),
    Kind(forms.Date, "7", "d/m", N_("Date"), N_("year, month and day"), _DATES),
    Kind(forms.WholeNumber, "8", "123", N_("Whole number"), N_("with a unit if you like"), _ENDS),
    Kind(
        forms.Scale,
        "9",
        "0–9",
        N_("Scale"),
        N_("0 to 10 or as you like"),
        {"least": N_("From"), "most": N_("To")},
    ),
    Kind(forms.DecimalNumber, "d", "1,5", N_("Decimal number"), N_("such as 37,5"), _ENDS),
    Kind(forms.Time, "c", "h:m", N_("Time"), N_("hour and minute"), _DATES),
    Kind(forms.DateTime, "m", "d+h", N_("Date and time"), N_("a moment to the minute"), _DATES),
)
"""The types that can be added, in the order of the list of types."""

IMPORTED = Kind(forms.File, "", "↑", N_("File"), N_("comes with imported forms; files can't be sent yet"))
"""What can't be added by hand, since it can't be published either."""

_BY_TYPE = {kind.type: kind for kind in (*KINDS, IMPORTED)}


def kind_of(item: AnyItem) -> Kind:
    """The kind of an item."""
    return _BY_TYPE[type(item)]


def sign_of(item: AnyItem) -> str:
    """What stands for the item in the outline; a heading shows its level."""
    return "#" * item.level if isinstance(item, forms.Text) and item.level else kind_of(item).sign


def name_of(item: AnyItem) -> str:
    """The item's wording, or in brackets what it is while it has none."""
    return item.wording or f"({_(kind_of(item).word).lower()})"
