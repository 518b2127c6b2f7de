#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
"""How strongroomctl behaves on a terminal: asking for passwords without echo, Ctrl-C, the progress
line. Called with the path of strongroomctl; prints TAP."""

import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import termios

CTL = os.path.abspath(sys.argv[1])
SCRATCH = tempfile.mkdtemp(prefix="strongroom-test-")
VAULT = os.path.join(SCRATCH, "vault")
PATIENCE = 120  # seconds until a test that hangs is given up

count = failed = 0


def ok(passed, title, *details):
    global count, failed
    count += 1
    failed += not passed
    print(f"{'ok' if passed else 'not ok'} {count} - {title}", flush=True)
    if not passed:
        for detail in details:
            for line in str(detail).splitlines():
                print(f"# {line}")


def take_terminal():
    os.setsid()
    # Opening a terminal as the leader of a session makes it the controlling one.
    os.close(os.open(os.ttyname(0), os.O_RDWR))


class Session:
    """A command on a terminal of its own."""

    def __init__(self, *words, **files):
        self.master, self.slave = pty.openpty()
        streams = {"stdin": self.slave, "stdout": self.slave, "stderr": self.slave, **files}
        self.process = subprocess.Popen([CTL, *words], preexec_fn=take_terminal, **streams)
        self.text = b""

    def read(self):
        if not select.select([self.master], [], [], PATIENCE)[0]:
            self.process.kill()
            raise TimeoutError(self.text)
        data = os.read(self.master, 65536)
        self.text += data
        return data

    def expect(self, wanted, times=1):
        while self.text.count(wanted.encode()) < times:
            self.read()

    def send(self, text):
        os.write(self.master, text.encode())

    def echoes(self):
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def end(self):
        """Returns (exit status, all it printed)."""
        while self.process.poll() is None:
            if select.select([self.master], [], [], 0.05)[0]:
                self.read()
        while select.select([self.master], [], [], 0)[0]:
            self.read()
        self.echo_at_end = self.echoes()
        os.close(self.master)
        os.close(self.slave)
        return self.process.returncode, self.text.decode("utf-8", "replace")


def talk(words, *steps, **files):
    """Waits for each text, the same one again if it comes again, and answers."""
    session = Session(*words, **files)
    seen = {}
    for wanted, answer in steps:
        seen[wanted] = seen.get(wanted, 0) + 1
        session.expect(wanted, seen[wanted])
        session.send(answer)
    return session.end()


def test_init():
    status, text = talk(["init"], ("new vault: ", "open sesame\n"), ("again: ", "different\n"))
    ok(status == 2, "init with two different passwords", status, text)
    ok(not os.path.exists(os.path.join(VAULT, "config")), "makes no vault")
    status, text = talk(["init"], ("new vault: ", "open sesame\n"), ("again: ", "open sesame\n"))
    ok(status == 0, "init asks twice", status, text)
    ok("sesame" not in text, "and shows no password", text)


def test_asking():
    asked = "Password of the vault"
    status, text = talk(["snapshots"], (asked, "wrong\n"), (asked, "open sesame\n"))
    ok(status == 0, "a wrong password may be mended", status, text)
    ok("sesame" not in text and "wrong\r\n" not in text, "nothing is shown", text)
    status, text = talk(["snapshots"], (asked, "a\n"), (asked, "b\n"), (asked, "c\n"))
    ok(status == 5, "not for ever", status, text)
    status, text = talk(["snapshots"], (asked, "\n"))
    ok(status == 2, "an empty one is none", status, text)
    status, text = talk(["snapshots"], (asked, "\x04"))
    ok(status == 2, "nor is the end of input", status, text)


def test_cancel_asking():
    session = Session("snapshots")
    session.expect("Password of the vault")
    while session.echoes():
        pass
    session.send("\x03")
    status, text = session.end()
    ok(status == 130, "Ctrl-C while asking", status, text)
    ok(session.echo_at_end, "the terminal shows again what is typed")


def test_command_that_asks():
    command = "printf 'give: ' >/dev/tty; read -r word </dev/tty; echo \"$word\""
    status, text = talk(["snapshots", "--password-command", command], ("give: ", "open sesame\n"))
    ok(status == 0, "a password command may use the terminal", status, text)


def test_key():
    status, text = talk(["key", "change"], ("Password of the vault", "open sesame\n"),
                        ("New password: ", " simsim \n"), ("again: ", " simsim \n"))
    ok(status == 0, "key change asks for the new password twice", status, text)
    status, text = talk(["snapshots"], ("Password of the vault", " simsim \n"))
    ok(status == 0, "which opens the vault", status, text)
    status, text = talk(["key", "change"], ("Password of the vault", " simsim \n"),
                        ("New password: ", "simsim\n"), ("again: ", "simsim\n"))
    ok(status == 0, "typed white space counts, as with restic", status, text)


