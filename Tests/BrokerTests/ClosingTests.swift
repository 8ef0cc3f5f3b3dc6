import AsyncHTTPClient
import Foundation
import Kafka
import LocalServers
import NIOCore
import Testing

@testable import Broker

/// SIGTERM ends a broker in order, even while clients wait.
@Suite struct ClosingTests {
    @Test func itClosesWhileClientsWait() async throws {
        let (http, registry) = (try Port.free(), try Port.free())
        let broker = try await BrokerProcess([
            "--http", "127.0.0.1:\(http)", "--schema-registry", "127.0.0.1:\(registry)",
            "--group-initial-delay-ms", "60000",
        ])
        try await broker.send("log", (0..<100).map { "\($0) " + String(repeating: ".", count: 500_000) })
        let before = try await requests(http)
        let poll = Self.frame(1, version: 4) { Self.fetch(from: 100, &$0) }
        let read = Self.frame(1, version: 4) { Self.fetch(from: 0, &$0) }
        let join = Self.frame(11, version: 3, Self.join)
        let halfPage = Array("PUT /config HTTP/1.1\r\nContent-Length: 100\r\n\r\n{".utf8)
        let clients = try [
            (broker.port, []), (broker.port, poll), (broker.port, join), (broker.port, [0, 0, 0, 100, 0, 18]),
            // Asks for 500 MB and reads nothing of it.
            (broker.port, Array(repeating: read, count: 10).flatMap(\.self)),
            (registry, halfPage), (http, []),
        ].map { port, bytes in
            let connection = try RawConnection(port: port, receiveBuffer: 4096)
            connection.send(bytes)
            return connection
        }
        // The poll, the join, and the first request of the client that does not read.
        try await eventually("the requests to come in") { try await requests(http) >= before + 3 ? true : nil }
        await broker.stop()
        withExtendedLifetime(clients) {}
        let data = broker.folder.appending(path: "broker").path
        let verified = try await Executables.run("dcmms-broker", ["verify", data])
        #expect(verified.contains("all intact"))
    }

    @Test func itClosesWithTLS() async throws {
        let broker = try await GuardedBroker(users: ["anna"], rules: "super anna\n", usesTLS: true)
        let consumer = try KafkaConsumer(
            broker.settings("anna"),
            reading: [Kafka.TopicPartition(topic: "log", partition: 0): 0]
        )
        let producer = try KafkaProducer(broker.settings("anna"))
        try await producer.send(KafkaRecord(topic: "log", key: nil, value: [1]))
        await producer.close()
        _ = try await consumer.next()
        let polling = Task { try await consumer.next() }
        let silent = try RawConnection(port: broker.port)
        await broker.process.stop()
        await consumer.close()
        _ = try await polling.value
        withExtendedLifetime(silent) {}
    }

    /// Each password check takes half a second, and they run one after the other: all of them would take more than a minute.
    @Test func itClosesWhilePasswordsAreGuessed() async throws {
        let broker = try await GuardedBroker(users: ["anna"], rules: "super anna\n", iterations: 2_000_000)
        let guess = Array("\0anna\0guess".utf8)
        let clients = try (0..<150).map { _ in
            let client = try RawConnection(port: broker.port)
            client.send(
                Self.frame(17, version: 1) { $0.write("PLAIN") } + Self.frame(36, version: 0) { $0.bytes(guess) }
            )
            _ = client.receive(within: 60_000)
            return client
        }
        await broker.process.stop()
        withExtendedLifetime(clients) {}
    }

    /// A connection can be accepted at the very moment when the listener closes.
    @Test func itClosesWhileClientsConnect() async throws {
        let (http, registry) = (try Port.free(), try Port.free())
        let broker = try await BrokerProcess([
            "--http", "127.0.0.1:\(http)", "--schema-registry", "127.0.0.1:\(registry)",
        ])
        for _ in 0..<5 {
            let storm = [broker.port, http, registry].map { port in
                Task { try await onThread { while (try? RawConnection(port: port)) != nil {} } }
            }
            try await Task.sleep(for: .milliseconds(50))
            await broker.stop()
            for clients in storm { try await clients.value }
            try await broker.restart()
        }
        await broker.end()
    }

    private func requests(_ http: Int) async throws -> Int {
        let answer = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: "http://127.0.0.1:\(http)/metrics"),
            timeout: .seconds(60)
        )
        let text = String(buffer: try await answer.body.collect(upTo: 1 << 20))
        let line = text.split(separator: "\n").first { $0.hasPrefix("dcmms_broker_requests_total ") }
        return try #require(line.flatMap { Int($0.split(separator: " ")[1]) })
    }

    private static func frame(_ key: Int16, version: Int16, _ body: (inout WireWriter) -> Void) -> [UInt8] {
        var writer = WireWriter(isFlexible: false)
        writer.write(key)
        writer.write(version)
        writer.write(Int32(0))  // correlation
        writer.write("t")
        body(&writer)
        return RawConnection.framed(writer.written)
    }

    private static func fetch(from offset: Int64, _ body: inout WireWriter) {
        body.write(Int32(-1))  // replica
        body.write(Int32(60_000))
        body.write(Int32(1))
        body.write(Int32.max)
        body.write(Int8(0))
        body.array(["log"]) { body, topic in
            body.write(topic)
            body.array([0..<1]) { body, _ in
                body.write(Int32(0))
                body.write(offset)
                body.write(Int32.max)
            }
        }
    }

    private static func join(_ body: inout WireWriter) {
        body.write("g")
        body.write(Int32(60_000))  // session time-out
        body.write(Int32(60_000))  // rebalance time-out
        body.write("")
        body.write("consumer")
        body.array(["range"]) { body, name in
            body.write(name)
            body.bytes([] as [UInt8])
        }
    }
}
