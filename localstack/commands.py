"""What each command does."""

from __future__ import annotations

import argparse
import base64
import getpass
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from localstack import backup, compose, demo, emulator, processes, recorded, sam_local
from localstack.compose import Compose
from localstack.demo.people import ADMIN, STUDENT, TEACHER, create_admin
from localstack.deployed import Deployed
from localstack.process import FRUGAL, POLL_SECONDS, PidFile
from localstack.saved import Saved
from localstack.settings import DEFAULT_DEMO_PASSWORD, Settings
from localstack.stack import Stack, stop_leftovers
from operations.bootstrap import CONFIG_SECRET
from operations.source import ROOT

Command = Callable[[Settings, argparse.Namespace], int]

# Everything that a stack writes into its folder; nothing else there is ever removed.
OWN = (
    "saved.unfinished",
    "backup",
    "emulator",
    "sms",
    "kong",
    "catcher.sqlite",
    "gateway.sqlite",
    "gateway.sqlite-shm",
    "gateway.sqlite-wal",
    "logs",
    "run",
)


class CannotDo(RuntimeError):
    """The command does not fit the state of the stack; the message says what does."""


class Stopped(BaseException):
    """SIGTERM or Ctrl-C: no error, so nothing that handles errors may swallow it."""


def supervisor_file(settings: Settings) -> PidFile:
    """By which the supervisor is known."""
    return PidFile(settings.run / "supervisor.pid")


def run(settings: Settings, _: argparse.Namespace) -> int:
    """Supervise in this process until a signal ends it."""
    settings = with_own_password(settings)
    for folder in (settings.logs, settings.run):
        folder.mkdir(parents=True, exist_ok=True)
    file = supervisor_file(settings)
    lock = file.lock()
    if lock is None:
        raise CannotDo(f"This stack runs already (process {file.pid()}). See: make status")
    file.write(os.getpid())
    saving = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop_once)
    signal.signal(signal.SIGUSR1, lambda *_: saving.set())
    try:
        Stack(settings).serve(saving, lambda: print(summary(settings), flush=True))
    except Stopped:
        return 0
    finally:
        os.close(lock)
    return 0


def with_own_password(settings: Settings) -> Settings:
    """Demo people whom others than this machine's users reach have a password that no document names."""
    if not settings.is_open or settings.demo == "none" or settings.demo_password != DEFAULT_DEMO_PASSWORD:
        return settings
    if not sys.stdin.isatty():
        raise CannotDo(
            "The stack would be open to your network. Give its demo people a password of your own:"
            " LMS_DEMO_PASSWORD=... (8 characters or more), or have none: LMS_DEMO=none"
        )
    print("The stack will be open to your network, so its demo people need a password of your own.")
    password = getpass.getpass("Password (8 characters or more): ")
    if len(password) < 8 or password == DEFAULT_DEMO_PASSWORD:
        raise CannotDo("That is too short, or the password that everybody knows.")
    if getpass.getpass("Once more: ") != password:
        raise CannotDo("The two are not the same.")
    return replace(settings, demo_password=password)


def _stop_once(*_: object) -> None:
    # A second Ctrl-C must not interrupt the stop that the first one began: data would be lost.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


def summary(settings: Settings) -> str:
    """Where everything is, and how to log in."""
    lines = [
        f"API      {settings.public_url}   (Kong's Admin API: {settings.gateway_admin_url})",
        _mail(settings),
        f"AWS      {settings.emulator_url}   Kafka {settings.bootstrap_servers}",
        f"Logs     {settings.logs}",
    ]
    if demo.made(settings) != "none":
        people = ", ".join((ADMIN, TEACHER, STUDENT))
        lines += [f"Log in   {people}", f"         password {_shown_password(settings)}"]
        lines += [f"         curl -d username={STUDENT} -d password='...' {settings.gateway_url}/auth/login"]
    if settings.is_open:
        lines += ["Open     to your network: the gateway alone. All else listens on 127.0.0.1."]
        if settings.public_url.startswith("http:"):
            lines += [
                "         Over http, others in the network can read passwords, and browsers keep nobody signed in:",
                "         they take the session's cookie over https alone. See docs/one-machine.md",
            ]
    return "\n".join(["", *lines, ""])


def _mail(settings: Settings) -> str:
    if settings.mail_server:
        return f"Mail     goes out by {settings.mail_server.host}   SMS are shown at {settings.mail_url}"
    return f"Mail     {settings.mail_url}   {_caught(settings)} that the system sends (SMTP: port {settings.smtp})"


def _shown_password(settings: Settings) -> str:
    return "that you chose" if settings.is_open else settings.demo_password


