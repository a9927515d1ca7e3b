"""Messages as .eml files, where no mail server is set: any mail program opens them."""

import os
from pathlib import Path


def keep(folder: Path, name: str, content: bytes) -> Path:
    """Write one message whole or not at all, for its owner's eyes only; a repeat replaces it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / f"{name}.eml"
    made = folder / f".{name}.{os.getpid()}"
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    made.replace(target)
    return target
