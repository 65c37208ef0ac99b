"""Starts one command: behind namespaces of its own where there is the power, else below a process that keeps its orphans.

The supervisor forks a keeper. With power, the keeper enters new namespaces and forks their process 1, which prepares
what the command sees and runs it; when process 1 ends, the kernel ends everything that the command left. Without,
the keeper adopts every orphan and ends them itself. How the command ended goes over a pipe that it never sees.
"""
import errno
import json
import os
import resource
import signal

import kernel
import usage
import view

MISSING, NOT_EXECUTABLE = 127, 126
# Processes that other pods may run as the same user on the node.
OTHERS = 4096


def start(plan, streams, report, isolated, owner):
    """Returns the keeper's pid. `streams` are the command's three descriptors, `report` the pipe's writing end."""
    pid = os.fork()
    if pid != 0:
        return pid
    try:
        signal.set_wakeup_fd(-1)
        signal.pthread_sigmask(signal.SIG_SETMASK, set())
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        close_others({*streams, report})
        keep = isolated_keeper if isolated else adopting_keeper
        ending = keep(plan, streams, report, owner)
        if ending is not None:
            os.write(report, json.dumps(ending).encode())
    except BaseException as error:
        os.write(report, json.dumps({"broken": str(error)}).encode())
    finally:
        os._exit(0)


def isolated_keeper(plan, streams, report, owner):
    kernel.unshare(kernel.NEWNS | kernel.NEWPID | kernel.NEWIPC)
    pid = os.fork()
    if pid == 0:
        try:
            kernel.die_with_parent()
            ending = process_one(plan, streams, report, owner)
        except BaseException as error:
            ending = {"broken": str(error)}
        os.write(report, json.dumps(ending).encode())
        os._exit(0)
    os.write(report, b"%d\n" % pid)
    close_all(streams)
    os.waitpid(pid, 0)
    return None


def process_one(plan, streams, report, owner):
    view.show_to_command()
    ready, go = os.pipe(), os.pipe()
    failed = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            counted = enter_user_namespace()
            os.write(ready[1], b"1" if counted else b"0")
            os.read(go[0], 1)
            # While there is still the power to give powers up.
            kernel.gain_nothing()
            os.setgroups([])
            os.setresgid(owner[1], owner[1], owner[1])
            os.setresuid(owner[0], owner[0], owner[0])
            limit_command(plan, counted)
            become(plan, streams, failed[1])
        finally:
            os._exit(125)
    if os.read(ready[0], 1) == b"1":
        # A user namespace of its own, in which it is the same ordinary user: the kernel counts processes by it.
        for name, number in (("uid", owner[0]), ("gid", owner[1])):
            with open("/proc/%d/%s_map" % (pid, name), "w") as file:
                file.write("%d %d 1" % (number, number))
    view.freeze_processes()
    os.write(go[1], b"1")
    for each in (*ready, *go):
        os.close(each)
    return await_command(pid, streams, failed)


def adopting_keeper(plan, streams, report, owner):
    kernel.adopt_orphans()
    failed = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            limit_command(plan, False)
            if not plan["trusted"]:
                kernel.gain_nothing()
            become(plan, streams, failed[1])
        finally:
            os._exit(125)
    os.write(report, b"0\n")
    ending = await_command(pid, streams, failed)
    end_below(os.getpid())
    return ending


def end_below(pid):
    """Ends everything below, however fast it forks: each round also finds what the last one orphaned."""
    while True:
        found = usage.below(pid)
        for each in found:
            try:
                os.kill(each, signal.SIGKILL)
            except OSError:
                pass  # Gone already.
        try:
            while os.waitpid(-1, os.WNOHANG)[0] != 0:
                pass
        except ChildProcessError:
            return


def await_command(pid, streams, failed):
    close_all(streams)
    os.close(failed[1])
    failure = b""
    while True:
        part = os.read(failed[0], 4096)
        if not part:
            break
        failure += part
    os.close(failed[0])
    while True:
        ended, status = os.waitpid(-1, 0)
        if ended == pid:
            break
    if failure:
        return json.loads(failure.decode())
    if os.WIFSIGNALED(status):
        return {"signal": os.WTERMSIG(status)}
    return {"code": os.WEXITSTATUS(status)}


def enter_user_namespace():
    """Some machines forbid it."""
    try:
        kernel.unshare(kernel.NEWUSER)
        return True
    except OSError:
        return False


def limit_command(plan, counted):
    """`counted`: the kernel counts this command's processes alone, not all that the user has on the node."""
    bounds = [(resource.RLIMIT_CORE, 0)]
    if plan["processes"] is not None:
        bounds.append((resource.RLIMIT_NPROC, plan["processes"] + (0 if counted else OTHERS)))
    if plan["diskBytes"] is not None:
        bounds.append((resource.RLIMIT_FSIZE, plan["diskBytes"]))
    for kind, bound in bounds:
        _, hard = resource.getrlimit(kind)
        bound = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        resource.setrlimit(kind, (bound, bound))


def become(plan, streams, failed):
    """Turns this process into the command; what prevents it goes to `failed`, which the command never sees."""
    os.setsid()
    for number in range(1, signal.NSIG):
        try:
            signal.signal(number, signal.SIG_DFL)
        except (OSError, ValueError):
            pass  # Not ours to set.
    for target, each in enumerate(streams):
        os.dup2(each, target)
    try:
        os.chdir(plan["cwd"])
    except OSError:
        os.write(failed, json.dumps({"failure": "no-folder"}).encode())
        return
    argv, env = plan["argv"], plan["env"]
    try:
        os.execvpe(argv[0], argv, env)
    except OSError as error:
        if error.errno == errno.ENOEXEC:
            os.execvpe("/bin/sh", ["/bin/sh", *argv], env)
        if error.errno == errno.E2BIG:
            os.write(failed, json.dumps({"failure": "too-long"}).encode())
            return
        missing = error.errno in (errno.ENOENT, errno.ENOTDIR)
        os.write(2, ("%s: %s\n" % (argv[0], os.strerror(error.errno))).encode())
        os.write(failed, json.dumps({"code": MISSING if missing else NOT_EXECUTABLE}).encode())
    except ValueError:
        os.write(failed, json.dumps({"failure": "bad-words"}).encode())


def close_others(kept):
    """The channel is not theirs, and a pipe ends only when nobody else holds its other end."""
    for number in [int(name) for name in os.listdir("/proc/self/fd")]:
        if number > 2 and number not in kept:
            try:
                os.close(number)
            except OSError:
                pass  # It was the listing's own.


def close_all(streams):
    for each in set(streams):
        os.close(each)
