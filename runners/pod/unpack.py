"""Unpacks the archive on standard input into a folder, which itself stays as it is."""
import os
import sys
import tarfile

folder = sys.argv[1]
with tarfile.open(fileobj=sys.stdin.buffer, mode="r|gz") as archive:
    # It is our own archive of the host's folder: every link and mode is meant.
    archive.extraction_filter = lambda member, path: member
    folders = []
    for member in archive:
        if os.path.normpath(member.name) == ".":
            continue
        if member.isdir():
            folders.append((member.name, member.mode, member.mtime))
            member.mode |= 0o700
        archive.extract(member, folder, numeric_owner=True)
# Innermost first, and last: a folder without the right to write takes no files.
for name, mode, mtime in reversed(folders):
    path = os.path.join(folder, name)
    os.chmod(path, mode)
    os.utime(path, (mtime, mtime))
