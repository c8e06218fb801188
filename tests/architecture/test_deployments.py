"""Every way to deploy the template makes a whole system."""

import json
from typing import Any

import pytest

from lms.events.catalogue import TOPICS
from operations.source import ROOT
from tests.architecture.deployed import listed
from tests.architecture.rendered import DEPLOYMENTS, references, rendered, text
from tests.template import TEMPLATE, resources

every_deployment = pytest.mark.parametrize("deployment", DEPLOYMENTS)
KAFKA = {"EventSourceArn", "AmazonManagedKafkaEventSourceConfig"}
OTHER_KAFKA = {"SelfManagedEventSource", "SelfManagedKafkaEventSourceConfig"}


def _of(deployment: str, kind: str) -> dict[str, dict[str, Any]]:
    made = rendered(deployment)["Resources"]
    return {name: resource.get("Properties", {}) for name, resource in made.items() if resource["Type"] == kind}


def _kafka_mappings(deployment: str) -> list[dict[str, Any]]:
    return [found for found in _of(deployment, "AWS::Lambda::EventSourceMapping").values() if "Topics" in found]


@every_deployment
def test_nothing_names_what_is_not_made(deployment: str) -> None:
    made = rendered(deployment)
    known = {*made["Resources"], *TEMPLATE["Parameters"]}
    for name, resource in made["Resources"].items():
        waits_for = resource.get("DependsOn", [])
        named = {*references(resource), *([waits_for] if isinstance(waits_for, str) else waits_for)}
        assert {one for one in named if not one.startswith("AWS::")} <= known, name
    assert {one for one in references(made["Outputs"]) if not one.startswith("AWS::")} <= known


@every_deployment
def test_cloudformation_takes_no_more_than_500_resources(deployment: str) -> None:
    assert len(rendered(deployment)["Resources"]) <= 500


@every_deployment
def test_a_mapping_reads_from_one_kind_of_kafka(deployment: str) -> None:
    is_msk = "KafkaClusterArn" in DEPLOYMENTS[deployment]
    for mapping in _kafka_mappings(deployment):
        assert (KAFKA if is_msk else OTHER_KAFKA) <= set(mapping)
        assert not (OTHER_KAFKA if is_msk else KAFKA) & set(mapping)
        assert ("SourceAccessConfigurations" in mapping) == ("KafkaSecretArn" in DEPLOYMENTS[deployment])


@every_deployment
def test_only_what_publishes_to_kafka_is_in_the_vpc_where_there_is_one(deployment: str) -> None:
    inside = {name for name, function in _of(deployment, "AWS::Lambda::Function").items() if "VpcConfig" in function}
    publishers = {"OutboxRelayFunction", "OutboxSweepFunction", "OutboxRelayTopicsFunction"}
    assert inside == (publishers if "VpcSubnetIds" in DEPLOYMENTS[deployment] else set())


@every_deployment
def test_a_role_has_the_rights_that_its_kafka_takes_and_no_others(deployment: str) -> None:
    given, role = DEPLOYMENTS[deployment], _of(deployment, "AWS::IAM::Role")
    actions = {
        name: {
            action.partition(":")[0]
            for policy in properties.get("Policies", [])
            for statement in policy["PolicyDocument"]["Statement"]
            for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
        }
        for name, properties in role.items()
    }
    consumer, relay = actions["AuthConsumerFunctionRole"], actions["OutboxSweepFunctionRole"]
    assert ("kafka-cluster" in consumer) == ("kafka-cluster" in relay) == ("KafkaClusterArn" in given)
    assert ("ec2" in consumer) == ("KafkaClusterArn" in given)
    assert ("ec2" in relay) == ("VpcSubnetIds" in given)
    assert ("secretsmanager" in relay) == ("KafkaSecretArn" in given)
    assert ("kms" in consumer) == ("kms" in relay) == ("KafkaSecretKeyArn" in given)


