"""Reads one of our topics as another team would: with Confluent's consumer and deserializer, and only two addresses.

schema_registry_read.py BOOTSTRAP URL TOPIC FILE: writes the first record's value to the file, as JSON with dates as text.
"""
import json
import sys

sys.path.pop(0)
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

bootstrap, url, topic, file = sys.argv[1:]
consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "reader", "auto.offset.reset": "earliest"})
consumer.subscribe([topic])
message = consumer.poll(60)
assert message is not None and message.error() is None, message and message.error()
value = AvroDeserializer(SchemaRegistryClient({"url": url}))(
    message.value(), SerializationContext(topic, MessageField.VALUE)
)
consumer.close()
json.dump(value, open(file, "w"), default=str)
