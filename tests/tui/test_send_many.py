"""Reception sends the same to many: a list is pasted, checked, and sent as one case for each."""

from __future__ import annotations

from tests.tui.conftest import AtTerminal
from tests.tui.drivers import fits
from tests.tui.stories import TOLVAN, Person

LARS, KARL, KRISTINA = "19690909-2394", "19770213-2395", "19800620-2389"
PROTECTED, UNREACHABLE, NOBODYS = "19880820-2389", "19441011-9046", "20180718-2397"
LIST = f"{TOLVAN}\n{LARS}\n{KARL}\n"


async def at_fetch(anna: Person) -> None:
    await anna.signs_in_as("1", "Mina ärenden")
    await anna.press("n")
    await anna.sees("Invånarens personnummer")


async def at_list(anna: Person, text: str = "") -> None:
    """At the screen for several, with a list that is not checked yet."""
    await at_fetch(anna)
    await anna.press("f9")
    await anna.sees("› Flera invånare")
    await anna.terminal.paste(text)


async def test_sending_to_many_takes_five_keys_however_many(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        anna.terminal.strokes = 0

        await anna.press("n")
        await anna.sees("Invånarens personnummer")
        await anna.terminal.paste(LIST)
        await anna.sees("3 invånare: Enter går vidare")
        await anna.press("enter")
        await anna.sees("› Mall", "3 invånare")
        await anna.picks("Ordination")
        await anna.sees("3 invånare")
        await anna.type("Alvedon 500 mg")
        await anna.sees("Alvedon 500 mg")
        await anna.press("ctrl+s")
        await anna.sees("Skicka till 3 invånare?", "Ordination går till 3 invånare")
        await anna.press("2")

        screen = await anna.sees("3 ärenden är sparade och skickade", "Mina ärenden (F2)", "L när", "S när")
        assert fits(screen, 80, 24)
        # n, Enter, Enter, Ctrl+S, 2: the list, the template's name and the text come besides.
        assert anna.terminal.strokes == 5
        await anna.press("escape")
        screen = await anna.sees("Tolvan Tolvansson", "Lars Karlsson", "Karl Nilsson", gone="Skickat ›")
        assert screen.count("Ordination") >= 3


async def test_enter_alone_does_not_send_to_many(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await at_list(anna, LIST)
        await anna.press("ctrl+s")
        await anna.picks("Ordination")
        await anna.type("Alvedon")
        await anna.press("ctrl+s")
        await anna.sees("Skicka till 3 invånare?")
        await anna.press("enter")
        await anna.sees("Fyll i", "Alvedon", gone="Skicka till 3")
        await anna.press("ctrl+s")
        await anna.sees("Skicka till 3 invånare?")
        await anna.press("escape")
        await anna.sees("Fyll i", "Alvedon", gone="Skicka till 3")
        await anna.press("escape", "escape", "escape", "escape")
        await anna.sees("Mina ärenden", "1 påbörjat", gone="Lars Karlsson")


async def test_what_is_missing_is_told_before_the_question(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await at_list(anna, LIST)
        await anna.press("ctrl+s")
        await anna.picks("Ordination")
        await anna.press("ctrl+s")
        await anna.sees("✗ Skriv här innan du skickar", gone="Skicka till 3")


async def test_each_fault_is_told_by_its_line_and_the_list_stays(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await at_list(anna, f"{TOLVAN}\n{PROTECTED}, {NOBODYS}\n19690909-2395\n{UNREACHABLE}\nKarl")
        await anna.press("ctrl+s")
        screen = await anna.sees(
            f"✗ Rad 2, {PROTECTED}: Invånaren har skyddade personuppgifter",
            f"✗ Rad 2, {NOBODYS}: Ingen invånare har det här numret",
            "✗ Rad 3, 19690909-2395:",
            f"✗ Rad 4, {UNREACHABLE}: Invånaren kan inte nås digitalt",
            "✗ Rad 5, Karl:",
            TOLVAN,
        )
        assert "› Mall" not in screen
        assert fits(screen, 80, 24)
        assert "Åsa" not in screen


async def test_a_mended_list_goes_on(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await at_list(anna, f"{TOLVAN}\n19690909-2395\n")
        await anna.press("ctrl+s")
        await anna.sees("✗ Rad 2")
        await anna.press("end", "backspace")
        await anna.type("4")
        await anna.press("ctrl+s")
        await anna.sees("› Mall", "2 invånare")


async def test_who_cannot_be_sent_to_is_taken_out_and_stays_in_view(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await at_list(anna, f"{TOLVAN}\n{UNREACHABLE}\n{LARS}\n{NOBODYS}\n")
        await anna.press("f8")
        await anna.sees("Hämta först")
        await anna.press("ctrl+s")
        await anna.sees("✗ Rad 2")
        await anna.press("f8")
        await anna.sees("Borttagna ur listan:", UNREACHABLE, NOBODYS, "2 invånare", gone="✗")
        await anna.press("ctrl+s")
        await anna.sees("› Mall", "2 invånare")


async def test_a_number_that_stands_twice_gets_one_case(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await at_list(anna, f"{TOLVAN}\n{LARS}\n19121212-1212\n")
        await anna.sees("2 invånare · 1 nummer står två gånger")
        await anna.press("ctrl+s")
        await anna.sees("› Mall", "2 invånare")


async def test_an_empty_list_and_a_single_number_are_told(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await at_list(anna)
        await anna.press("ctrl+s")
        await anna.sees("✗ Skriv invånarnas nummer")
        await anna.terminal.paste(TOLVAN)
        await anna.press("ctrl+s")
        await anna.sees("✗ Skriv numren till minst två invånare")


async def test_going_back_loses_neither_the_list_nor_the_text(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await at_list(anna, f"{TOLVAN}\nfel\n{LARS}")
        await anna.press("escape")
        await anna.sees("Invånarens personnummer", gone="Flera invånare")
        await anna.press("f9")
        await anna.sees("› Flera invånare", "fel", LARS)
        await anna.press("ctrl+s")
        await anna.sees("✗ Rad 2, fel")
        await anna.press("f8")
        await anna.sees("Borttagna")
        await anna.press("ctrl+s")
        await anna.picks("Ordination")
        await anna.type("Alvedon 500 mg")

        await anna.press("escape")
        await anna.sees("› Mall")
        await anna.press("escape")
        await anna.sees("› Flera invånare", LARS)
        await anna.terminal.paste(KARL)
        await anna.sees("3 invånare")
        await anna.press("ctrl+s")
        await anna.sees("Fyll i", "3 invånare", "Alvedon 500 mg")


async def test_an_unfinished_case_to_many_is_offered_again(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await at_list(anna, LIST)
        await anna.press("ctrl+s")
        await anna.picks("Ordination")
        await anna.type("Alvedon 500 mg")
        await anna.press("ctrl+q")
        await anna.has_left()
    async with at_terminal() as anna:
        await at_fetch(anna)
        await anna.sees("Påbörjade ärenden", "3 invånare", "Ordination")
        await anna.press("down", "enter")
        await anna.sees("Fyll i", "3 invånare", "Alvedon 500 mg", "påbörjade ärende")
        await anna.press("escape", "escape")
        await anna.sees("› Flera invånare", LARS, KARL)
        await anna.press("escape")
        await anna.sees("Påbörjade ärenden")
        await anna.press("down", "f8")
        await anna.sees("Ärendet till 3 invånare (Ordination) tas bort")
        await anna.press("2")
        await anna.sees("Utkastet till 3 invånare är borttaget", gone="Påbörjade")


async def test_a_patient_who_became_protected_meanwhile_stops_the_sending(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await at_list(anna, LIST)
        await anna.press("ctrl+s")
        await anna.picks("Ordination")
        await anna.type("Alvedon 500 mg")
        async with at_terminal() as cilla:
            await cilla.signs_in_as("2", "Mina ärenden")
            await cilla.press("n")
            await cilla.sees("Invånarens personnummer")
            await cilla.type(LARS)
            await cilla.press("f6")
            await cilla.sees("Lars Karlsson")
            await cilla.press("tab", "space", "ctrl+s")
            await cilla.sees("Invånarens uppgifter är sparade")
        await anna.press("ctrl+s")
        await anna.sees(f"✗ {LARS}: Invånaren har skyddade personuppgifter", "Alvedon 500 mg")
        await anna.press("escape", "escape")
        await anna.sees("› Flera invånare", LARS)
        await anna.press("ctrl+s")
        await anna.sees(f"✗ {LARS}: Invånaren har skyddade personuppgifter")


async def test_a_double_ctrl_s_asks_once_and_sends_once(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await at_list(anna, LIST)
        await anna.press("ctrl+s")
        await anna.picks("Ordination")
        await anna.type("Alvedon 500 mg")
        await anna.terminal.burst("ctrl+s", "ctrl+s", "2")
        await anna.sees("3 ärenden är sparade och skickade")


async def test_the_patients_name_is_left_open_while_writing_to_many(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await at_list(anna, LIST)
        await anna.press("ctrl+s")
        await anna.picks("Påminnelse om provtagning")
        await anna.sees("3 invånare", gone="Tolvan Tolvansson")
