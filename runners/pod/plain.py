"""Puts the base back file by file; for pods without the power to mount, whose only wall is the pod itself.

The baseline is an archive without a name, which no command can reach. What a command changed is told by the kernel's
change time, which programs cannot set.
"""
import os
import stat
import subprocess
import tarfile
import tempfile

STAGE = "/swemint"
PRIVATE_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")


class Plain:
    """The same verbs as `View`, over the real folder."""

    def __init__(self, base, direct):
        self.base, self.direct = base, direct
        self.archives = {}
        self.present = None
        self.mounted = mount_points()

    def unpack_folder(self):
        return self.base

    def seal(self):
        if not self.direct:
            self.archives[None] = self.present = Archive(self.base)

    def snapshot(self):
        if self.direct:
            raise LookupError("direct")
        name = str(len(self.archives))
        self.archives[name] = self.present = Archive(self.base)
        return name

    def restore(self, snapshot):
        if self.direct:
            raise LookupError("direct")
        if snapshot not in self.archives:
            raise LookupError("snapshot")
        archive = self.archives[snapshot]
        if archive is not self.present:
            empty(self.base, self.mounted)
        archive.put_back()
        self.present = archive
        for folder in PRIVATE_FOLDERS:
            empty(folder, self.mounted)


class Archive:
    """A state of the folder: contents in a file without a name, and what each file looked like then."""

    def __init__(self, folder):
        self.folder = folder
        self.file = tempfile.TemporaryFile(dir=STAGE)
        pack(folder, self.file)
        self.file.seek(0)
        self.tar = tarfile.open(fileobj=self.file, mode="r:")
        members = [(os.path.normpath(member.name), member) for member in self.tar.getmembers()]
        self.members = {name: member for name, member in members if name != "."}
        self.seen = {name: look(os.path.join(folder, name)) for name in self.members}

    def put_back(self):
        self.clear("")
        restored = []
        for name, member in self.members.items():
            path = os.path.join(self.folder, name)
            now = look(path)
            if now == self.seen[name]:
                continue
            if member.isdir():
                if now is None:
                    os.mkdir(path)
                os.chmod(path, stat.S_IMODE(member.mode))
            else:
                self.write(member, path)
            restored.append(name)
        # Only now: a hard link made later changes its target's time.
        for name in restored:
            self.seen[name] = look(os.path.join(self.folder, name))

    def clear(self, name):
        """Removes what the archive does not hold, or holds as something else."""
        folder = os.path.join(self.folder, name)
        own = os.lstat(folder)
        if own.st_uid == os.getuid():
            os.chmod(folder, 0o700)
        for entry in os.listdir(folder):
            inner = os.path.join(name, entry)
            member = self.members.get(inner)
            path = os.path.join(self.folder, inner)
            is_folder = stat.S_ISDIR(os.lstat(path).st_mode)
            if member is not None and member.isdir() and is_folder:
                self.clear(inner)
            elif member is None or look(path) != self.seen[inner]:
                remove(path)
        if own.st_uid == os.getuid():
            mode = self.members[name].mode if name else own.st_mode
            os.chmod(folder, stat.S_IMODE(mode))

    def write(self, member, path):
        if member.issym():
            os.symlink(member.linkname, path)
            return
        if member.islnk():
            os.link(os.path.join(self.folder, member.linkname), path)
            return
        source = self.tar.extractfile(member)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as target:
            while True:
                part = source.read(1 << 20)
                if not part:
                    break
                target.write(part)
        os.chmod(path, stat.S_IMODE(member.mode))
        os.utime(path, (member.mtime, member.mtime))


def pack(folder, file):
    """By the image's own tar where it is GNU's: many times faster than Python's."""
    number = file.fileno()
    words = ["tar", "-c", "--format=gnu", "-f", "/proc/self/fd/%d" % number, "-C", folder, "."]
    try:
        version = subprocess.run(["tar", "--version"], stdout=subprocess.PIPE, check=True)
        if b"GNU" in version.stdout:
            # 1 tells of files that changed meanwhile, which is for whoever changes them to know.
            if subprocess.run(words, pass_fds=[number]).returncode <= 1:
                return
    except (OSError, subprocess.SubprocessError):
        pass  # None there.
    file.seek(0)
    file.truncate()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as tar:
        tar.add(folder, ".")


def look(path):
    """What tells whether a file is still the same; None when it is not there."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    if stat.S_ISDIR(found.st_mode):
        return (found.st_mode,)
    return (found.st_mode, found.st_size, found.st_ino, found.st_ctime_ns)


def mount_points():
    with open("/proc/self/mountinfo") as file:
        return {line.split()[4].encode().decode("unicode_escape") for line in file}


def empty(folder, mounted):
    """Removes everything in a folder but the way to what is mounted below it."""
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        path = os.path.join(folder, name)
        if path in mounted:
            continue
        if any(each.startswith(path + "/") for each in mounted):
            empty(path, mounted)
        else:
            remove(path)


def remove(path):
    """Of a folder, whatever its depth: what is below moves up to where its name is short."""
    if not stat.S_ISDIR(os.lstat(path).st_mode):
        os.unlink(path)
        return
    trash = tempfile.mkdtemp(dir=os.path.dirname(path), prefix=".swemint-trash-")
    serial = 0
    pending = [path]
    while pending:
        folder = pending.pop()
        os.chmod(folder, 0o700)
        for entry in list(os.scandir(folder)):
            if entry.is_dir(follow_symlinks=False):
                serial += 1
                place = "%s/%d" % (trash, serial)
                os.chmod(entry.path, 0o700)
                os.rename(entry.path, place)
                pending.append(place)
            else:
                os.unlink(entry.path)
        os.rmdir(folder)
    os.rmdir(trash)
