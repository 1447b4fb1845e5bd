"""The language servers that are asked, as an editor would start them."""

import shutil
import sys
from pathlib import Path
from typing import Final

from .lsp import LanguageServer

SERVERS: Final = {
    "pyright": "pyright-langserver --stdio",
    "basedpyright": "basedpyright-langserver --stdio",
    "pyrefly": "pyrefly lsp",
    "ty": "ty server",
    "zuban": "zuban server",
}

DECLARATIONS: Final = (Path(__file__).parent / "shop.py").read_text(encoding="utf-8")
"""What stands above the line that is being written."""


class MissingServerError(Exception):
    """A server is not installed beside this Python."""


def start(name: str, folder: Path) -> LanguageServer:
    """Start a server for a workspace. Its programs are looked for beside this Python and nowhere else."""
    program, *arguments = SERVERS[name].split()
    found = shutil.which(program, path=str(Path(sys.executable).parent))
    if found is None:
        raise MissingServerError(f"{program} is not installed beside {sys.executable}")
    return LanguageServer([found, *arguments], folder)
