"""Files that are the same, byte for byte, whenever and wherever they are made."""

import io
import os
import zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip cannot tell an earlier date


def write(path, data):
    """Write a file whole or not at all, and say nothing to its neighbours."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    draft.write_bytes(data)
    os.replace(draft, path)


def zipped(folder, name):
    """Return the bytes of a zip that holds a folder's files, sorted, as one folder of this name.

    What is hidden, or in a hidden folder, stays out: Sphinx notes in a hidden file where it ran.

    Raises
    ------
    FileNotFoundError
        If the folder is not there: the message names it.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is missing: `make site` builds the pages")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            place = path.relative_to(folder)
            if any(part.startswith(".") for part in place.parts):
                continue
            inside = zipfile.ZipInfo(f"{name}/{place.as_posix()}", EPOCH)
            inside.compress_type = zipfile.ZIP_DEFLATED
            inside.create_system, inside.external_attr = 3, 0o644 << 16  # as on Unix, everywhere
            archive.writestr(inside, path.read_bytes())
    return buffer.getvalue()
