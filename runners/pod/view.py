"""Shows the base under private layers, in namespaces of the supervisor's own; for pods that have the power to mount.

Everything is as in the local sandbox: an overlay on memory over the base, empty private temporary folders, a root
that cannot be written, devices without the machine's, and no way to what the supervisor keeps.
"""
import os
import stat

import kernel

STAGE = "/swemint"
LOWER = STAGE + "/lower"
PRIVATE_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
SAFE = kernel.NOSUID | kernel.NODEV


class View:
    """The sandbox's files. `restore` and `snapshot` change what commands started afterwards see."""

    def __init__(self, base, direct, disk_bytes, network, owner):
        self.base, self.direct, self.disk_bytes, self.owner = base, direct, disk_bytes, owner
        self.serial = 0
        self.lower = [LOWER]
        self.upper = None
        self.frozen = {}
        self.shown = False
        kernel.unshare(kernel.NEWNS | kernel.NEWUTS | (0 if network else kernel.NEWNET))
        kernel.mount("none", "/", None, kernel.REC | kernel.PRIVATE)
        if not network:
            kernel.raise_loopback()
        os.makedirs(LOWER, exist_ok=True)
        os.chown(LOWER, *owner)
        os.makedirs(base, exist_ok=True)
        for folder in PRIVATE_FOLDERS:
            os.makedirs(folder, exist_ok=True)
        self.make_devices()
        self.close_the_rest()

    def unpack_folder(self):
        return LOWER

    def seal(self):
        """The base is complete."""
        self.restore(None)

    def restore(self, snapshot):
        if self.direct and self.shown:
            raise LookupError("direct")
        if snapshot is not None and snapshot not in self.frozen:
            raise LookupError("snapshot")
        self.hide()
        self.drop_layer(self.upper)
        self.show_temporary()
        if self.direct:
            os.makedirs(self.base, exist_ok=True)
            kernel.mount(LOWER, self.base, None, kernel.BIND)
        else:
            self.show_layers([LOWER] if snapshot is None else self.frozen[snapshot])
        self.shown = True

    def snapshot(self):
        if self.direct:
            raise LookupError("direct")
        name = str(self.serial)
        self.frozen[name] = [self.upper + "/upper", *self.lower]
        self.upper = None
        kernel.unmount(self.base)
        self.show_layers(self.frozen[name])
        return name

    def show_layers(self, lower):
        self.serial += 1
        self.lower = lower
        self.upper = "%s/layers/%d" % (STAGE, self.serial)
        os.makedirs(self.upper)
        kernel.mount("sandbox", self.upper, "tmpfs", SAFE, sized(self.disk_bytes, 0o755))
        for name in ("upper", "work"):
            os.mkdir(self.upper + "/" + name)
        like = os.stat(lower[0])
        os.chown(self.upper + "/upper", like.st_uid, like.st_gid)
        os.chmod(self.upper + "/upper", stat.S_IMODE(like.st_mode))
        options = "lowerdir=%s,upperdir=%s/upper,workdir=%s/work" % (
            ":".join(lower),
            self.upper,
            self.upper,
        )
        os.makedirs(self.base, exist_ok=True)
        kernel.mount("sandbox", self.base, "overlay", SAFE, options)

    def show_temporary(self):
        for folder in PRIVATE_FOLDERS:
            kernel.mount("sandbox", folder, "tmpfs", SAFE, sized(self.disk_bytes, 0o1777))

    def hide(self):
        """Lazily: programs that still run keep what they had."""
        if not self.shown:
            return
        kernel.unmount(self.base)
        for folder in PRIVATE_FOLDERS:
            kernel.unmount(folder)

    def drop_layer(self, layer):
        if layer is None:
            return
        kernel.unmount(layer)
        os.rmdir(layer)

    def make_devices(self):
        folder = STAGE + "/dev"
        os.makedirs(folder, exist_ok=True)
        kernel.mount("sandbox", folder, "tmpfs", kernel.NOSUID, "mode=755,size=64k")
        for name in ("pts", "shm"):
            os.mkdir("%s/%s" % (folder, name))
        links = {"fd": "/proc/self/fd", "ptmx": "pts/ptmx"}
        links.update({name: "/proc/self/fd/%d" % n for n, name in enumerate(("stdin", "stdout", "stderr"))})
        for name, target in links.items():
            os.symlink(target, "%s/%s" % (folder, name))
        for name in DEVICES:
            if os.path.exists("/dev/" + name):
                os.close(os.open("%s/%s" % (folder, name), os.O_CREAT, 0o600))
                kernel.mount("/dev/" + name, "%s/%s" % (folder, name), None, kernel.BIND)
        kernel.mount(
            "sandbox",
            folder + "/pts",
            "devpts",
            kernel.NOSUID | kernel.NOEXEC,
            "newinstance,ptmxmode=0666,mode=620",
        )
        kernel.mount("none", folder, None, kernel.REMOUNT | kernel.BIND | kernel.RDONLY | kernel.NOSUID)
        kernel.mount(folder, "/dev", None, kernel.BIND | kernel.REC)

    def close_the_rest(self):
        if os.path.isdir("/sys/fs/cgroup"):
            kernel.mount("sandbox", "/sys/fs/cgroup", "tmpfs", kernel.RDONLY | SAFE, "size=4k,mode=755")
        ours = (STAGE, "/proc", "/dev", "/sys/fs/cgroup")
        with open("/proc/self/mountinfo") as file:
            targets = {line.split()[4].encode().decode("unicode_escape") for line in file}
        for target in sorted(targets):
            if not any(target == each or target.startswith(each + "/") for each in ours):
                flags = kernel.REMOUNT | kernel.BIND | kernel.RDONLY | kernel.NODEV
                kernel.mount("none", target, None, flags | (0 if target == "/" else kernel.NOSUID))


def sized(bytes_, mode):
    """Empty files take memory too, though none of the size."""
    return "mode=%o,size=%d,nr_inodes=%d" % (mode, bytes_, max(1024, bytes_ // 4096))


def show_to_command():
    """In a command's own namespaces, still with power: only its own processes, nothing of the supervisor."""
    kernel.mount("sandbox", "/proc", "proc", SAFE | kernel.NOEXEC)
    kernel.mount("sandbox", STAGE, "tmpfs", kernel.RDONLY | SAFE, "size=4k,nr_inodes=1,mode=555")


def freeze_processes():
    """Once nothing has to be written there any more: a namespace nested in the command can then show none that it can write."""
    flags = kernel.REMOUNT | kernel.RDONLY | SAFE | kernel.NOEXEC
    kernel.mount("sandbox", "/proc", "proc", flags)


def is_possible():
    """Tries, in a child, what a view needs."""
    pid = os.fork()
    if pid == 0:
        try:
            kernel.unshare(kernel.NEWNS | kernel.NEWPID | kernel.NEWIPC | kernel.NEWUTS | kernel.NEWNET)
            kernel.mount("none", "/", None, kernel.REC | kernel.PRIVATE)
            kernel.mount("sandbox", STAGE, "tmpfs", SAFE, "size=1m")
            for name in ("lower", "upper", "work", "shown"):
                os.mkdir("%s/%s" % (STAGE, name))
            kernel.mount(
                "sandbox",
                STAGE + "/shown",
                "overlay",
                0,
                "lowerdir={0}/lower,upperdir={0}/upper,workdir={0}/work".format(STAGE),
            )
            os._exit(0)
        except OSError:
            os._exit(1)
    return os.waitpid(pid, 0)[1] == 0
