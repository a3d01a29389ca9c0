import pytest
from tests.tui.stories import TOLVAN
@pytest.mark.parametrize("i", range(12))
async def test_n(at_terminal, i):
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.press("n")
        await anna.sees("Invånarens personnummer")
