// Apache's own Java client as the client of the matrix: ClientMatrixTests.swift explains the commands.
//
// JavaClient BOOTSTRAP produce TOPIC CODEC FILE | read TOPIC | member GROUP TOPIC STRATEGY | transactions TOPIC | admin TOPIC

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.*;

public class JavaClient {
    static String bootstrap;

    static Map<String, Object> settings(Object... pairs) {
        Map<String, Object> settings = new HashMap<>(Map.of("bootstrap.servers", bootstrap));
        for (int i = 0; i < pairs.length; i += 2) settings.put((String) pairs[i], pairs[i + 1]);
        return settings;
    }

    static KafkaProducer<String, String> producer(Object... pairs) {
        return new KafkaProducer<>(settings(pairs), new StringSerializer(), new StringSerializer());
    }

    static KafkaConsumer<String, String> consumer(Object... pairs) {
        return new KafkaConsumer<>(settings(pairs), new StringDeserializer(), new StringDeserializer());
    }

    static void produce(String topic, String codec, String file) throws Exception {
        try (var producer = producer("compression.type", codec, "linger.ms", 50)) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (var line : Files.readAllLines(Path.of(file))) sent.add(producer.send(new ProducerRecord<>(topic, line)));
            for (var future : sent) future.get();
        }
    }

    static void read(String topic) {
        try (var consumer = consumer("isolation.level", "read_committed", "enable.auto.commit", false)) {
            var partitions = consumer.partitionsFor(topic).stream().map(p -> new TopicPartition(topic, p.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p)))
                for (var record : consumer.poll(Duration.ofSeconds(1))) System.out.println(record.value());
        }
    }

    static void member(String group, String topic, String strategy) {
        var assignor = strategy.equals("cooperative-sticky") ? CooperativeStickyAssignor.class : RangeAssignor.class;
        var consumer = consumer(
            "group.id", group, "partition.assignment.strategy", assignor.getName(), "auto.offset.reset", "earliest",
            "enable.auto.commit", false, "session.timeout.ms", 10000, "heartbeat.interval.ms", 300);
        var main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            consumer.wakeup();
            try {
                main.join();
            } catch (InterruptedException ignored) {
            }
        }));
        consumer.subscribe(List.of(topic));
        try {
            while (true) {
                for (var record : consumer.poll(Duration.ofMillis(100)))
                    System.out.printf("got %d %d %s%n", record.partition(), record.offset(), record.value());
                try {
                    consumer.commitSync();
                } catch (WakeupException leaving) {
                    throw leaving;
                } catch (KafkaException noLongerMember) {
                    // The member that has the partitions now reads this again.
                }
            }
        } catch (WakeupException leaving) {
            consumer.close();
        }
    }

    static void transactions(String topic) throws Exception {
        try (var producer = producer("transactional.id", "java")) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, "aborted")).get();
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, "committed")).get();
            producer.commitTransaction();
        }
    }

    static void admin(String topic) throws Exception {
        try (var admin = Admin.create(settings())) {
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1).configs(Map.of("retention.ms", "1000")))).all().get();
            expect("1000", admin.describeConfigs(List.of(resource)).all().get().get(resource).get("retention.ms").value());
            var alteration = new AlterConfigOp(new ConfigEntry("retention.ms", "2000"), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(resource, List.of(alteration))).all().get();
            expect("2000", admin.describeConfigs(List.of(resource)).all().get().get(resource).get("retention.ms").value());
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3))).all().get();
            expect(3, admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().size());
            expect(1, admin.describeCluster().nodes().get().size());
            var partition = new TopicPartition(topic, 0);
            expect(0L, admin.listOffsets(Map.of(partition, OffsetSpec.latest())).partitionResult(partition).get().offset());
            var sizes = admin.describeLogDirs(List.of(1)).allDescriptions().get().get(1).values().iterator().next();
            expect(3L, sizes.replicaInfos().keySet().stream().filter(p -> p.topic().equals(topic)).count());
            expect(true, sizes.totalBytes().getAsLong() > sizes.usableBytes().getAsLong());
            inspectGroup(admin, topic);
            admin.deleteTopics(List.of(topic)).all().get();
            expect(false, admin.listTopics().names().get().contains(topic));
        }
    }

    /** Checks a group with a living member, and then its offsets. */
    static void inspectGroup(Admin admin, String topic) throws Exception {
        var partition = new TopicPartition(topic, 0);
        try (var member = consumer("group.id", "watched", "enable.auto.commit", false)) {
            member.subscribe(List.of(topic));
            while (member.assignment().size() < 3) member.poll(Duration.ofMillis(100));
            member.commitSync(Map.of(partition, new OffsetAndMetadata(0)));
            expect(true, admin.listGroups().all().get().stream().anyMatch(g -> g.groupId().equals("watched")));
            var group = admin.describeConsumerGroups(List.of("watched")).all().get().get("watched");
            expect(GroupState.STABLE, group.groupState());
            expect(3, group.members().iterator().next().assignment().topicPartitions().size());
            var refusal = admin.deleteConsumerGroupOffsets("watched", Set.of(partition)).all();
            try {
                refusal.get();
                throw new AssertionError("the offsets of a subscribed topic are gone");
            } catch (ExecutionException expected) {
                expect(GroupSubscribedToTopicException.class, expected.getCause().getClass());
            }
        }
        admin.deleteConsumerGroupOffsets("watched", Set.of(partition)).all().get();
        expect(0, admin.listConsumerGroupOffsets("watched").partitionsToOffsetAndMetadata().get().size());
    }

    static void expect(Object expected, Object actual) {
        if (!expected.equals(actual)) throw new AssertionError(actual + " is not " + expected);
    }

    public static void main(String[] arguments) throws Exception {
        bootstrap = arguments[0];
        switch (arguments[1]) {
            case "produce" -> produce(arguments[2], arguments[3], arguments[4]);
            case "read" -> read(arguments[2]);
            case "member" -> member(arguments[2], arguments[3], arguments[4]);
            case "transactions" -> transactions(arguments[2]);
            case "admin" -> admin(arguments[2]);
            default -> throw new IllegalArgumentException(arguments[1]);
        }
    }
}
