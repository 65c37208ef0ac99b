"""Process 1 of a sandbox pod: one long-lived channel for all commands, whatever becomes of the connection.

The driver reaches it through a socket in a private folder, over a small bridge that each connection starts. Whoever
connects first, before any foreign code has run, decides on the secret that later connections must show.
"""
import base64
import hmac
import json
import os
import signal
import socket
import sys
import time

import kernel
import plain
import usage
import view
from command import Command
from loop import Loop
from wire import Frames, Stream, render_frame

SOCKET = view.STAGE + "/socket"
POLL = 0.05
SIGN_OF_LIFE = 10.0
SILENCE = 60.0
# More than this on its way to the driver, and commands have to wait with their output.
CONGESTION = 8 << 20


class Supervisor:
    def __init__(self, settings):
        self.settings = settings
        self.loop = Loop()
        self.stream, self.frames = Stream(), Frames()
        self.connection = None
        self.newcomers = {}
        self.secret = None
        self.commands = {}
        self.files = None
        self.isolated = False
        self.kills = usage.MemoryKills()
        self.owner = (os.getuid(), os.getgid())
        self.heard = self.last_sign = time.monotonic()
        self.congested = False
        self.looked = 0.0
        self.image = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("KUBERNETES_") and name not in ("HOME", "HOSTNAME")
        }

    def run(self):
        kernel.hide_from_equals()
        reader, writer = os.pipe()
        for each in (reader, writer):
            os.set_blocking(each, False)
        signal.set_wakeup_fd(writer)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
        self.loop.watch(reader, lambda: os.read(reader, 4096))
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(SOCKET)
        listener.listen(4)
        listener.setblocking(False)
        self.loop.watch(listener.fileno(), lambda: self.accept(listener))
        while True:
            self.loop.run_once(POLL if self.commands else 1.0)
            now = time.monotonic()
            self.reap()
            due = now - self.looked >= POLL
            if due:
                self.looked = now
            for command in list(self.commands.values()):
                if due:
                    command.look(now)
                self.finish(command, now)
            self.flow()
            self.keep_alive(now)
            self.flush()

    # Connections

    def accept(self, listener):
        connection, _ = listener.accept()
        connection.setblocking(False)
        self.newcomers[connection.fileno()] = (connection, bytearray())
        self.loop.watch(connection.fileno(), lambda: self.greet(connection.fileno()))

    def greet(self, number):
        connection, line = self.newcomers[number]
        data = connection.recv(1 << 16)
        line += data
        if data and b"\n" not in line and len(line) < 4096:
            return
        del self.newcomers[number]
        self.loop.forget(number)
        try:
            hello = json.loads(bytes(line.partition(b"\n")[0]).decode())
            self.secret = self.secret or hello["secret"]
            if not hmac.compare_digest(self.secret, hello["secret"]):
                raise ValueError("wrong secret")
            self.drop()
            self.stream.connect(hello["received"])
        except (ValueError, KeyError, TypeError):
            connection.close()
            return
        self.connection = connection
        self.heard = time.monotonic()
        self.loop.watch(number, self.receive)

    def receive(self):
        try:
            data = self.connection.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.drop()
            return
        self.heard = time.monotonic()
        for header, payload in self.frames.take(self.stream.take(data)):
            self.handle(header, payload)

    def drop(self):
        if self.connection is not None:
            self.loop.forget(self.connection.fileno())
            self.connection.close()
            self.connection = None

    def flush(self):
        while self.connection is not None and self.stream.outgoing:
            chunk = self.stream.outgoing.popleft()
            try:
                count = self.connection.send(chunk)
            except BlockingIOError:
                count = 0
            except OSError:
                self.drop()
                return
            if count < len(chunk):
                self.stream.outgoing.appendleft(chunk[count:])
                self.loop.want_room(self.connection.fileno(), True)
                return
        if self.connection is not None:
            self.loop.want_room(self.connection.fileno(), False)

    def keep_alive(self, now):
        if now - self.last_sign > SIGN_OF_LIFE and self.connection is not None:
            self.last_sign = now
            self.stream.tell()
        if now - self.heard > SILENCE:
            self.drop()
        if now - self.heard > self.settings["orphanedSeconds"]:
            os._exit(0)

    def flow(self):
        """Holds back output while too much is under way."""
        congested = self.stream.kept > CONGESTION
        if congested == self.congested:
            return
        self.congested = congested
        for command in self.commands.values():
            for descriptor in command.outputs.values():
                if congested:
                    self.loop.pause(descriptor)
                else:
                    self.loop.resume(descriptor)

    def send(self, header, payload=b""):
        self.stream.send(render_frame(header, payload))

    # Requests

    def handle(self, header, payload):
        operation = header["op"]
        if operation == "input":
            self.tell_command(header, lambda command: command.feed(payload))
        elif operation == "input-end":
            self.tell_command(header, lambda command: command.end_input())
        elif operation == "credit":
            self.tell_command(header, lambda command: command.credit(header["bytes"]))
        elif operation == "stop":
            self.tell_command(header, lambda command: command.stop(header["outcome"]))
        else:
            try:
                answer = getattr(self, "do_" + operation)(header)
            except Exception as error:
                answer = {"op": "failed", "kind": type(error).__name__, "message": str(error)}
            if answer is not None:
                self.send(dict(answer, id=header["id"]))

    def tell_command(self, header, call):
        command = self.commands.get(header["id"])
        if command is not None:
            call(command)

    def do_open(self, header):
        power = os.getuid() == 0 and view.is_possible()
        if power:
            self.owner = tuple(header["owner"])
            self.files = view.View(
                header["base"], header["direct"], header["diskBytes"], header["network"], self.owner
            )
        else:
            self.files = plain.Plain(header["base"], header["direct"])
        self.isolated = power
        return {
            "op": "done",
            "isolated": power,
            "owner": self.owner,
            "env": self.image,
            "folder": self.files.unpack_folder(),
        }

    def do_seal(self, header):
        self.files.seal()
        return {"op": "done"}

    def do_restore(self, header):
        self.files.restore(header["snapshot"])
        return {"op": "done"}

    def do_snapshot(self, header):
        return {"op": "done", "snapshot": self.files.snapshot()}

    def do_start(self, header):
        isolated = self.isolated and not header["trusted"]
        owner = (os.getuid(), os.getgid()) if header["trusted"] else self.owner
        self.commands[header["id"]] = Command(
            header, self.loop, self.send, isolated, owner, self.kills
        )
        if self.congested:
            self.congested = False  # So that the newcomer is held back as well.

    # Commands

    def reap(self):
        while True:
            try:
                pid, status, used = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for command in self.commands.values():
                if command.pid == pid and command.reaped is None:
                    command.end(status, used)
                    if status != 0 and not command.isolated:
                        self.end_strays()

    def end_strays(self):
        """What a keeper that was killed has left: its orphans are ours now."""
        keepers = {command.pid for command in self.commands.values() if command.reaped is None}
        for _ in range(100):
            strays = [pid for pid in usage.children(os.getpid()) if pid not in keepers]
            strays += [pid for each in strays for pid in usage.below(each)]
            for pid in strays:
                try:
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, os.WNOHANG)
                except OSError:
                    pass  # Gone already, or not our own child.
            if not strays:
                return

    def finish(self, command, now):
        if not command.finished(now):
            return
        command.close()
        del self.commands[command.id]
        self.send(dict(command.result(), op="ended", id=command.id))


def main():
    Supervisor(json.loads(base64.b64decode(sys.argv[1]).decode())).run()