def _caught(settings: Settings) -> str:
    return "mails and SMS" if settings.sms_url == settings.mail_url else f"mails (SMS: {settings.sms_url})"


def up(settings: Settings, _: argparse.Namespace) -> int:
    """Start a supervisor in the background and print what it says until it is ready."""
    pid = supervisor_file(settings).pid()
    if pid:
        print(f"The stack runs already (process {pid}).{summary(settings)}")
        return 0
    settings = with_own_password(settings)
    settings.logs.mkdir(parents=True, exist_ok=True)
    # A killed supervisor could not take it away.
    settings.ready.unlink(missing_ok=True)
    log = settings.logs / "supervisor.log"
    with log.open("ab") as out:
        begin = out.tell()
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "localstack", "run"],
            cwd=ROOT,
            env={**os.environ, **FRUGAL, "PYTHONUNBUFFERED": "1", "LMS_DEMO_PASSWORD": settings.demo_password},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _follow(log, begin, lambda: settings.ready.exists() or supervisor.poll() is not None)
    except KeyboardInterrupt:
        supervisor.terminate()
        _follow(log, log.stat().st_size, lambda: supervisor.poll() is not None)
    return supervisor.poll() or 0


def _follow(log: Path, begin: int, done: Callable[[], bool]) -> None:
    """Tell what is added to a log until `done`, and the rest."""
    with log.open("rb") as lines:
        lines.seek(begin)
        while True:
            last = done()
            sys.stdout.write(lines.read().decode(errors="replace"))
            sys.stdout.flush()
            if last:
                return
            time.sleep(POLL_SECONDS)


def down(settings: Settings, _: argparse.Namespace) -> int:
    """Have the supervisor stop everything; without one, stop what a killed one left behind."""
    file = supervisor_file(settings)
    pid = file.pid()
    if pid is None:
        left = stop_leftovers(settings)
        print(f"Stopped what was left: {', '.join(left)}." if left else "Nothing runs.")
        return 0
    log = settings.logs / "supervisor.log"
    log.touch()
    begin = log.stat().st_size
    os.kill(pid, signal.SIGTERM)
    _follow(log, begin, lambda: file.pid() is None)
    return 0


def status(settings: Settings, _: argparse.Namespace) -> int:
    """0 when all processes run, 1 otherwise."""
    names = ("msk_trigger",) if settings.kind == "docker" else processes.ORDER
    pids = {name: PidFile(settings.run / f"{name}.pid").pid() for name in ("supervisor", *names)}
    rows = [(name, f"process {pid}" if pid else "down", processes.PORTS.get(name, ())) for name, pid in pids.items()]
    up = all(pids.values())
    if settings.kind == "docker":
        containers = Compose(settings, print).containers()
        ports = {**compose.PORTS, settings.aws: ("emulator",)}
        rows += [(name, container.status, ports.get(name, ())) for name, container in containers.items()]
        up = up and all(container.lives for container in containers.values())
    for name, how, where in rows:
        print(f"{name:14} {how:28} {', '.join(str(settings.ports[port]) for port in where)}".rstrip())
    if pids["supervisor"]:
        print(summary(settings) if up and settings.ready.exists() else "not ready")
    return 0 if up else 1


def reset(settings: Settings, _: argparse.Namespace) -> int:
    """Remove what the stack has written, and nothing else."""
    _stopped(settings)
    if settings.kind == "docker":
        Compose(settings, print).remove()
    Saved(settings).forget()
    _forget(settings)
    print("All data is forgotten.")
    return 0


def _stopped(settings: Settings) -> None:
    if supervisor_file(settings).pid():
        raise CannotDo("The stack runs. Stop it first: make down")
    # Processes that a killed supervisor left behind.
    stop_leftovers(settings)


def _forget(settings: Settings) -> None:
    for path in [path for name in OWN for path in settings.folder.glob(name)]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def back_up(settings: Settings, options: argparse.Namespace) -> int:
    """Everything in one file, of a running stack or a stopped one."""
    _embedded(settings)
    if not (settings.folder / "emulator" / "state").exists():
        raise CannotDo("There is nothing to back up: the stack was never started.")
    backup.back_up(settings, options.file)
    print(f"{options.file}: {options.file.stat().st_size / 1e6:.1f} MB")
    return 0


def restore(settings: Settings, options: argparse.Namespace) -> int:
    """What a back-up holds, in the place of all that is there; the next start goes on from it."""
    _embedded(settings)
    _stopped(settings)
    settings.folder.mkdir(exist_ok=True)
    unpacked = settings.folder / "restored"
    backup.unpack(options.file, unpacked)
    _forget(settings)
    # The emulator last: a restore that is cut off leaves a stack that was never started.
    for path in sorted(unpacked.iterdir(), key=lambda path: path.name == "emulator"):
        path.rename(settings.folder / path.name)
    unpacked.rmdir()
    print("Restored. Start it: make run")
    return 0


