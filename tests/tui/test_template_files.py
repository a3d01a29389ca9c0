"""Templates to and from files in the list of templates, by keys alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data import templates
from data.store.store import Store
from tests.conftest import Clinic
from tests.data.fhir_forms import item, questionnaire
from tests.tui.drivers import fits
from tests.tui.one_screen import Someone, at_screen
from tui.screens.admin.template_list import TemplateListScreen

EVIL = "\x1b[2J\u202e[/b]"


def names(clinic: Clinic) -> list[str]:
    return [row.name for row in templates.list_all(clinic.bo)]


async def writes(someone: Someone, text: str) -> None:
    """Replace what stands in the field, and accept it."""
    await someone.press("ctrl+u", "ctrl+k")
    await someone.pastes(text)
    await someone.press("enter")


async def test_a_template_is_exported_and_imported(store: Store, clinic: Clinic, tmp_path: Path) -> None:
    path = tmp_path / "mall.json"
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await bo.sees("Ordination")
        await bo.press("down", "e")
        await bo.sees("Exportera Ordination", "Ordination.json")
        await writes(bo, str(path))
        await bo.sees("Ordination är skriven till", gone="Exportera Ordination")
        assert json.loads(path.read_text(encoding="utf-8"))["title"] == "Ordination"
        await bo.press("i")
        await bo.sees("Importera en mall")
        await writes(bo, str(path))
        await bo.sees("Ordination (2) är skapad som utkast", "› Ordination (2)")
    assert "Ordination (2)" in names(clinic)


async def test_what_is_wrong_with_the_file_stands_beside_the_field(
    store: Store, clinic: Clinic, tmp_path: Path
) -> None:
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await bo.sees("Ordination")
        await bo.press("i")
        await bo.sees("Importera en mall")
        await bo.press("enter")
        await bo.sees("✗ Skriv filens namn")
        (tmp_path / "mapp").mkdir()
        await writes(bo, "mapp")
        await bo.sees("är en mapp")
        for elsewhere in ("/etc/passwd", "../omvant.db", "mapp/x.json", "~/x.json"):
            await writes(bo, elsewhere)
            await bo.sees("✗ Skriv bara filens namn", elsewhere)
        await writes(bo, str(tmp_path / "no.json"))
        await bo.sees("Det finns ingen fil på")
        await writes(bo, str(tmp_path / "bad.json"))
        await bo.sees("✗ Filen är inte JSON")
        await bo.press("escape")
        await bo.sees("Ordination", gone="Importera en mall")
        await bo.press("e")
        await bo.sees("Exportera")
        await writes(bo, str(tmp_path / "no" / "deeper.json"))
        await bo.sees("✗ Skriv bara filens namn", str(tmp_path)[:20])


async def test_a_file_in_the_way_is_replaced_only_on_a_yes(
    store: Store, clinic: Clinic, tmp_path: Path
) -> None:
    path = tmp_path / "min.json"
    path.write_text("mitt", encoding="utf-8")
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await bo.sees("Ordination")
        await bo.press("down", "e")
        await bo.sees("Exportera Ordination")
        await writes(bo, str(path))
        await bo.sees("Ersätta filen?", "Ersätt min.json")
        await bo.press("enter")
        await bo.sees("Exportera Ordination", gone="Ersätta filen?")
        assert path.read_text(encoding="utf-8") == "mitt"
        await bo.press("enter")
        await bo.sees("Ersätta filen?")
        await bo.press("2")
        await bo.sees("är skriven till")
    assert json.loads(path.read_text(encoding="utf-8"))["title"] == "Ordination"


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_what_cannot_be_kept_is_listed_and_the_safe_answer_stops(
    store: Store, clinic: Clinic, tmp_path: Path, size: tuple[int, int]
) -> None:
    path = tmp_path / "deras.json"
    strange = [item(f"r{number}", "reference", text=EVIL) for number in range(20)]
    path.write_text(
        json.dumps(questionnaire(item("a", "boolean"), *strange, title="Deras")), encoding="utf-8"
    )
    async with at_screen(store, clinic.bo, TemplateListScreen, size=size) as bo:
        await bo.sees("Ordination")
        await bo.press("i")
        await bo.sees("Importera en mall")
        await writes(bo, str(path))
        screen = await bo.sees("saker går inte att behålla", "r0: ", "Avbryt", "Importera ändå")
        assert fits(screen, *size)
        await bo.press("pagedown")
        screen = await bo.sees("Avbryt", gone="r0: ")
        assert not set(screen) & {"\x1b", "\u202e"}
        await bo.press("enter")
        await bo.sees("Ordination", gone="Importera ändå")
        assert "Deras" not in names(clinic)
        await bo.press("i")
        await bo.sees("Importera en mall")
        await writes(bo, str(path))
        await bo.sees("Importera ändå")
        await bo.press("2")
        await bo.sees("Deras är skapad som utkast")
    assert "Deras" in names(clinic)
