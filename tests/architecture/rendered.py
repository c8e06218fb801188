"""The template as CloudFormation carries it out: SAM's transform done, a deployment's parameters in its conditions."""

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from operations.source import ROOT

_MSK = "arn:aws:kafka:eu-central-1:123456789012:cluster/lms/00000000-0000-4000-8000-000000000000-1"
_SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:AmazonMSK_lms-abcdef"
_KEY = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-4000-8000-000000000000"
_VPC = {"VpcSubnetIds": "subnet-11111111,subnet-22222222", "VpcSecurityGroupIds": "sg-11111111"}
DEPLOYMENTS: dict[str, dict[str, str]] = {
    "one machine": {"KafkaSecurity": "plaintext", "KafkaClusterArn": _MSK},
    "MSK by role": {"KafkaSecurity": "msk-iam", "KafkaClusterArn": _MSK, **_VPC},
    "MSK by password": {
        "KafkaSecurity": "sasl",
        "KafkaClusterArn": _MSK,
        **_VPC,
        "KafkaSecretArn": _SECRET,
        "KafkaSecretKeyArn": _KEY,
    },
    "another Kafka": {"KafkaSecurity": "sasl", "KafkaSecretArn": _SECRET},
    "everything": {
        "KafkaSecurity": "msk-iam",
        "KafkaClusterArn": _MSK,
        **_VPC,
        "VpcId": "vpc-11111111",
        "VpcRouteTableIds": "rtb-11111111",
        "VpcInterfaceEndpoints": "true",
        "AlarmTopicArn": "arn:aws:sns:eu-central-1:123456789012:alarms",
    },
}
"""The ways to run it, by the parameters in which they differ."""
_NOTHING = object()


@cache
def transformed(change: Callable[[dict[str, Any]], None] = lambda _: None) -> dict[str, Any]:
    """What SAM makes of the template, after a change to it."""
    template = yaml_parse((ROOT / "template.yaml").read_text())
    # What `sam package` puts in the place of folders.
    template["Globals"]["Function"]["CodeUri"] = "s3://bucket/key"
    template["Resources"]["SharedLayer"]["Properties"]["ContentUri"] = "s3://bucket/key"
    change(template)
    made: dict[str, Any] = Translator({}, Parser()).translate(template, {})
    return made


@cache
def rendered(deployment: str) -> dict[str, Any]:
    """`Resources` and `Outputs` of one of `DEPLOYMENTS`, without what its conditions take away."""
    template = copy.deepcopy(transformed())
    given = DEPLOYMENTS[deployment]
    defaults = {name: str(parameter.get("Default", "given")) for name, parameter in template["Parameters"].items()}
    conditions = _Conditions(template["Conditions"], {**defaults, **given})
    return {
        "Resources": {
            name: conditions.chosen(resource)
            for name, resource in template["Resources"].items()
            if "Condition" not in resource or conditions.holds(resource["Condition"])
        },
        "Outputs": conditions.chosen(template["Outputs"]),
    }


class _Conditions:
    def __init__(self, conditions: Mapping[str, Any], parameters: Mapping[str, str]) -> None:
        self._conditions = conditions
        self._parameters = parameters

    def holds(self, name: str) -> bool:
        return self._truth(self._conditions[name])

    def _truth(self, condition: Any) -> bool:
        match condition:
            case {"Condition": name}:
                return self.holds(name)
            case {"Fn::Not": [other]}:
                return not self._truth(other)
            case {"Fn::And": others}:
                return all(map(self._truth, others))
            case {"Fn::Equals": [left, right]}:
                return self._text(left) == self._text(right)
            case _:
                raise NotImplementedError(condition)

    def _text(self, value: Any) -> str:
        match value:
            case {"Ref": name}:
                return self._parameters[name]
            case {"Fn::Join": ["", inner]}:
                return self._text(inner)
            case str():
                return value
            case _:
                raise NotImplementedError(value)

    def chosen(self, value: Any) -> Any:
        match value:
            case {"Fn::If": [name, yes, no]}:
                return self.chosen(yes if self.holds(name) else no)
            case {"Ref": "AWS::NoValue"}:
                return _NOTHING
            case dict():
                made = {key: self.chosen(inner) for key, inner in value.items()}
                return {key: inner for key, inner in made.items() if inner is not _NOTHING}
            case list():
                return [inner for inner in map(self.chosen, value) if inner is not _NOTHING]
            case _:
                return value


def text(value: Any, given: Mapping[str, str]) -> str:
    """What an expression comes to where `given` are the parameters."""
    match value:
        case str():
            return value
        case {"Ref": name}:
            return given[name]
        case {"Fn::Join": [joint, {"Fn::Split": [separator, whole]}]}:
            return text(whole, given).replace(separator, joint)
        case {"Fn::Sub": [str(pattern), dict(own)]}:
            return re.sub(r"\$\{(\w+)\}", lambda name: text(own[name[1]], given), pattern)
        case _:
            raise NotImplementedError(value)


def references(value: Any) -> Iterator[str]:
    """The logical ids that an expression, wherever in `value`, names."""
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [name, *_]}:
            yield name
        case {"Fn::Sub": [str(text), dict(own)]}:
            yield from (name for name in _named(text) if name not in own)
            yield from references(own)
        case {"Fn::Sub": str(text)}:
            yield from _named(text)
        case dict():
            for inner in value.values():
                yield from references(inner)
        case list():
            for inner in value:
                yield from references(inner)


def _named(text: str) -> list[str]:
    return [name.partition(".")[0] for name in re.findall(r"\$\{([^!}][^}]*)\}", text)]
