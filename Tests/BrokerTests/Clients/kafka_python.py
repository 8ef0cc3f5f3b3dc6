"""kafka-python as the client of the matrix: ClientMatrixTests.swift explains the commands.

kafka_python.py BOOTSTRAP produce TOPIC CODEC FILE | read TOPIC | member GROUP TOPIC STRATEGY | transactions TOPIC | admin TOPIC
"""
import signal
import sys

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

bootstrap, command, *arguments = sys.argv[1:]
servers = {"bootstrap_servers": bootstrap}
# How long a poll waits. A join can begin because metadata has changed, and be answered between two polls: kafka-python 3.0.12
# then never sees the assignment (the Java client's KAFKA-9815). Of groups that poll for 20 ms, a third hangs for ever.
PATIENCE = 2000


def produce(topic, codec, file):
    producer = KafkaProducer(
        **servers, compression_type=None if codec == "none" else codec, linger_ms=50, enable_idempotence=True)
    sent = [producer.send(topic, line.encode()) for line in open(file).read().splitlines()]
    producer.flush(20)
    for future in sent:
        future.get(20)
    producer.close()


def read(topic):
    consumer = KafkaConsumer(**servers, isolation_level="read_committed", enable_auto_commit=False)
    partitions = [TopicPartition(topic, partition) for partition in consumer.partitions_for_topic(topic)]
    consumer.assign(partitions)
    consumer.seek_to_beginning()
    ends = consumer.end_offsets(partitions)
    while any(consumer.position(partition) < ends[partition] for partition in partitions):
        for records in consumer.poll(1000).values():
            for record in records:
                print(record.value.decode())
    consumer.close()


def member(group, topic, strategy):
    assignor = CooperativeStickyAssignor if strategy == "cooperative-sticky" else RangePartitionAssignor
    consumer = KafkaConsumer(
        topic, **servers, group_id=group, partition_assignment_strategy=[assignor], auto_offset_reset="earliest",
        enable_auto_commit=False, session_timeout_ms=10000, heartbeat_interval_ms=300)
    leaving = []
    signal.signal(signal.SIGTERM, lambda *_: leaving.append(True))
    while not leaving:
        for records in consumer.poll(PATIENCE).values():
            for record in records:
                print("got", record.partition, record.offset, record.value.decode(), flush=True)
        try:
            consumer.commit()
        except KafkaError:
            pass  # no longer a member: the new owner of the partition reads this again
    consumer.close()


def transactions(topic):
    producer = KafkaProducer(**servers, transactional_id="kafka-python")
    producer.init_transactions()
    for value, end in [(b"aborted", producer.abort_transaction), (b"committed", producer.commit_transaction)]:
        producer.begin_transaction()
        producer.send(topic, value).get(20)
        end()
    producer.close()


def inspect_group(client, topic):
    """Checks a group with a living member, and then its offsets."""
    partition = TopicPartition(topic, 0)
    member = KafkaConsumer(topic, **servers, group_id="watched", enable_auto_commit=False)
    while len(member.assignment()) < 3:
        member.poll(PATIENCE)
    member.commit({partition: OffsetAndMetadata(0, "", -1)})
    assert "watched" in [group["group_id"] for group in client.list_groups()], client.list_groups()
    group = client.describe_groups(["watched"])["watched"]
    assert (group["group_state"], len(group["members"])) == ("Stable", 1), group
    refused = client.delete_group_offsets("watched", [partition])
    assert refused[partition].__name__ == "GroupSubscribedToTopicError", refused
    member.close()
    client.delete_group_offsets("watched", [partition])
    left = client.list_group_offsets("watched")
    assert not any(left.values()), left


def admin(topic):
    client = KafkaAdminClient(**servers)
    resource = ConfigResource(ConfigResourceType.TOPIC, topic)

    def configured():
        return client.describe_configs([resource])["topic"][topic]["retention.ms"]["value"]

    client.create_topics([NewTopic(topic, 2, 1, topic_configs={"retention.ms": "1000"})])
    assert configured() == "1000", configured()
    client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs={"retention.ms": "2000"})])
    assert configured() == "2000", configured()
    client.create_partitions({topic: NewPartitions(3)})
    assert len(client.describe_topics([topic])[0]["partitions"]) == 3
    assert len(client.describe_cluster()["brokers"]) == 1
    directory = client.describe_log_dirs([topic])[0]["log_dirs"][0]
    assert [len(entry["partitions"]) for entry in directory["topics"]] == [3], directory
    inspect_group(client, topic)
    client.delete_topics([topic])
    assert topic not in client.list_topics()
    client.close()


{"produce": produce, "read": read, "member": member, "transactions": transactions, "admin": admin}[command](*arguments)
