"""confluent-kafka (a current librdkafka) as the client of the matrix: ClientMatrixTests.swift explains the commands.

confluent.py BOOTSTRAP produce TOPIC CODEC FILE | read TOPIC | member GROUP TOPIC STRATEGY | transactions TOPIC | admin TOPIC
"""
import signal
import sys

from confluent_kafka import Consumer, ConsumerGroupState, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import (
    AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewPartitions, NewTopic, OffsetSpec)

bootstrap, command, *arguments = sys.argv[1:]
servers = {"bootstrap.servers": bootstrap}


def produce(topic, codec, file):
    producer = Producer({**servers, "compression.type": codec, "linger.ms": 50, "enable.idempotence": True})
    for line in open(file).read().splitlines():
        producer.produce(topic, line)
    assert producer.flush(20) == 0, "not everything was acknowledged"


def read(topic):
    consumer = Consumer({
        **servers, "group.id": "unused", "enable.partition.eof": True, "isolation.level": "read_committed"})
    partitions = consumer.list_topics(topic, 10).topics[topic].partitions
    consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
    ended = 0
    while ended < len(partitions):
        message = consumer.poll(20)
        assert message is not None, "nothing came"
        if message.error():
            ended += 1
        else:
            print(message.value().decode())
    consumer.close()


def member(group, topic, strategy):
    consumer = Consumer({
        **servers, "group.id": group, "partition.assignment.strategy": strategy, "auto.offset.reset": "earliest",
        "enable.auto.commit": False, "session.timeout.ms": 10000, "heartbeat.interval.ms": 300})
    consumer.subscribe([topic])
    leaving = []
    signal.signal(signal.SIGTERM, lambda *_: leaving.append(True))
    while not leaving:
        message = consumer.poll(0.1)
        if message is None or message.error():
            continue
        print("got", message.partition(), message.offset(), message.value().decode(), flush=True)
        try:
            consumer.commit(message, asynchronous=False)
        except KafkaException:
            pass  # no longer a member: the new owner of the partition reads this again
    consumer.close()


def transactions(topic):
    producer = Producer({**servers, "transactional.id": "confluent"})
    producer.init_transactions(20)
    for value, end in [("aborted", producer.abort_transaction), ("committed", producer.commit_transaction)]:
        producer.begin_transaction()
        producer.produce(topic, value)
        producer.flush(20)
        end(20)


def admin(topic):
    client = AdminClient(servers)

    def done(futures):
        return [future.result(20) for future in futures.values()]

    def configured(key="retention.ms"):
        return done(client.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, topic)]))[0][key].value

    def alter(operation, **changes):
        entries = [ConfigEntry(key.replace("_", "."), value, incremental_operation=operation)
                   for key, value in changes.items()]
        done(client.incremental_alter_configs([
            ConfigResource(ConfigResource.Type.TOPIC, topic, incremental_configs=entries)]))

    done(client.create_topics([NewTopic(topic, 2, 1, config={"retention.ms": "1000"})]))
    assert configured() == "1000", configured()
    alter(AlterConfigOpType.SET, retention_ms="2000")
    assert configured() == "2000", configured()
    alter(AlterConfigOpType.APPEND, cleanup_policy="compact")
    assert configured("cleanup.policy") == "delete,compact", configured("cleanup.policy")
    alter(AlterConfigOpType.SUBTRACT, cleanup_policy="delete")
    assert configured("cleanup.policy") == "compact", configured("cleanup.policy")
    told = {"compression_type": "zstd", "min_insync_replicas": "2", "message_format_version": "2.8",
            "leader_replication_throttled_replicas": "*", "follower_replication_throttled_replicas": "0:1"}
    alter(AlterConfigOpType.SET, **told)
    for key, value in told.items():
        assert configured(key.replace("_", ".")) == value, key
    done(client.create_partitions([NewPartitions(topic, 3)]))
    assert len(client.list_topics(topic, 10).topics[topic].partitions) == 3
    assert len(client.describe_cluster().result(20).nodes) == 1
    ends = done(client.list_offsets({TopicPartition(topic, 0): OffsetSpec.latest()}))
    assert ends[0].offset == 0, ends
    member = Consumer({**servers, "group.id": "watched"})
    member.subscribe([topic])
    while len(member.assignment()) < 3:
        member.poll(0.1)
    assert "watched" in [group.group_id for group in client.list_consumer_groups().result(20).valid]
    group, = done(client.describe_consumer_groups(["watched"]))
    assert (group.state, len(group.members)) == (ConsumerGroupState.STABLE, 1), group.state
    assert len(group.members[0].assignment.topic_partitions) == 3
    member.commit(offsets=[TopicPartition(topic, 0, 0)], asynchronous=False)
    member.close()
    done(client.delete_consumer_groups(["watched"]))
    done(client.delete_topics([topic]))
    assert topic not in client.list_topics(timeout=60).topics


{"produce": produce, "read": read, "member": member, "transactions": transactions, "admin": admin}[command](*arguments)
