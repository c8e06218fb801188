"""What CloudFormation makes of the template: each function's whole environment, permissions and resources."""

import re
from collections.abc import Iterator
from typing import Any

from tests.template import REGION, TEMPLATE, resources

FUNCTIONS = resources("AWS::Serverless::Function")
API_FUNCTIONS = {
    name: function
    for name, function in FUNCTIONS.items()
    if any(event["Type"] == "HttpApi" for event in function.get("Events", {}).values())
}
KAFKA_MAPPINGS = resources("AWS::Lambda::EventSourceMapping")
PARAMETERS = TEMPLATE["Parameters"]
# Parameters without a default: what a deployment gives.
_GIVEN = {"KafkaBootstrapServers": "broker-1:9098,broker-2:9098", "SmtpHost": "smtp.example.com"}
_SECRET = "a-secret-of-more-than-32-characters-0123"

# What Lambda itself sets.
RUNTIME_ENVIRONMENT = {
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
    "LANG": "en_US.UTF-8",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "TZ": ":UTC",
}


def package(function: str) -> str:
    """The package that a function's code is in."""
    return handler(function).partition(".")[0]


def handler(function: str) -> str:
    """Module and name of what Lambda calls."""
    return str(FUNCTIONS[function]["Handler"])


def environment(function: str) -> dict[str, str]:
    """The environment that the template gives a function, with a deployment's smallest set of parameters."""
    return {name: resolve(value) for name, value in variables(function).items()}


def variables(function: str) -> dict[str, Any]:
    """As `environment`, with the template's expressions for values."""
    common = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    return {**common, **FUNCTIONS[function].get("Environment", {}).get("Variables", {})}


def resolve(value: Any) -> str:
    match value:
        case {"Ref": name} if name in PARAMETERS:
            return str(PARAMETERS[name].get("Default", _GIVEN.get(name, f"https://{name.lower()}.example.com")))
        case {"Ref": name}:
            return str(name)
        case {"Fn::GetAtt": attribute}:
            return f"arn:aws:{attribute}"
        case {"Fn::Sub": text}:
            return _SECRET if "resolve:secretsmanager" in text else text
        case _:
            return str(value)


def statements(function: str) -> Iterator[dict[str, Any]]:
    """Every policy statement of a function's role, under whatever condition."""
    for policy in FUNCTIONS[function].get("Policies", []):
        for statement in policy["Statement"]:
            branches = statement["Fn::If"][1:] if "Fn::If" in statement else [statement]
            yield from (branch for branch in branches if "Effect" in branch)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def named(value: Any) -> set[str]:
    """The logical ids of the parameters and resources that an expression names."""
    match value:
        case {"Ref": name}:
            return {name}
        case {"Fn::GetAtt": attribute}:
            return {attribute.partition(".")[0] if isinstance(attribute, str) else attribute[0]}
        case {"Fn::Sub": [str(text), dict(own)]}:
            return (named({"Fn::Sub": text}) - set(own)) | named(own)
        case {"Fn::Sub": text}:
            return set(re.findall(r"\$\{(\w+)(?:\.\w+)?\}", text))
        case dict():
            return set().union(*map(named, value.values()))
        case list():
            return set().union(*map(named, value))
        case _:
            return set()
