"""The fields that forms are filled in with: white boxes to type in, and options to choose.

A field posts `FieldChanged` when the person changes it, `FieldLeft` when an arrow or Enter leads out of it,
and `FieldRefused` when it can't take a paste. `typed` is what it holds, not yet checked.
"""

from tui.widgets.choices import ChoiceField, OptionsField, TickField, YesNoField
from tui.widgets.field_messages import FieldChanged, FieldLeft, FieldRefused
from tui.widgets.line_field import LineField
from tui.widgets.own_answer import OwnAnswerField
from tui.widgets.scale_field import ScaleField
from tui.widgets.text_fields import LinesField

__all__ = [
    "ChoiceField",
    "FieldChanged",
    "FieldLeft",
    "FieldRefused",
    "LineField",
    "LinesField",
    "OptionsField",
    "OwnAnswerField",
    "ScaleField",
    "TickField",
    "YesNoField",
]