def _embedded(settings: Settings) -> None:
    if settings.kind == "docker":
        raise CannotDo("The stack in Docker keeps its data in volumes; back those up while it is down.")


def save(settings: Settings, _: argparse.Namespace) -> int:
    """In Docker a clean stop and a new start, so that all data is on disk."""
    if settings.kind != "docker":
        raise CannotDo("Everything is on disk before it is answered. For a copy: make backup FILE=...")
    file = supervisor_file(settings)
    pid = file.pid()
    if pid is None or not settings.ready.exists():
        raise CannotDo("The stack is not ready, so there is nothing to save. See: make status")
    before = settings.ready.stat().st_mtime_ns
    log = settings.logs / "supervisor.log"
    log.touch()
    begin = log.stat().st_size
    os.kill(pid, signal.SIGUSR1)
    _follow(log, begin, lambda: file.pid() is None or _changed(settings.ready, before))
    return 0 if file.pid() else 1


def _changed(path: Path, before: int) -> bool:
    try:
        return path.stat().st_mtime_ns != before
    except FileNotFoundError:
        return False


def logs(settings: Settings, options: argparse.Namespace) -> int:
    """Hand over to `tail`, or for a container to Docker, which wait for more."""
    if settings.kind == "docker" and options.process not in (None, "supervisor", "msk_trigger"):
        containers = Compose(settings, print)
        command = containers.command("logs", "--tail", "40", "--follow", options.process)
        os.execvpe(command[0], command, containers.environment())
    names = [options.process] if options.process else ["supervisor", *processes.ORDER]
    files = [settings.logs / f"{name}.log" for name in names]
    there = [str(file) for file in files if file.exists()]
    if not there:
        raise CannotDo(f"There is no log of {' or '.join(names)} in {settings.logs}")
    os.execvp("tail", ["tail", "-n", "40", "-F", *there])


def invoke(settings: Settings, options: argparse.Namespace) -> int:
    """1 when the function failed; its log goes to the standard error."""
    payload = _event(settings, options)
    try:
        name = Deployed(settings).physical(options.function)
    except KeyError:
        raise CannotDo(f"The stack has no {options.function!r}") from None
    client = emulator.session().client("lambda", endpoint_url=settings.emulator_url)
    answer = client.invoke(FunctionName=name, Payload=payload, LogType="Tail")
    print(base64.b64decode(answer.get("LogResult", "")).decode(errors="replace"), file=sys.stderr)
    print(answer["Payload"].read().decode())
    return 1 if answer.get("FunctionError") else 0


def sam(settings: Settings, options: argparse.Namespace) -> int:
    """Hand over to `sam local invoke`, which needs the stack in Docker."""
    if settings.kind != "docker":
        raise CannotDo(
            "`sam local invoke` runs a function in a container, and 127.0.0.1 there is the container itself.\n"
            "It reaches the stack in Docker: make run-docker, then LMS_ENVIRONMENT=docker make sam F=... E=...\n"
            "Without Docker: make invoke F=... E=..."
        )
    event = _event(settings, options)
    try:
        command = sam_local.command(settings, Compose(settings, print), options.function, event)
    except KeyError:
        raise CannotDo(f"The stack has no {options.function!r}") from None
    print(*command, file=sys.stderr)
    os.execv(command[0], command)


def _event(settings: Settings, options: argparse.Namespace) -> bytes:
    try:
        event = json.loads(options.event.read_bytes()) if options.event else {}
    except (OSError, ValueError) as failure:
        raise CannotDo(f"The event cannot be read: {failure}") from failure
    return json.dumps(recorded.filled(event, _gateway_secret(settings), os.environ.get("TOKEN", ""))).encode()


def _gateway_secret(settings: Settings) -> str:
    secrets = emulator.session().client("secretsmanager", endpoint_url=settings.emulator_url)
    config = json.loads(secrets.get_secret_value(SecretId=CONFIG_SECRET)["SecretString"])
    # While it is being changed there are two.
    return str(config["gateway"].split()[0])


def admin(settings: Settings, options: argparse.Namespace) -> int:
    """Invites the first administrator by mail; refused while there is an active one."""
    answer = create_admin(settings, Deployed(settings), options.email)
    if "error" in answer or "errorMessage" in answer:
        raise CannotDo(answer.get("error") or answer["errorMessage"])
    shown = "" if settings.mail_server else f" The mail to {options.email} is at {settings.mail_url}"
    print(f"{answer['message']}{shown}")
    return 0
