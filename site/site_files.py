"""Writing files where there may be no folder yet."""


def place(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def write_files(folder, files):
    """Write files into a folder: {path in it: bytes}."""
    for name, data in files.items():
        place(folder / name).write_bytes(data)