@pytest.mark.parametrize(
    "function",
    sorted({mapping["FunctionName"]["Ref"] for mapping in resources("AWS::Lambda::EventSourceMapping").values()}),
)
def test_a_consumer_reads_the_topics_of_its_mappings_with_its_own_group_in_the_given_cluster(function: str) -> None:
    mappings = [found for found in _kafka_mappings("MSK by role") if found["FunctionName"] == {"Ref": function}]
    (group,) = {found["AmazonManagedKafkaEventSourceConfig"]["ConsumerGroupId"] for found in mappings}
    cluster = DEPLOYMENTS["MSK by role"]["KafkaClusterArn"]
    topics = {f"{cluster.replace(':cluster/', ':topic/')}/{topic}" for found in mappings for topic in found["Topics"]}
    groups = {f"{cluster.replace(':cluster/', ':group/')}/{group}"}
    assert _kafka_rights(function) == {
        "kafka:DescribeCluster": {cluster},
        "kafka:DescribeClusterV2": {cluster},
        "kafka:GetBootstrapBrokers": {cluster},
        "kafka-cluster:Connect": {cluster},
        "kafka-cluster:DescribeClusterDynamicConfiguration": {cluster},
        "kafka-cluster:DescribeTopic": topics,
        "kafka-cluster:ReadData": topics,
        "kafka-cluster:DescribeGroup": groups,
        "kafka-cluster:AlterGroup": groups,
    }


def test_what_publishes_reaches_the_topics_of_the_given_cluster_alone() -> None:
    cluster = DEPLOYMENTS["MSK by role"]["KafkaClusterArn"]
    ours = f"{cluster.replace(':cluster/', ':topic/')}/lms.*"
    for function in ("OutboxRelayFunction", "OutboxSweepFunction", "OutboxRelayTopicsFunction"):
        rights = _kafka_rights(function)
        assert rights.pop("kafka-cluster:Connect") == {cluster}
        assert all(reached == {ours} for reached in rights.values())
        assert "kafka-cluster:ReadData" not in rights


