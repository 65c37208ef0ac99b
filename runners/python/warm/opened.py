# Hears of every Python source below a folder that any process opens, by the kernel's own account (inotify).
import ctypes
import os
import struct

IN_OPEN, IN_Q_OVERFLOW = 0x20, 0x4000
NONBLOCK_CLOEXEC = os.O_NONBLOCK | os.O_CLOEXEC
HEAD = struct.Struct("iIII")


class OpenedFiles:
    def __init__(self, descriptor, folders):
        self._descriptor, self._folders = descriptor, folders

    @classmethod
    def below(cls, root):
        """Listens from now on; None where the system has no such account or too many folders are watched."""
        try:
            library = ctypes.CDLL(None, use_errno=True)
            descriptor = library.inotify_init1(NONBLOCK_CLOEXEC)
        except (OSError, AttributeError):
            return None
        if descriptor < 0:
            return None
        folders = {}
        for folder, inner, files in os.walk(root):
            inner[:] = [name for name in inner if not name.startswith(".") and name not in ("node_modules", "__pycache__")]
            if any(name.endswith(".py") for name in files):
                watch = library.inotify_add_watch(descriptor, os.fsencode(folder), IN_OPEN)
                if watch < 0:
                    os.close(descriptor)
                    return None
                folders[watch] = folder
        return cls(descriptor, folders)

    def close(self):
        """Paths of the sources opened meanwhile; all of them when the kernel lost count."""
        try:
            return self._read()
        finally:
            os.close(self._descriptor)

    def _read(self):
        found = set()
        while True:
            try:
                data = os.read(self._descriptor, 1 << 16)
            except BlockingIOError:
                return found
            position = 0
            while position < len(data):
                watch, mask, _, length = HEAD.unpack_from(data, position)
                name = data[position + HEAD.size : position + HEAD.size + length].rstrip(b"\0")
                position += HEAD.size + length
                if mask & IN_Q_OVERFLOW:
                    return self._everything()
                if name.endswith(b".py") and watch in self._folders:
                    found.add(os.path.join(self._folders[watch], os.fsdecode(name)))

    def _everything(self):
        return {
            os.path.join(folder, name)
            for folder in self._folders.values()
            for name in os.listdir(folder)
            if name.endswith(".py")
        }
