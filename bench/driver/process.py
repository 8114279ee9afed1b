"""Runs a program and learns what it printed, how long it ran and how much memory it took."""

import json
import os
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass


class Failed(Exception):
    """The program did not do what it was run for; the message is fit for the table."""


@dataclass
class Outcome:
    text: str
    seconds: float
    peak_mb: float

    def json(self):
        lines = [line for line in self.text.splitlines() if line.startswith("{")]
        if not lines:
            raise Failed("printed no figures")
        return json.loads(lines[-1])


def reason(errors, code):
    """The line that tells most: a compiler's first error, a traceback's last line."""
    lines = errors.strip().splitlines()
    telling = [line for line in lines if " error: " in line] + lines[-1:]
    return telling[0] if telling else f"exit code {code}"


def run(command, env=None, timeout=600):
    """Runs `command`, with `env` added to the environment; raises Failed when it fails or takes too long."""
    command = [str(part) for part in command]
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        start = time.perf_counter()
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env={**os.environ, **(env or {})})
        except OSError as error:
            raise Failed(error.strerror) from error
        timer = threading.Timer(timeout, process.kill)
        timer.start()
        # wait4, not wait: it alone tells this child's peak memory from that of the others.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode != 0:
            raise Failed(reason(err.read(), process.returncode) if seconds < timeout else f"took more than {timeout} s")
        return Outcome(out.read(), seconds, usage.ru_maxrss * 1024 / 1e6)


class Server:
    """A program that stays, and answers a line of JSON to each line that it is asked. It is started when first asked, and after a failure."""

    def __init__(self, command, env=None):
        self.command, self.env, self.process, self.errors = [str(part) for part in command], env, None, None

    def start(self):
        self.errors = tempfile.TemporaryFile("w+")
        try:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True,
                                            env={**os.environ, **(self.env or {})})
        except OSError as error:
            raise Failed(error.strerror) from error

    def ask(self, line, timeout=120):
        """The answer to `line`; raises Failed where the program says that it can't, ends, or takes too long."""
        if self.process is None:
            self.start()
        timer = threading.Timer(timeout, self.process.kill)
        timer.start()
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except OSError:
            answer = ""
        finally:
            timer.cancel()
        if not answer:
            code = self.process.wait()
            self.errors.seek(0)
            errors = self.errors.read()
            self.close()
            raise Failed(reason(errors, code))
        figures = json.loads(answer)
        if "error" in figures:
            raise Failed(figures["error"])
        return figures

    def close(self):
        """Ends the program; it may be asked again."""
        if self.process is None:
            return
        try:
            self.process.stdin.close()
        except OSError:
            pass  # it is no longer there
        self.process.stdout.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()
        self.process = None
