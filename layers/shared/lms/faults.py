"""Which faults are transient, so that the same call may succeed later."""

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NotConnectedError
from pynamodb.exceptions import PynamoDBException

from lms.errors import Problem

_PASSING_CODES = frozenset(
    {
        "InternalFailure",
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "ThrottledException",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_REFUSED = "ConditionalCheckFailedException"
_CONDITION_FAILED = "ConditionalCheckFailed"


def is_transient(error: BaseException) -> bool:
    """True for throttling, time-outs, connections refused or lost, contention, and a neighbour's 5xx."""
    if isinstance(error, Problem):
        return error.status in (429, 503)
    if isinstance(error, PynamoDBException):
        return is_contention(error) or (error.cause is not None and is_transient(error.cause))
    if isinstance(error, ClientError):
        # PynamoDB's own error has lost the HTTP status; the one it was raised from has it.
        answer = error.__cause__.response if isinstance(error.__cause__, ClientError) else error.response
        status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status >= 500 or answer.get("Error", {}).get("Code") in _PASSING_CODES
    return isinstance(error, HTTPClientError | NotConnectedError | ConnectionError | TimeoutError)


def condition_failed(error: PynamoDBException) -> bool:
    """True when the condition of a write did not hold; of a transaction's writes, `Transaction` knows which one."""
    # Not `cause_response_code`: it stumbles over time-outs, whose `response` is None.
    return isinstance(error.cause, ClientError) and error.cause.response["Error"]["Code"] == _REFUSED


def is_contention(error: PynamoDBException) -> bool:
    """True for a cancelled transaction none of whose conditions failed: another writer or a limit was in the way."""
    reasons = [reason.code for reason in getattr(error, "cancellation_reasons", ()) if reason is not None]
    return bool(reasons) and _CONDITION_FAILED not in reasons and any(code in _PASSING_CODES for code in reasons)
