"""The command line speaks one language at a time, in what argparse says by itself too."""

from __future__ import annotations

import argparse

import pytest

from tui import argparse_words, cli


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit):
        cli.main(arguments)
    captured = capsys.readouterr()
    return captured.out + captured.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("staff", "add", "--help"),
        ("patients", "import", "--help"),
        ("staff",),
        ("--lang", "fi"),
        ("--create=3",),
        ("--database",),
        ("fly",),
        ("demo", "now"),
        ("staff", "add", "eva", "--role", "nurse"),
    ],
)
def test_nothing_is_said_in_english_in_swedish(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    text = said(capsys, *arguments)
    assert text.startswith("användning: ")
    for english in (
        "usage",
        "options:",
        "show this",
        "positional",
        "arguments",
        "error",
        "invalid",
        "expected",
    ):
        assert english not in text


def test_english_is_argparses_own(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "--lang", "en", "--help")
    assert text.startswith("usage: ")
    assert "show this help message and exit" in text


def test_roles_are_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(said(capsys, "staff", "add", "--help").split())
    assert "care_provider (vårdgivare)" in text
    assert "log_auditor (granskare)" in text


def test_argparse_is_left_as_it_was() -> None:
    before = dict(vars(argparse))
    with argparse_words.translated():
        assert vars(argparse)["_"] is not before["_"]
    assert vars(argparse) == before
