"""Where screens read and write files."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_documents_path

from data.exchange.folder import Folder


def files_folder() -> Folder:
    """The folder that OMVANT_FILES names, else `Omvänt` among the person's documents."""
    chosen = os.environ.get("OMVANT_FILES")
    return Folder(Path(chosen) if chosen else user_documents_path() / "Omvänt")