def test_progress():
    password = os.path.join(SCRATCH, "password")
    with open(password, "w", encoding="utf-8") as stream:
        stream.write("simsim\n")
    words = ["backup", "--password-file", password, "--stdin-filename", "x",
             "--stdin-from-command", "--", "head", "-c", "3000000", "/dev/zero"]
    status, text = talk(words)
    ok(status == 0 and "\r\x1b[K" in text, "a progress line on a terminal", status, repr(text))
    status, text = talk(words[:1] + ["--quiet"] + words[1:])
    ok(status == 0 and text == "", "none with --quiet", status, repr(text))
    status, text = talk(words[:1] + ["--json"] + words[1:])
    ok(status == 0 and "\x1b" not in text, "none with --json", status, repr(text))
    with open(os.path.join(SCRATCH, "errors"), "w+b") as errors:
        status, text = talk(words, stderr=errors)
        ok(status == 0 and "\x1b" not in text and errors.tell() == 0,
           "none into a file, and no control bytes", status, repr(text))

    # An endless backup; Ctrl-C is pressed more than once.
    session = Session(*words[:-4], "cat", "/dev/zero")
    session.expect("\r\x1b[K[")
    session.send("\x03\x03")
    session.send("\x03")
    status, text = session.end()
    ok(status == 130, "Ctrl-C ends a backup", status, text[-1000:])
    ok(not os.listdir(os.path.join(VAULT, "locks")), "and leaves no lock")

    # The terminal goes away.
    session = Session(*words[:-4], "cat", "/dev/zero")
    session.expect("\r\x1b[K[")
    os.kill(session.process.pid, signal.SIGHUP)
    ok(session.process.poll() is None, "SIGHUP does not end it")
    session.send("\x03")
    status, text = session.end()
    ok(status == 130, "Ctrl-C does", status, text[-1000:])


def test_replacing():
    """A restore over what is there asks first, on the terminal."""
    backup, place = os.path.join(SCRATCH, "backup.json"), os.path.join(SCRATCH, "place")
    with open(backup, "w", encoding="utf-8") as stream:
        stream.write('{"items": [{"id": 1}]}')
    os.mkdir(place)
    old = os.path.join(place, "old")
    with open(old, "w", encoding="utf-8") as stream:
        stream.write("old")
    words = ["restore-file", backup, "--into", place, "--replace", "--safety", place + ".tar"]
    asked = "Replace what is there?"
    for answer in ("no\n", "y\n", "\n", "\x04", "yes, but later\n"):
        status, text = talk(words, (asked, answer))
        ok(status == 9 and os.path.exists(old), f"replacing after {answer!r}", status, text)
    ok(not os.path.exists(place + ".tar"), "what stays is not saved")
    status, text = talk(words, (asked, "\x03"))
    ok(status == 130 and os.path.exists(old), "Ctrl-C at the question", status, text)
    ok("3 B there now" in text, "the question tells what would be lost", text)
    status, text = talk(words, (asked, "yes\n"))
    ok(status == 0 and os.listdir(place) == ["backup.json"], "yes means yes", status, text)
    ok(os.path.exists(place + ".tar"), "what was there is saved")

    sealed = os.path.join(SCRATCH, "sealed.backup")
    with open(sealed, "wb") as stream:
        stream.write(bytes(range(256)) * 4)
    status, text = talk(["records", sealed], ("Key of the backup", "kkk\n"),
                        ("Key of the backup", "b\n"), ("Key of the backup", "c\n"))
    ok(status == 5 and "kkk" not in text, "a key is asked for, and not for ever", status, text)
    status, text = talk(["verify", sealed], ("Key of the backup", "\n"))
    ok(status == 3, "without one as much is said as can be seen", status, text)


def main():
    os.environ.update(HOME=SCRATCH, XDG_RUNTIME_DIR=SCRATCH, LC_ALL="C.UTF-8",
                      DBUS_SESSION_BUS_ADDRESS="disabled:", STRONGROOM_VAULT=VAULT)
    try:
        for test in (test_init, test_asking, test_cancel_asking, test_command_that_asks, test_key,
                     test_progress, test_replacing):
            test()
    finally:
        shutil.rmtree(SCRATCH, ignore_errors=True)
    print(f"1..{count}")
    sys.exit(failed > 0)


main()
