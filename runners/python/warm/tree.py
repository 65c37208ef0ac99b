# Sees what tests leave in the repository's folder, where the next candidate would find it.
import os
import shutil

# Version control refreshes its own files whenever somebody looks; caches of compiled code answer for themselves.
SKIPPED = frozenset((".git", "__pycache__"))


class Tree:
    """The state of a folder at one moment."""

    def __init__(self, root):
        self.root = root
        self._then = self._look()

    def tidy(self):
        """Removes what has been added since; returns a path that was changed or is gone, or None."""
        now = self._look()
        if now == self._then:
            return None
        then = self._then
        for path in now:
            if path not in then:
                self._remove(path)
        now = self._look()
        for path, state in then.items():
            if now.get(path) != state:
                return path
        return None if len(now) == len(then) else "a file that cannot be removed"

    def _look(self):
        """{path: what changes when it does}; folders count for what is in them."""
        found, folders = {}, [self.root]
        while folders:
            folder = folders.pop()
            try:
                entries = os.scandir(folder)
            except OSError:
                continue
            with entries:
                for entry in entries:
                    if entry.name in SKIPPED:
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        found[entry.path] = None
                        folders.append(entry.path)
                        continue
                    try:
                        status = entry.stat(follow_symlinks=False)
                    except FileNotFoundError:
                        continue
                    found[entry.path] = (status.st_mtime_ns, status.st_size, status.st_mode)
        return found

    def _remove(self, path):
        try:
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path)
            else:
                os.unlink(path)
        except FileNotFoundError:
            return
        except OSError:
            # Seen again by the second look.
            return
