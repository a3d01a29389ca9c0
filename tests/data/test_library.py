"""The shipped example templates."""

from __future__ import annotations

from data.domain.forms import Confirmation, Text, WhiteBox
from data.library import shipped


def test_the_three_that_everyone_knows_are_there_and_of_the_right_kind() -> None:
    forms = shipped()

    ordination = forms["Ordination"]
    assert ordination.answerable
    assert [type(item) for item in ordination.items] == [Text, WhiteBox, Text, Confirmation]
    assert not forms["Meddelande om provsvar"].answerable
    before_visit = forms["Frågor inför besök"]
    assert before_visit.answerable
    assert len({type(question) for question in before_visit.questions}) >= 6


def test_there_are_six_at_least_and_all_can_be_published() -> None:
    forms = shipped()

    assert len(forms) >= 6
    assert {name: form.problems() for name, form in forms.items()} == dict.fromkeys(forms, ())
