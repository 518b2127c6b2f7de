# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
"""What with-mariadb and with-postgres share: a server of one's own beside a command.

The server lives in a temporary folder and is an unprivileged user's (when root starts it:
nobody's). A second process of its own session starts the server and takes it down when the first
ends, however that ends; should it be killed itself, the kernel stops the server.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

SKIPPED = 77


class Failed(Exception):
    """What is told to whoever ran this."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One server and its folder. What one kind does by itself lies in a class below this one:
    start(), variables(), the signal that stops it at once, and whose variables it sets."""

    STOP = signal.SIGQUIT
    PREFIX = "?"

    def __init__(self, name):
        self.folder = tempfile.mkdtemp(prefix=f"sr-{name}-")
        self.log = os.path.join(self.folder, "log")
        self.uid, self.gid = (65534, 65534) if os.geteuid() == 0 else (os.getuid(), os.getgid())
        self.process = None
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(self.PREFIX)}

    def as_user(self, argv):
        """The command that runs argv as the user of the server, stopped with its parent."""
        prefix = ["setpriv", "--pdeathsig", self.STOP.name.removeprefix("SIG")]
        if os.geteuid() == 0:
            prefix += [f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]
        return prefix + argv

    def run(self, argv, text=None):
        done = subprocess.run(self.as_user(argv), input=text or "", stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, env=self.environment,
                              check=False, cwd=self.folder)
        if done.returncode != 0:
            raise Failed(f"{argv[0]} ended with {done.returncode}: {done.stdout}")

    def launch(self, argv):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(  # pylint: disable=consider-using-with
                self.as_user(argv), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self.environment, cwd=self.folder)

    def log_tail(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()[-6000:]

    def start(self):
        raise NotImplementedError

    def variables(self):
        raise NotImplementedError

    def stop(self):
        if self.process is not None:
            if self.process.poll() is None:
                self.process.send_signal(self.STOP)
                self.process.wait()
            else:
                print(f"the server died ({self.process.returncode}):\n{self.log_tail()}",
                      file=sys.stderr, flush=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def keep(server, ends, words):
    """The second process: starts the server, says so, and takes it down when the first one ends."""
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    message = ""
    try:
        os.chown(server.folder, server.uid, server.gid)
        server.start()
    except (Failed, OSError) as problem:
        message = str(problem) or "the server did not start"
    try:
        os.write(words, message.encode() if message else b"\n")
        os.close(words)
        os.read(ends, 1)
    except OSError:
        pass
    server.stop()


def run_command(argv, server):
    environment = dict(server.environment)
    environment.update(server.variables())
    with subprocess.Popen(argv, env=environment) as child:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda got, _frame: child.send_signal(got))
        status = child.wait()
    return 128 - status if status < 0 else status


def main(description, product, find_programs, make_server):
    """Runs the command of the arguments. Returns its status, 77 where no server is installed."""
    parser = argparse.ArgumentParser(description=description.split("\n", maxsplit=1)[0])
    parser.add_argument("--tcp", action="store_true", help="on loopback, with a password")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    args = parser.parse_args()
    if not args.command:
        parser.error("a command is missing")
    programs = find_programs()
    if programs is None:
        print(f"1..0 # SKIP no {product} server is installed", flush=True)
        return SKIPPED
    ends_read, ends_write = os.pipe()
    words_read, words_write = os.pipe()
    server = make_server(programs, args.tcp)
    keeper = os.fork()
    if keeper == 0:
        os.close(ends_write)
        os.close(words_read)
        status = 1
        try:
            keep(server, ends_read, words_write)
            status = 0
        finally:
            os._exit(status)
    os.close(ends_read)
    os.close(words_write)
    with os.fdopen(words_read, "rb") as words:
        message = words.read().decode(errors="replace").strip()
    status = 1
    try:
        if message:
            print(f"{os.path.basename(sys.argv[0])}: {message}", file=sys.stderr)
        else:
            status = run_command(args.command, server)
    finally:
        os.close(ends_write)
        os.waitpid(keeper, 0)
    return status
