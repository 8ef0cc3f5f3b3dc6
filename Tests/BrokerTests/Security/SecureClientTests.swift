import ArgumentParser
import Foundation
import Kafka
import LocalServers
import Logging
import NIOCore
import NIOSSL
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Broker

/// Our own clients and kcat with a broker that has TLS, logins and access rules.
@Suite(.timeLimit(.minutes(10))) struct SecureClientTests {
    private static let rules = """
        super operator
        allow copier Read topic in
        allow copier Write topic out.*
        allow copier Read group copiers
        allow copier Write transactional-id copier-*
        allow reader Read topic in
        """

    private func broker() async throws -> GuardedBroker {
        let broker = try await GuardedBroker(
            users: ["operator", "copier", "reader"],
            rules: Self.rules,
            usesTLS: true
        )
        try await KafkaAdmin(broker.settings("operator")).create([
            .init(name: "in", partitions: 1), .init(name: "out.1", partitions: 1), .init(name: "secret", partitions: 1),
        ])
        let producer = try KafkaProducer(broker.settings("operator"))
        try await producer.send(record("in", "a"))
        await producer.close()
        return broker
    }

    private func record(_ topic: String, _ value: String) -> KafkaRecord {
        KafkaRecord(topic: topic, key: nil, value: Array(value.utf8))
    }

    private func firstRecords(_ consumer: KafkaConsumer) async throws -> [String] {
        while let event = try await consumer.next() {
            if case .records(let records) = event {
                return records.map { String(decoding: $0.value ?? [], as: UTF8.self) }
            }
        }
        return []
    }

    @Test func aGroupATransactionAndAProducerWorkWithTheirRights() async throws {
        let broker = try await broker()
        // As a daemon is configured.
        let environment = Environment([
            "KAFKA_BOOTSTRAP_SERVERS": broker.process.bootstrap, "KAFKA_SECURITY_PROTOCOL": "sasl_ssl",
            "KAFKA_SASL_MECHANISM": "SCRAM-SHA-256", "KAFKA_SASL_USERNAME": "copier",
            "KAFKA_SASL_PASSWORD": GuardedBroker.password,
            "KAFKA_SSL_CA_LOCATION": broker.authority?.certificate.path ?? "",
        ])
        let settings = CommonSettings(environment, service: "copier", defaultPort: 1, logger: Logger(label: "t")).kafka
        try environment.check()
        let consumer = try KafkaConsumer(settings, group: "copiers", topics: ["in"])
        #expect(try await firstRecords(consumer) == ["a"])
        let source = Kafka.TopicPartition(topic: "in", partition: 0)
        let transactions = try await KafkaTransactions(settings, id: "copier-0", timeout: .seconds(120))
        try await transactions.run([record("out.1", "A")], committing: [source: 1], of: consumer)
        await transactions.close()
        #expect(try await consumer.committed([source])[source] == 1)
        await consumer.close()
        let producer = try KafkaProducer(settings)
        try await producer.send(record("out.1", "B"))
        await producer.close()
        // The other mechanism, and another client.
        let kcat = try await kcat([
            "-b", broker.process.bootstrap, "-C", "-t", "out.1", "-p", "0", "-e", "-q", "-X",
            "security.protocol=sasl_ssl",
            "-X", "ssl.ca.location=\(broker.authority?.certificate.path ?? "")", "-X", "sasl.mechanism=PLAIN", "-X",
            "sasl.username=operator", "-X", "sasl.password=\(GuardedBroker.password)",
        ])
        #expect(kcat == "A\nB\n")
        await broker.process.end()
    }

    @Test func eachStepIsRefusedByNameWithoutItsRight() async throws {
        let broker = try await broker()
        let (copier, reader) = (broker.settings("copier"), broker.settings("reader"))
        func refused(_ name: String, _ body: () async throws -> Void) async {
            let error = await #expect(throws: KafkaError.self) { try await body() }
            #expect(
                error?.name == name && error?.isRefusal == true && error?.isRetriable == false,
                "\(name): \(error as Any)"
            )
        }
        let producer = try KafkaProducer(copier)
        // A topic that the user may not even describe, one that it may only read, and one that does not exist and that it may
        // not create.
        for topic in ["secret", "in"] {
            await refused("TOPIC_AUTHORIZATION_FAILED") { try await producer.send(record(topic, "x")) }
        }
        await producer.close()
        let readOnly = try KafkaProducer(reader)
        await refused("CLUSTER_AUTHORIZATION_FAILED") { try await readOnly.send(record("in", "x")) }
        await readOnly.close()
        await refused("GROUP_AUTHORIZATION_FAILED") {
            let consumer = try KafkaConsumer(reader, group: "copiers", topics: ["in"])
            _ = try await firstRecords(consumer)
        }
        // Without a group, no right on a group is needed.
        let whole = try KafkaConsumer(reader, reading: [Kafka.TopicPartition(topic: "in", partition: 0): 0])
        #expect(try await firstRecords(whole) == ["a"])
        await whole.close()
        await refused("TOPIC_AUTHORIZATION_FAILED") {
            // The user may write to the topic, and therefore describe it.
            let partition = Kafka.TopicPartition(topic: "out.1", partition: 0)
            _ = try await firstRecords(try KafkaConsumer(copier, reading: [partition: 0]))
        }
        await refused("TOPIC_AUTHORIZATION_FAILED") { _ = try await KafkaAdmin(reader).partitions(of: "secret") }
        await refused("TRANSACTIONAL_ID_AUTHORIZATION_FAILED") {
            _ = try await KafkaTransactions(copier, id: "other", timeout: .seconds(120))
        }
        await refused("TOPIC_AUTHORIZATION_FAILED") {
            try await KafkaAdmin(copier).create([.init(name: "out.2", partitions: 1)])
        }
        await broker.process.end()
    }

    @Test func aWrongPasswordIsReportedAndNotRetriedForEver() async throws {
        let broker = try await broker()
        let settings = broker.settings("copier", password: "wrong")
        let producer = try KafkaProducer(settings, timeout: .seconds(300))
        let error = await #expect(throws: KafkaError.self) { try await producer.send(record("out.1", "x")) }
        #expect(error?.name == "_AUTHENTICATION" && error?.isRefusal == true, "\(error as Any)")
        await producer.close()
        let consumer = try KafkaConsumer(settings, group: "copiers", topics: ["in"])
        let other = await #expect(throws: KafkaError.self) { try await consumer.next() }
        #expect(other?.isRefusal == true, "\(other as Any)")
        await consumer.close()
        let probe = await #expect(throws: KafkaError.self) {
            _ = try await KafkaAdmin(settings).partitions(of: "in")
        }
        #expect(probe?.isRefusal == true, "\(probe as Any)")
        await broker.process.end()
    }

    /// librdkafka calls a connection that breaks during the login a failed authentication. A log that starts again does that.
    @Test func aConnectionThatBreaksDuringTheLoginIsNotARefusal() async throws {
        let broker = try await GuardedBroker(users: ["copier"], rules: Self.rules)
        let listener = try RawListener()
        let server = broker.port
        let cut = Mutex(0)
        let relay = Task {
            try await onThread {
                while let client = listener.accept() {
                    let upstream = try RawSocket(port: server)
                    while let request = client.receive(within: 5000), request.count > 5 {
                        let isHandshake = request[4] == 0 && request[5] == 17
                        if isHandshake {
                            cut.withLock { $0 += 1 }
                            break
                        }
                        upstream.send(request)
                        client.send(upstream.receive(within: 60_000) ?? [])
                    }
                }
            }
        }
        var settings = broker.settings("copier")
        settings.bootstrapServers = "127.0.0.1:\(listener.port)"
        let producer = try KafkaProducer(settings, timeout: .seconds(15))
        let error = await #expect(throws: KafkaError.self) { try await producer.send(record("out.1", "x")) }
        #expect(error?.isRefusal == false && error?.isRetriable == true, "\(error as Any)")
        #expect(cut.withLock { $0 } > 0)
        await producer.close()
        listener.stop()
        try await relay.value
        await broker.process.end()
    }

    @Test func aCertificateIdentifiesTheClient() async throws {
        let broker = try await GuardedBroker(
            rules: "allow site-1 Create,Write topic site-1.*",
            usesTLS: true,
            asksForCertificates: true
        )
        let authority = try #require(broker.authority)
        let stranger = try await CertificateAuthority(in: broker.files.appending(path: "stranger"))
        let own = try await authority.issue("site-1")
        let environment = Environment([
            "KAFKA_BOOTSTRAP_SERVERS": broker.process.bootstrap, "KAFKA_SECURITY_PROTOCOL": "ssl",
            "KAFKA_SSL_CA_LOCATION": authority.certificate.path,
            "KAFKA_SSL_CERTIFICATE_LOCATION": own.certificate.path, "KAFKA_SSL_KEY_LOCATION": own.key.path,
        ])
        var settings = CommonSettings(environment, service: "s", defaultPort: 1, logger: Logger(label: "t")).kafka
        settings.properties["allow.auto.create.topics"] = "true"
        try environment.check()
        let producer = try KafkaProducer(settings)
        try await producer.send(record("site-1.readings", "x"))
        // A user that writes to another's prefix.
        let error = await #expect(throws: KafkaError.self) { try await producer.send(record("site-2.readings", "x")) }
        #expect(error?.name == "TOPIC_AUTHORIZATION_FAILED")
        await producer.close()

        let versions = { (client: inout RawClient) in try await client.ask(18, 0) != nil }
        #expect(try await RawClient.connect(broker.port, tls: broker.tls(own), versions))
        let otherName = try await authority.issue("site-2")
        #expect(try await RawClient.connect(broker.port, tls: broker.tls(otherName), versions))
        // No certificate, a certificate of another authority, and an old protocol.
        #expect(try await !RawClient.connect(broker.port, tls: broker.tls(), versions))
        let foreign = try await stranger.issue("site-1")
        #expect(try await !RawClient.connect(broker.port, tls: broker.tls(foreign), versions))
        var old = try broker.tls(own)
        (old.minimumTLSVersion, old.maximumTLSVersion) = (.tlsv1, .tlsv11)
        #expect(try await !RawClient.connect(broker.port, tls: old, versions))
        // No TLS at all.
        #expect(try await !RawClient.connect(broker.port, versions))
        // The certificate is the login: there is no other login.
        try await RawClient.connect(broker.port, tls: broker.tls(own)) { client in
            let error = try await client.handshake("SCRAM-SHA-256")
            #expect(error == ErrorCode.illegalSASLState.rawValue)
        }
        await broker.process.end()
    }

    @Test func outsideLoopbackALoginIsRequired() throws {
        func settings(_ arguments: [String]) throws -> Settings {
            try Options.parse(["--data", "/nowhere"] + arguments).settings()
        }
        let everywhere = ["--listen", "0.0.0.0:9092", "--advertise", "broker.example:9092"]
        let tls = ["--tls-certificate", "c", "--tls-key", "k"]
        #expect(throws: (any Error).self) { try settings(everywhere) }
        #expect(throws: (any Error).self) { try settings(everywhere + tls) }  // encrypted, but open to everybody
        #expect(throws: (any Error).self) { try settings(everywhere + ["--access", "a", "--http", "0.0.0.0:80"]) }
        let registry = ["--schema-registry", "0.0.0.0:80"]
        #expect(throws: (any Error).self) { try settings(everywhere + ["--access", "a"] + registry) }
        #expect(throws: (any Error).self) { try settings(registry) }
        #expect(throws: (any Error).self) { try settings(["--tls-certificate", "c"]) }
        #expect(throws: (any Error).self) { try settings(["--tls-client-ca", "c"]) }
        #expect(try settings(everywhere + ["--access", "a"]).access == "a")
        #expect(try settings(everywhere + tls + ["--tls-client-ca", "ca"]).tls?.clientCA == "ca")
        #expect(try settings(everywhere + ["--expose-without-authentication"]).access == nil)
    }
}
