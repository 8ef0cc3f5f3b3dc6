"""delete_records.py BOOTSTRAP TOPIC OFFSET: deletes the records before an offset in every partition that has that many."""
import sys
from confluent_kafka import OFFSET_END, Consumer, TopicPartition
from confluent_kafka.admin import AdminClient

bootstrap, topic, offset = sys.argv[1], sys.argv[2], int(sys.argv[3])
consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "deletes"})
partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
long = [TopicPartition(topic, number, offset) for number in partitions
        if consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=10)[1] >= offset]
client = AdminClient({"bootstrap.servers": bootstrap})
for future in client.delete_records(long).values():
    future.result(20)
