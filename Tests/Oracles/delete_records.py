"""delete_records.py BOOTSTRAP TOPIC OFFSET [USER PASSWORD]: deletes the records before an offset in every partition that has that many."""
import sys
from confluent_kafka import OFFSET_END, Consumer, TopicPartition
from confluent_kafka.admin import AdminClient

bootstrap, topic, offset = sys.argv[1], sys.argv[2], int(sys.argv[3])
settings = {"bootstrap.servers": bootstrap}
if len(sys.argv) > 4:
    settings |= {"security.protocol": "sasl_plaintext", "sasl.mechanism": "SCRAM-SHA-256",
                 "sasl.username": sys.argv[4], "sasl.password": sys.argv[5]}
consumer = Consumer(settings | {"group.id": "deletes"})
partitions = consumer.list_topics(topic, timeout=60).topics[topic].partitions
long = [TopicPartition(topic, number, offset) for number in partitions
        if consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=60)[1] >= offset]
client = AdminClient(settings)
for future in client.delete_records(long).values():
    future.result(20)
