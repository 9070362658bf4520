"""What a class handed in: the notebooks and lists of a folder, of its folders and its archives.

Everything is only read. An archive is read in memory and never unpacked onto the disk, so no name
in it can lead anywhere; and only as much as a limit allows, whatever it says of its own size.
"""

import os
import stat
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from lzma import LZMAError
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile

MEGABYTE = 10**6
FILE = 20 * MEGABYTE  # a lesson with its pictures has 2
ARCHIVE = 500 * MEGABYTE
UNPACKED = 1000 * MEGABYTE  # of all archives together
MEMBERS = 10_000
DEPTH = 2  # a platform's archive of the students' own
KINDS = (".ipynb", ".json")
UNPACKABLE = (BadZipFile, zlib.error, EOFError, LZMAError, OSError, RuntimeError, ValueError)


@dataclass(frozen=True)
class HandIn:
    """One file: the way to it from the folder, and what it holds, or why it is not looked at."""

    path: tuple
    data: bytes = field(default=b"", repr=False)
    refused: str = ""

    def __str__(self):
        return "/".join(self.path)


def found(source):
    """Yield each hand-in of a folder, or of one archive, in order of their names.

    Raises
    ------
    FileNotFoundError
        Nothing is there, or something else than a folder or an archive; the message names it.
    """
    if source.is_dir():
        yield from Reading().folder(source, ())
    elif source.is_file() and source.suffix.lower() == ".zip":
        yield from Reading().archive(source.read_bytes(), (source.name,))
    else:
        raise FileNotFoundError(f"FROM must be a folder or a zip archive of hand-ins: {source}")


class Reading:
    """One walk through all that was handed in, and how much it may still unpack."""

    def __init__(self):
        self.left = UNPACKED

    def folder(self, folder, above):
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            if not above:  # FROM itself
                raise
            yield HandIn(above, refused=f"it cannot be opened: {error.strerror}")
            return
        for entry in entries:
            path = (*above, entry.name)
            if hidden(path):
                continue
            if entry.is_symlink():
                yield HandIn(path, refused="it is a link, and links are not followed")
            elif entry.is_dir():
                yield from self.folder(entry.path, path)
            elif not entry.is_file():
                yield HandIn(path, refused="it is no ordinary file")
            else:
                yield from self.file(path, lambda limit, at=entry.path: read(at, limit))

    def file(self, path, read):
        """Yield a file, or what an archive holds; `read` takes a number of bytes."""
        name = path[-1].lower()
        limit = ARCHIVE if name.endswith(".zip") else FILE
        if not name.endswith((".zip", *KINDS)):
            yield HandIn(path, refused="it is neither a notebook nor a progress.json")
            return
        try:
            data = read(limit + 1)
        except UNPACKABLE as error:
            yield HandIn(path, refused=f"it cannot be read: {error}")
            return
        if len(data) > limit:
            yield HandIn(path, refused=f"it is larger than {limit // MEGABYTE} MB")
        elif name.endswith(".zip"):
            yield from self.archive(data, path)
        else:
            yield HandIn(path, data)

    def archive(self, data, path):
        """Yield what an archive holds."""
        if sum(part.lower().endswith(".zip") for part in path) > DEPTH:
            yield HandIn(path, refused="it is an archive in an archive in an archive")
            return
        try:
            members = (opened := ZipFile(BytesIO(data))).infolist()
        except UNPACKABLE as error:
            yield HandIn(path, refused=f"it is no zip archive that can be read: {error}")
            return
        if len(members) > MEMBERS:
            yield HandIn(path, refused=f"it holds more than {MEMBERS} files")
            return
        for member in sorted(members, key=lambda member: member.filename):
            parts = PurePosixPath(member.filename.replace("\\", "/")).parts
            if not member.is_dir() and not hidden(parts):
                yield from self.member(opened, member, parts, path)

    def member(self, archive, member, parts, above):
        """Yield what one member of an archive is."""
        path = (*above, *parts)
        if not parts or ".." in parts or parts[0] == "/" or ":" in parts[0]:
            yield HandIn(path, refused="its name leads out of its archive")
        elif stat.S_ISLNK(member.external_attr >> 16):
            yield HandIn(path, refused="it is a link, and links are not followed")
        else:
            yield from self.file(path, lambda limit: self.unpacked(archive, member, limit))

    def unpacked(self, archive, member, limit):
        with archive.open(member) as packed:
            data = packed.read(min(limit, self.left + 1))
        if len(data) > self.left:
            raise ValueError(f"all archives unpack to more than {UNPACKED // MEGABYTE} MB")
        self.left -= len(data)
        return data


def read(path, limit):
    with open(path, "rb") as file:
        return file.read(limit)


def hidden(path):
    """Decide whether a computer laid a file here, and no student."""
    return any(part.startswith(".") and part != ".." for part in path) or "__MACOSX" in path