def _kafka_rights(function: str) -> dict[str, set[str]]:
    """What a role may do at MSK, and to what; each action is of one kind of resource."""
    kinds = {"Topic": ":topic/", "Data": ":topic/", "Group": ":group/"}
    rights: dict[str, set[str]] = {}
    for policy in _of("MSK by role", "AWS::IAM::Role")[f"{function}Role"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            for action in listed(statement["Action"]):
                kind = next((kinds[part] for part in kinds if part in action), ":cluster/")
                if action.startswith("kafka"):
                    reached = {text(one, DEPLOYMENTS["MSK by role"]) for one in listed(statement["Resource"])}
                    rights[action] = {arn for arn in reached if kind in arn}
    return rights


def test_the_topics_are_made_by_a_resource_but_for_one_machine_which_makes_its_own() -> None:
    making = {name for name in DEPLOYMENTS if _of(name, "Custom::KafkaTopics")}
    assert making == set(DEPLOYMENTS) - {"one machine"}


def test_a_topic_more_is_a_change_that_cloudformation_sees() -> None:
    (topics,) = resources("Custom::KafkaTopics").values()
    assert tuple(topics["Topics"]) == TOPICS


def test_topics_keep_events_for_as_long_as_the_parameter_says() -> None:
    (topics,) = resources("Custom::KafkaTopics").values()
    assert topics["RetentionDays"] == {"Ref": "TopicRetentionDays"}
    assert TEMPLATE["Parameters"]["TopicRetentionDays"]["Default"] == 7


def test_the_topics_function_has_answered_or_died_before_cloudformation_gives_it_up() -> None:
    (topics,) = resources("Custom::KafkaTopics").values()
    timeout = resources("AWS::Serverless::Function")["OutboxRelayTopicsFunction"]["Timeout"]
    assert topics["ServiceTimeout"] > timeout


def test_mappings_wait_for_their_topics() -> None:
    made = rendered("MSK by role")["Resources"]
    for resource in made.values():
        if "Topics" in resource.get("Properties", {}) and resource["Type"] == "AWS::Lambda::EventSourceMapping":
            assert resource["DependsOn"] == "KafkaTopicsMade"
    assert list(references(made["KafkaTopicsMade"])) == ["KafkaTopics"]


@every_deployment
def test_every_function_logs_where_old_lines_are_forgotten(deployment: str) -> None:
    for function in _of(deployment, "AWS::Lambda::Function").values():
        assert function["LoggingConfig"] == {"LogGroup": {"Ref": "LogGroup"}}
    assert _of(deployment, "AWS::Logs::LogGroup")["LogGroup"] == {"RetentionInDays": {"Ref": "LogRetentionDays"}}


@every_deployment
def test_the_api_is_throttled_for_whoever_calls_it_past_kong(deployment: str) -> None:
    (stage,) = _of(deployment, "AWS::ApiGatewayV2::Stage").values()
    assert stage["DefaultRouteSettings"] == {
        "ThrottlingRateLimit": {"Ref": "ApiRateLimit"},
        "ThrottlingBurstLimit": {"Ref": "ApiBurstLimit"},
    }
    for name in ("ApiRateLimit", "ApiBurstLimit"):
        parameter = TEMPLATE["Parameters"][name]
        assert (parameter["Type"], parameter["MinValue"]) == ("Number", 1)
        # What API Gateway gives an account without being asked for more.
        assert 1 <= parameter["Default"] <= 5_000


@every_deployment
def test_the_api_logs_every_call_where_old_lines_are_forgotten(deployment: str) -> None:
    (stage,) = _of(deployment, "AWS::ApiGatewayV2::Stage").values()
    assert stage["AccessLogSettings"]["DestinationArn"] == {"Fn::GetAtt": ["AccessLogGroup", "Arn"]}
    assert _of(deployment, "AWS::Logs::LogGroup")["AccessLogGroup"] == {"RetentionInDays": {"Ref": "LogRetentionDays"}}


@every_deployment
def test_the_access_log_holds_ids_and_no_path_address_or_header_of_a_person(deployment: str) -> None:
    (stage,) = _of(deployment, "AWS::ApiGatewayV2::Stage").values()
    line = json.loads(stage["AccessLogSettings"]["Format"])
    # A path may hold a token, a query an e-mail address; a route is of the template.
    assert {name.removeprefix("$context.") for name in line.values()} == {
        "requestId",
        "requestTime",
        "httpMethod",
        "routeKey",
        "status",
        "responseLatency",
        "error.responseType",
        "integration.requestId",
        "integration.status",
    }


@every_deployment
def test_alarms_notify_a_topic_where_one_is_given(deployment: str) -> None:
    alarms = _of(deployment, "AWS::CloudWatch::Alarm")
    topics = [{"Ref": "AlarmTopicArn"}] if "AlarmTopicArn" in DEPLOYMENTS[deployment] else None
    assert all(alarm.get("AlarmActions") == topics for alarm in alarms.values())
    assert all(alarm["TreatMissingData"] == "notBreaching" for alarm in alarms.values())


def test_every_queue_is_watched() -> None:
    watched = {
        dimension["Value"]["Fn::GetAtt"].partition(".")[0]
        for alarm in resources("AWS::CloudWatch::Alarm").values()
        for dimension in alarm.get("Dimensions", [])
        if dimension["Name"] == "QueueName"
    }
    assert watched == set(resources("AWS::SQS::Queue"))


def test_what_the_relay_logs_of_a_parked_event_is_counted() -> None:
    (counted,) = resources("AWS::Logs::MetricFilter").values()
    logged = (counted["FilterPattern"].split('"')[1], "functions/outbox_relay/service.py")
    assert f'logger.error("{logged[0]}"' in (ROOT / logged[1]).read_text()
    (metric,) = counted["MetricTransformations"]
    alarm = resources("AWS::CloudWatch::Alarm")["ParkedEventsAlarm"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (metric["MetricNamespace"], metric["MetricName"])
