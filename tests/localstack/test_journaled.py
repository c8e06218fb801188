"""The emulator is killed, and what it answered is there again."""

import os
import random
import signal
import socket
import sqlite3
import subprocess
import tarfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from localstack import emulator
from localstack.backup import NoBackup, back_up, unpack
from localstack.process import PidFile
from localstack.settings import Settings

TABLE, BUCKET, SECRET = "things", "files", "config"
TABLE_DEFINITION: Any = {
    "TableName": TABLE,
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "number", "AttributeType": "N"},
        {"AttributeName": "owner", "AttributeType": "S"},
    ],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "number", "KeyType": "RANGE"}],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "owner",
            "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
}


class Emulator:
    """One process, started again in the same folder after each kill."""

    def __init__(self, folder: Path, **environ: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        self.settings = Settings.from_environment({"LMS_STACK_DIR": str(folder), "LMS_EMULATOR_PORT": port})
        self.environment = {**emulator.environment(self.settings), **environ}
        for name in ("HOME", "TMPDIR", "STATE_DIR", "S3_DATA_DIR"):
            Path(self.environment[name]).mkdir(parents=True, exist_ok=True)
        self.state = Path(self.environment["STATE_DIR"])
        self._log = folder / "log"
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            command = emulator.command(self.settings)
            self._process = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + 30
        while not emulator.ready(self.settings):
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)

    @property
    def pid(self) -> int:
        return self._process.pid

    @cache  # noqa: B019 - there are few
    def client(self, service: str) -> Any:
        """Safe to use in several threads."""
        config = Config(retries={"total_max_attempts": 1}, max_pool_connections=20, s3={"addressing_style": "path"})
        return emulator.session().client(service, endpoint_url=self.settings.emulator_url, config=config)

    def deployed(self) -> None:
        url = f"{self.settings.emulator_url}/_lms/deployed"
        urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=60).close()

    def kill(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def stop(self) -> None:
        self._process.terminate()
        # uvicorn ends by the signal that it was asked by, once all is done.
        assert self._process.wait(30) == -signal.SIGTERM, self._log.read_text()

    def items(self) -> dict[tuple[str, str], Any]:
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=TABLE)
        return {(item["id"]["S"], item["number"]["N"]): item for page in pages for item in page["Items"]}

    def owned(self) -> int:
        """What the index finds."""
        return int(
            self.client("dynamodb").query(
                TableName=TABLE,
                IndexName="owner",
                KeyConditionExpression="#owner = :owner",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={":owner": {"S": "amina"}},
                Select="COUNT",
            )["Count"]
        )

    def messages(self, queue: str) -> list[str]:
        sqs, found = self.client("sqs"), []
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        while received := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            found += [message["Body"] for message in received]
        return sorted(found)

    def files(self) -> dict[str, bytes]:
        s3 = self.client("s3")
        listed = s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return {one["Key"]: s3.get_object(Bucket=BUCKET, Key=one["Key"])["Body"].read() for one in listed}

    def secret(self) -> str:
        return str(self.client("secretsmanager").get_secret_value(SecretId=SECRET)["SecretString"])


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Emulator]]:
    emulator.ensure_venv()
    made: list[Emulator] = []

    def deployed(**environ: str) -> Emulator:
        one = Emulator(tmp_path, **environ)
        made.append(one)
        one.client("dynamodb").create_table(**TABLE_DEFINITION)
        for queue in ("work", "dead"):
            one.client("sqs").create_queue(QueueName=queue)
        one.client("s3").create_bucket(Bucket=BUCKET)
        one.client("secretsmanager").create_secret(Name=SECRET, SecretString="first")
        one.deployed()
        return one

    yield deployed
    for one in made:
        one.kill()


def item(identity: str, number: int, **more: Any) -> Any:
    return {"id": {"S": identity}, "number": {"N": str(number)}, **more}


