"""The command line behind the Makefile's targets.

python -m localstack run | up | down | status | reset | logs [PART] | save | admin EMAIL
python -m localstack backup | restore FILE
python -m localstack invoke | sam FUNCTION [EVENT]
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from localstack import commands
from localstack.backup import NoBackup
from localstack.build import BuildFailed
from localstack.demo import KnownPasswords
from localstack.deploy import DeployFailed
from localstack.mail_server import MailServerRefused
from localstack.ports import PortTaken
from localstack.process import ProcessFailed
from localstack.settings import InvalidSetting, Settings


def main() -> int:
    """Carry out one command; what a user can mend is said in one line, without a stack trace."""
    options = _parser().parse_args()
    # A developer's own AWS profile may name things that do not exist here.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    try:
        return int(options.carry_out(Settings.from_environment(os.environ), options))
    except (
        InvalidSetting,
        PortTaken,
        ProcessFailed,
        BuildFailed,
        DeployFailed,
        NoBackup,
        KnownPasswords,
        MailServerRefused,
        commands.CannotDo,
    ) as failure:
        print(failure, file=sys.stderr)
    except (BotoCoreError, ClientError) as failure:
        print(f"The emulator refused: {failure}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m localstack", description="The whole system on one machine.")
    verbs = parser.add_subparsers(required=True, metavar="COMMAND")

    def verb(name: str, what: str, carry_out: commands.Command) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=what)
        made.set_defaults(carry_out=carry_out)
        return made

    verb("run", "start everything and stay in front until Ctrl-C", commands.run)
    verb("up", "start everything in the background; returns when it is ready", commands.up)
    verb("down", "stop cleanly, keeping all data", commands.down)
    verb("status", "what runs, and where", commands.status)
    verb("reset", "forget all data", commands.reset)
    verb("save", "in Docker: write the emulator's memory to disk, by a clean stop and a new start", commands.save)
    for one in (
        verb("backup", "everything that the stack keeps, in one file, while it runs", commands.back_up),
        verb("restore", "what a back-up holds, in place of all data; the stack must be down", commands.restore),
    ):
        one.add_argument("file", type=Path, help="a .tar.gz; it holds secrets")
    logs = verb("logs", "follow the logs", commands.logs)
    logs.add_argument("process", nargs="?", help="one process alone")
    for one in (
        verb("invoke", "invoke one function and print its answer", commands.invoke),
        verb("sam", "the same in Lambda's own container, by `sam local invoke`", commands.sam),
    ):
        one.add_argument("function", help="its logical id in template.yaml, such as AuthFunction")
        one.add_argument("event", nargs="?", type=Path, help="a file of JSON; the variable TOKEN signs its request in")
    admin = verb("admin", "invite the first administrator", commands.admin)
    admin.add_argument("email")
    return parser


if __name__ == "__main__":
    sys.exit(main())
