# Puts a candidate's files into the tree for the time of its tests, and puts the originals back.
import os


class Overlay:
    """
    Changed files on disk. Each write gets a modification time that was never used for the file, because
    Python trusts a cached compilation when time and size agree.
    """

    def __init__(self, root):
        self.root = root
        self._times = {}

    def write(self, files):
        """Writes the files; returns what `restore` needs."""
        saved = []
        for file in files:
            path = os.path.join(self.root, file["path"])
            try:
                status = os.stat(path)
                with open(path, "rb") as original:
                    saved.append((path, original.read(), status.st_atime_ns, status.st_mtime_ns))
            except FileNotFoundError:
                saved.append((path, None, 0, 0))
                os.makedirs(os.path.dirname(path), exist_ok=True)
            if file["content"] is None:
                os.unlink(path)
                continue
            data = file["content"].encode("utf-8", "surrogateescape")
            with open(path, "wb") as changed:
                changed.write(data)
            last = saved[-1][3] or os.stat(path).st_mtime_ns
            seconds = self._times.get(path, last // 10**9) + 2
            self._times[path] = seconds
            os.utime(path, ns=(seconds * 10**9, seconds * 10**9))
        return saved

    def restore(self, saved):
        for path, content, access, modified in saved:
            if content is None:
                if os.path.exists(path):
                    os.unlink(path)
                continue
            with open(path, "wb") as original:
                original.write(content)
            os.utime(path, ns=(access, modified))