def test_every_kind_of_write_is_there_after_a_kill(make: Callable[..., Emulator]) -> None:
    running = make()
    dynamodb, sqs, s3 = (running.client(service) for service in ("dynamodb", "sqs", "s3"))
    amina = {"owner": {"S": "amina"}}
    for number in range(4):
        dynamodb.put_item(TableName=TABLE, Item=item("put", number, **amina))
    dynamodb.update_item(
        TableName=TABLE,
        Key=item("updated", 1),
        UpdateExpression="SET #owner = :owner, facts = :facts ADD seen :one",
        ExpressionAttributeNames={"#owner": "owner"},
        ExpressionAttributeValues={
            ":owner": {"S": "amina"},
            ":facts": {"M": {"bytes": {"B": b"\x00\xff"}, "tags": {"SS": ["a", "ü"]}, "none": {"NULL": True}}},
            ":one": {"N": "1"},
        },
    )
    dynamodb.delete_item(TableName=TABLE, Key=item("put", 0))
    dynamodb.batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": item("batch", 7)}}]})
    dynamodb.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": TABLE, "Item": item("together", 1)}},
            {"Delete": {"TableName": TABLE, "Key": item("put", 1)}},
        ]
    )
    work, dead = (sqs.get_queue_url(QueueName=queue)["QueueUrl"] for queue in ("work", "dead"))
    for body in ("kept", "done", "under way"):
        sqs.send_message(QueueUrl=work, MessageBody=body)
    sqs.send_message(QueueUrl=dead, MessageBody="letter")
    received = sqs.receive_message(QueueUrl=work, MaxNumberOfMessages=10)["Messages"]
    (done,) = [message["ReceiptHandle"] for message in received if message["Body"] == "done"]
    sqs.delete_message(QueueUrl=work, ReceiptHandle=done)
    s3.put_object(Bucket=BUCKET, Key="a/small", Body=b"first")
    s3.put_object(Bucket=BUCKET, Key="a/small", Body=b"second", ContentType="text/plain")
    s3.put_object(Bucket=BUCKET, Key="large", Body=b"x" * (1 << 21))
    s3.put_object(Bucket=BUCKET, Key="gone", Body=b"x")
    s3.delete_object(Bucket=BUCKET, Key="gone")
    running.client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString="second")
    items, files, owned = running.items(), running.files(), running.owned()
    assert len(items) == 5
    assert owned == 3

    for end in (running.kill, running.kill, running.stop):
        end()
        running.start()
        assert running.items() == items
        assert running.owned() == owned
        assert running.files() == files
        assert running.client("s3").head_object(Bucket=BUCKET, Key="a/small")["ContentType"] == "text/plain"
        assert running.secret() == "second"
        # Whoever had received a message died, or else was stopped.
        assert running.messages("work") == ["kept", "under way"]
        assert running.messages("dead") == ["letter"]
        running.deployed()


def test_nothing_that_was_answered_under_load_is_lost_and_no_transaction_is_halved(
    make: Callable[..., Emulator],
) -> None:
    # A copy every few hundred writes: some kills come while one is made.
    running = make(JOURNAL_BYTES="100000")
    luck = random.Random(7)
    answered: dict[str, int] = {}
    sent: set[str] = set()
    for kill in range(3):
        stopping = threading.Event()
        with ThreadPoolExecutor(8) as pool:
            clients = [pool.submit(_write, running, f"{kill}-{one}", answered, sent, stopping) for one in range(8)]
            _until(lambda: sum(answered.get(f"{kill}-{one}", 0) >= 10 for one in range(8)) == 8)  # noqa: B023
            time.sleep(luck.uniform(0, 1))
            stopping.set()
            running.kill()
            for client in clients:
                client.result()
        running.start()
        items = running.items()
        found = {identity: int(item["seen"]["N"]) for (identity, number), item in items.items() if number == "1"}
        assert {identity: seen for identity, seen in answered.items() if found.get(identity, 0) < seen} == {}
        for (identity, number), item in items.items():
            other = items[identity, "2" if number == "1" else "1"]
            assert item["seen"] == other["seen"]
        running.deployed()
    assert sent - set(running.messages("work")) == set()
    # The folder holds one copy and what came since.
    running.stop()
    assert len(list(running.state.glob("*.saved"))) == 1
    assert [path.stat().st_size for path in running.state.glob("*.journal")] == [0]


