"""The few calls to the kernel that Python's library lacks."""
import ctypes
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT, BIND, REC, PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
DETACH = 2


def check(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, "%s: %s" % (what, os.strerror(number)))


def unshare(flags):
    check(libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source, target, kind=None, flags=0, data=None):
    def encode(word):
        return None if word is None else os.fsencode(word)

    result = libc.mount(
        encode(source), encode(target), encode(kind), ctypes.c_ulong(flags), encode(data)
    )
    check(result, "mount %s" % target)


def unmount(target):
    check(libc.umount2(os.fsencode(target), ctypes.c_int(DETACH)), "unmount %s" % target)


def prctl(option, value):
    number = ctypes.c_ulong
    check(libc.prctl(ctypes.c_int(option), number(value), number(0), number(0), number(0)), "prctl")


def die_with_parent():
    prctl(1, 9)


def hide_from_equals():
    """Nobody of the same user may look into this process or its children until they start a program."""
    prctl(4, 0)


def adopt_orphans():
    prctl(36, 1)


def gain_nothing():
    """No program started from here on holds a power or gains one."""
    for power in range(64):
        if libc.prctl(24, ctypes.c_ulong(power), 0, 0, 0) != 0:
            break
    prctl(38, 1)


def raise_loopback():
    """Brings up the loopback device of a fresh network namespace."""
    import fcntl
    import socket

    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 73))
