"""moto with the same answers for less work: what it does anew for each test, or in proportion to all that is stored.

It copies every table of a transaction with all its items, and measures an item again for each attribute that it gets.
Here an item is never changed in place: an update puts a new one in its stead, so that copies of a table share items.
"""

import copy
import json
from collections import defaultdict
from collections.abc import Callable
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any

from botocore.signers import RequestSigner
from moto.core import DEFAULT_ACCOUNT_ID, responses
from moto.core.base_backend import BackendDict
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.model_instances import model_data
from moto.core.models import MockAWS, botocore_stubber
from moto.core.responses import ActionContext
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.models.utilities import DynamoJsonEncoder
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Node
from moto.dynamodb.parsing.expressions import UpdateExpressionParser
from moto.dynamodb.parsing.validators import ActionCountValidator, OverlappingPathsValidator
from moto.dynamodb.responses import DynamoHandler, DynamoResult
from moto.sqs.models import Queue, sqs_backends

from tests.template import REGION

_DYNAMODB = f"https://dynamodb.{REGION}.amazonaws.com/"
_MAX_ITEM_SIZE = 405_000
"""In bytes; moto's own limit."""


class Mock(MockAWS):
    """`mock_aws` for what goes through botocore; moto stands in for `requests` too, with 1 300 patterns a start."""

    def _enable_patching(self, reset: bool = True) -> None:
        botocore_stubber.enabled = True
        if reset:
            BackendDict.reset()

    def _disable_patching(self, remove_data: bool) -> None:
        botocore_stubber.enabled = False
        if remove_data:
            BackendDict.reset()
            for model in (model for models in model_data.values() for model in models.values()):
                # moto sets all of them anew, a thousand classes.
                if model.instances_tracked:  # type: ignore[attr-defined]
                    model.instances_tracked = []  # type: ignore[attr-defined]


def tables() -> dict[str, Table]:
    """The tables of DynamoDB, by name."""
    found: dict[str, Table] = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
    return found


def queues() -> dict[str, Queue]:
    """The queues of SQS, by name."""
    found: dict[str, Queue] = sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues
    return found


def another(queue: Queue) -> Queue:
    """A queue like one that never had a message."""
    made = copy.copy(queue)
    made.__dict__.update({name: value.copy() for name, value in vars(queue).items() if isinstance(value, list | set)})
    return made


def copied(items: dict[Any, Any]) -> defaultdict[Any, Any]:
    """The items of a table, which stay what they are whatever is written to it later."""
    return defaultdict(dict, {key: dict(under) if isinstance(under, dict) else under for key, under in items.items()})


def _copy_table(table: Table, _memo: dict[int, Any]) -> Table:
    made = copy.copy(table)
    made.items = copied(table.items)
    if table.stream_shard:
        made.stream_shard = copy.copy(table.stream_shard)
        made.stream_shard.items = list(table.stream_shard.items)
    return made


def _put_new_item(update_item: Callable[..., Item]) -> Callable[..., Item]:
    """`DynamoDBBackend.update_item`, which changes the item that it finds: one that nobody else has."""

    def updated(self: DynamoDBBackend, table_name: str, key: dict[str, Any], *arguments: Any, **named: Any) -> Item:
        table = self.get_table(table_name)
        hash_key, range_key = self.get_keys_value(table, key)
        found = table.get_item(hash_key, range_key)
        if found is not None:
            if range_key is None:
                table.items[hash_key] = copy.deepcopy(found)
            else:
                table.items[hash_key][range_key] = copy.deepcopy(found)
        return update_item(self, table_name, key, *arguments, **named)

    return updated


def _make_item(self: Item, hash_key: DynamoType, range_key: DynamoType | None, attrs: dict[str, Any]) -> None:
    self.hash_key, self.range_key, self.attrs = hash_key, range_key, LimitedSizeDict()
    for name, value in attrs.items():
        dict.__setitem__(self.attrs, name, DynamoType(value))
    if self.size() > _MAX_ITEM_SIZE:
        raise ItemSizeTooLarge


def _as_json(self: DynamoResult, context: ActionContext) -> tuple[int, dict[str, str], str]:
    """An answer that has the names of the API already, for which moto tries six others of each member."""
    headers = {"Content-Type": f"application/x-amz-json-{context.service_model.metadata['jsonVersion']}"}
    return 200, headers | context.response.response_headers, json.dumps(self.result, cls=DynamoJsonEncoder)


def _process_request(process: Callable[..., Any]) -> Callable[..., Any]:
    """`BotocoreStubber.process_request`, which goes for DynamoDB by way of werkzeug and two routers."""

    def processed(self: BotocoreStubber, request: Any) -> Any:
        if request.url != _DYNAMODB:
            return process(self, request)
        handler = DynamoHandler()
        handler.region, handler.current_account, handler.uri_match = REGION, DEFAULT_ACCOUNT_ID, {}
        texts = {name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
        handler.headers, handler.querystring, handler.response_headers = texts, {}, {}
        sent = {"method": "POST", "values": {}, "headers": texts, "data": request.body, "path": "/"}
        handler.parse_parameters(SimpleNamespace(content_type=texts["Content-Type"], **sent))
        return handler.call_action()

    return processed


def _sign(sign: Callable[..., None]) -> Callable[..., None]:
    """`RequestSigner.handler`, which need not sign what only `_process_request` reads."""

    def signed(self: RequestSigner, operation_name: str, request: Any, **named: Any) -> None:
        if request.url != _DYNAMODB:
            sign(self, operation_name, request, **named)

    return signed


def _add_no_id(headers: dict[str, str], body: Any) -> tuple[dict[str, str], Any]:
    """An answer without what nobody reads: moto makes up an id of 52 letters, and looks for its place in an XML."""
    return headers, body


def _node_types(self: DepthFirstTraverser) -> tuple[type[Node], ...]:
    """What moto asks for each node of an expression, by making all methods that it would call for one."""
    if not hasattr(self, "_types"):
        self._types = tuple(self._processing_map())
    return self._types


def apply() -> None:
    """For this process."""
    BotocoreStubber.process_request = _process_request(BotocoreStubber.process_request)  # type: ignore[method-assign]
    RequestSigner.handler = _sign(RequestSigner.handler)  # type: ignore[method-assign]
    DynamoHandler._enrich_response = staticmethod(_add_no_id)  # type: ignore[method-assign]
    DepthFirstTraverser.nodes_to_be_processed = _node_types
    # The root of an expression has all that is below it, which moto looks at again from each node.
    ActionCountValidator.traverse = ActionCountValidator.verify_action_counts
    OverlappingPathsValidator.traverse = OverlappingPathsValidator.check_for_overlapping_paths
    # Whoever evaluates an expression copies it.
    UpdateExpressionParser.make = lru_cache(UpdateExpressionParser.make)  # type: ignore[method-assign]
    DynamoResult.execute_result = _as_json  # type: ignore[method-assign, assignment]
    responses.method_names_from_class = cache(responses.method_names_from_class)
    Table.__deepcopy__ = _copy_table  # type: ignore[attr-defined]
    DynamoDBBackend.update_item = _put_new_item(DynamoDBBackend.update_item)  # type: ignore[method-assign]
    Item.__init__ = _make_item  # type: ignore[method-assign]