def _write(
    running: Emulator, identity: str, answered: dict[str, int], sent: set[str], stopping: threading.Event
) -> None:
    """Two items that always agree, written together, and a message for each pair; notes what was answered."""
    dynamodb, sqs = running.client("dynamodb"), running.client("sqs")
    work = ""
    for seen in range(1, 100_000):
        try:
            work = work or sqs.get_queue_url(QueueName="work")["QueueUrl"]
            pair = [{"Put": {"TableName": TABLE, "Item": item(identity, one, seen={"N": str(seen)})}} for one in (1, 2)]
            dynamodb.transact_write_items(TransactItems=pair)
            answered[identity] = seen
            if seen % 10 == 1:
                sqs.send_message(QueueUrl=work, MessageBody=f"{identity}/{seen}")
                sent.add(f"{identity}/{seen}")
        except (BotoCoreError, ClientError):
            if stopping.is_set():
                return
            time.sleep(0.01)


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_torn_end_is_left_out_and_what_comes_after_it_counts(make: Callable[..., Emulator]) -> None:
    running = make()
    dynamodb = running.client("dynamodb")
    dynamodb.put_item(TableName=TABLE, Item=item("first", 1))
    dynamodb.put_item(TableName=TABLE, Item=item("torn", 1))
    running.kill()
    (journal,) = running.state.glob("*.journal")
    with journal.open("ab") as file:
        file.truncate(journal.stat().st_size - 1)
    running.start()
    assert {identity for identity, _ in running.items()} == {"first"}
    dynamodb.put_item(TableName=TABLE, Item=item("second", 1))
    running.kill()
    running.start()
    assert {identity for identity, _ in running.items()} == {"first", "second"}


def test_what_changed_in_a_table_of_an_unfinished_deployment_is_left_out(make: Callable[..., Emulator]) -> None:
    running = make()
    dynamodb = running.client("dynamodb")
    dynamodb.create_table(**{**TABLE_DEFINITION, "TableName": "new"})
    dynamodb.put_item(TableName="new", Item=item("x", 1))
    dynamodb.put_item(TableName=TABLE, Item=item("x", 1))
    running.kill()
    running.start()
    assert running.client("dynamodb").list_tables()["TableNames"] == [TABLE]
    assert {identity for identity, _ in running.items()} == {"x"}


def test_a_stop_within_a_deployment_saves_nothing_of_it(make: Callable[..., Emulator]) -> None:
    running = make()
    running.kill()
    running.start()
    running.client("dynamodb").create_table(**{**TABLE_DEFINITION, "TableName": "new"})
    running.stop()
    running.start()
    assert running.client("dynamodb").list_tables()["TableNames"] == [TABLE]


def test_a_back_up_under_load_holds_what_was_answered_before_it(make: Callable[..., Emulator], tmp_path: Path) -> None:
    running = make()
    # As the supervisor knows it.
    running.settings.run.mkdir()
    file = PidFile(running.settings.run / "emulator.pid")
    lock = file.lock()
    assert lock is not None
    file.write(running.pid)
    with closing(sqlite3.connect(running.settings.folder / "gateway.sqlite")) as accounts, accounts:
        accounts.execute("CREATE TABLE consumers AS SELECT 1 AS id")
    answered: dict[str, int] = {}
    sent: set[str] = set()
    stopping = threading.Event()
    with ThreadPoolExecutor(4) as pool:
        clients = [pool.submit(_write, running, str(one), answered, sent, stopping) for one in range(4)]
        _until(lambda: len(answered) == 4)
        before, sent_before = dict(answered), set(sent)
        back_up(running.settings, tmp_path / "school.tar.gz")
        after = dict(answered)
        _until(lambda: all(answered[one] > after[one] for one in after))
        stopping.set()
        running.kill()
        for client in clients:
            client.result()
    os.close(lock)
    assert (tmp_path / "school.tar.gz").stat().st_mode & 0o777 == 0o600

    unpack(tmp_path / "school.tar.gz", tmp_path / "restored")
    restored = Emulator(tmp_path / "restored")
    try:
        items = restored.items()
        found = {identity: int(item["seen"]["N"]) for (identity, number), item in items.items() if number == "1"}
        assert all(before[identity] <= found[identity] for identity in before)
        assert all(found[identity] < answered[identity] for identity in answered)
        assert all(items[identity, "2"]["seen"]["N"] == str(seen) for identity, seen in found.items())
        assert sent_before <= set(restored.messages("work"))
    finally:
        restored.kill()
    with closing(sqlite3.connect(tmp_path / "restored" / "gateway.sqlite")) as accounts:
        assert accounts.execute("SELECT id FROM consumers").fetchall() == [(1,)]


@pytest.mark.parametrize("content", [b"no archive", None])
def test_what_is_no_back_up_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "file"
    if content is None:
        with tarfile.open(file, "w:gz") as archive:
            archive.add(__file__, "something")
    else:
        file.write_bytes(content)
    with pytest.raises(NoBackup):
        unpack(file, tmp_path / "restored")
