"""It costs nothing while nobody is learning; what AWS bills by the hour or at rest is listed here."""

from tests.architecture.rendered import DEPLOYMENTS, rendered
from tests.template import TEMPLATE, resources

# For each call, message, or second of work; see https://aws.amazon.com/pricing/
BY_USE = {
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Stage",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::SQS::Queue",
}
# For each month that something is kept, however little it is used.
AT_REST = {
    "AWS::CloudWatch::Alarm",
    "AWS::DynamoDB::Table",
    "AWS::Lambda::LayerVersion",
    "AWS::Logs::LogGroup",
    "AWS::Logs::MetricFilter",
    "AWS::S3::Bucket",
}
FREE = {
    "AWS::CloudFormation::WaitConditionHandle",
    "AWS::Events::Rule",
    "AWS::IAM::Role",
    "AWS::Lambda::Permission",
    "AWS::S3::BucketPolicy",
    "Custom::KafkaTopics",
}
# Of endpoints, those of the type Gateway are free.
HOURLY = {"LambdaEndpoint", "StsEndpoint", "SecretsEndpoint"}
# Each has a price for being kept ready.
KEPT_READY = {"ProvisionedConcurrencyConfig", "ProvisionedPollerConfig", "ProvisionedThroughput"}


def _hourly(deployment: str) -> set[str]:
    return {
        name
        for name, resource in rendered(deployment)["Resources"].items()
        if resource["Type"] not in BY_USE | AT_REST | FREE
        and resource.get("Properties", {}).get("VpcEndpointType") != "Gateway"
    }


def test_interface_endpoints_alone_are_paid_by_the_hour_and_only_who_asks_gets_them() -> None:
    for name in DEPLOYMENTS:
        assert _hourly(name) == (HOURLY if name == "everything" else set())


def test_nothing_is_kept_ready_for_a_price() -> None:
    for name, resource in rendered("everything")["Resources"].items():
        properties = resource.get("Properties", {})
        assert not KEPT_READY & set(properties), name
        assert properties.get("BillingMode", "PAY_PER_REQUEST") == "PAY_PER_REQUEST"
        assert properties.get("KinesisStreamSpecification") is None


def test_snapshots_are_kept_for_who_asks_for_them_alone() -> None:
    functions = [*resources("AWS::Serverless::Function").values(), TEMPLATE["Globals"]["Function"]]
    assert TEMPLATE["Parameters"]["SnapStart"]["Default"] == "None"
    assert not any({"SnapStart", "AutoPublishAlias"} & set(function) for function in functions)


def test_ten_alarms_are_free() -> None:
    assert sum(one["Type"] == "AWS::CloudWatch::Alarm" for one in TEMPLATE["Resources"].values()) <= 10


def test_what_is_forgotten_is_not_paid_for() -> None:
    for name, resource in rendered("everything")["Resources"].items():
        if resource["Type"] == "AWS::Logs::LogGroup":
            assert "RetentionInDays" in resource["Properties"], name
