import Foundation
import LocalServers
import Logging
import MQTT
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct AcknowledgementTests {
    /// What was read but not acknowledged by the caller is delivered again; what was acknowledged is not.
    @Test func theBrokerHearsOfAMessageOnlyAfterTheCallerHasIt() async throws {
        let topic = "proof-\(UUID().uuidString)"
        let payloads = Set((0..<5).map { [UInt8($0)] })
        // The session must exist before the messages do.
        let first = try await subscriber(topic)
        try await publish(payloads, to: topic)
        let unacknowledged = try await next(of: first)
        #expect(!unacknowledged.messages.isEmpty)
        // Ends as a killed process does: nothing is acknowledged.
        first.close()

        let second = try await subscriber(topic)
        var again: Set<[UInt8]> = []
        while again.count < payloads.count {
            let batch = try await next(of: second)
            again.formUnion(batch.messages.map(\.payload))
            batch.acknowledge()
        }
        #expect(again == payloads)
        // A round trip later the acknowledgements have left.
        try await publish([[99]], to: topic)
        let last = try await next(of: second)
        #expect(last.messages.map(\.payload) == [[99]])
        last.acknowledge()
        try await Task.sleep(for: .milliseconds(200))
        second.close()

        let third = try await subscriber(topic)
        try await publish([[100]], to: topic)
        let batch = try await next(of: third)
        #expect(batch.messages.map(\.payload) == [[100]])
        batch.acknowledge()
        third.close()
    }

    private func subscriber(_ topic: String) async throws -> MQTTClient {
        let port = try await TestServers.mosquitto().port
        let client = try MQTTClient(
            MQTTSettings(host: "127.0.0.1", port: port, clientID: "subscriber-\(topic)", defersAcknowledgement: true),
            subscriptions: ["\(topic)/#"],
            logger: Logger(label: "test")
        )
        _ = try await eventually("the subscriber to be connected") { client.isConnected ? true : nil }
        // The subscription follows the connection at once.
        try await Task.sleep(for: .milliseconds(100))
        return client
    }

    private func publish(_ payloads: Set<[UInt8]>, to topic: String) async throws {
        let port = try await TestServers.mosquitto().port
        let client = try MQTTClient(
            MQTTSettings(host: "127.0.0.1", port: port, clientID: "publisher-\(UUID().uuidString)"),
            subscriptions: ["\(topic)-echo/#"],
            logger: Logger(label: "test")
        )
        _ = try await eventually("the publisher to be connected") { client.isConnected ? true : nil }
        for payload in payloads { try client.publish(payload, to: "\(topic)/x") }
        // Long enough for a few bytes over loopback; the subscriber waits for them in any case.
        try await Task.sleep(for: .milliseconds(200))
        client.close()
    }

    private func next(of client: MQTTClient) async throws -> MQTTBatch {
        for await event in client.events {
            if case .messages(let batch) = event { return batch }
        }
        throw EndOfEvents()
    }

    private struct EndOfEvents: Error {}
}
