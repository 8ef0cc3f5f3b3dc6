import Foundation
import LocalServers
import MQTT
import TestSupport
import Testing

/// The broker gets an acknowledgement only when the caller says that a message is safe.
@Suite struct AcknowledgementTests {
    private let topic = "ack/\(UUID())"

    /// Makes a session with `count` unread messages and returns its settings.
    private func session(
        holding count: Int,
        _ acknowledgement: MQTTSettings.Acknowledgement = .byCaller()
    ) async throws -> MQTTSettings {
        let settings = try await quick(TestServers.mosquitto(), acknowledgement: acknowledgement)
        let client = try await MQTTClient.connected(settings, topic)
        client.close()
        try await client.ended()
        try await publish(numbered(count, to: topic))
        return settings
    }

    private func publish(_ messages: [MQTTMessage]) async throws {
        let publisher = try await MQTTClient.connected(quick(TestServers.mosquitto()))
        try await publisher.publish(messages)
        publisher.close()
    }

    /// Checks that the session has only the message that is published now.
    private func expectNothingLeft(_ settings: MQTTSettings) async throws {
        let client = try await MQTTClient.connected(settings, topic)
        let last = MQTTMessage(topic: topic, payload: Array("last".utf8))
        try await publish([last])
        let left = try await client.messages(1)
        #expect(left == [last])
        client.close()
        try await client.ended()
    }

    @Test func onlyUnacknowledgedMessagesAreDeliveredAgain() async throws {
        let settings = try await session(holding: 500)
        for _ in 0..<2 {
            let client = try await MQTTClient.connected(settings, topic)
            let batch = try await client.batch()
            #expect(batch.messages == Array(numbered(500, to: topic).prefix(batch.messages.count)))
            // Closing sends no withheld acknowledgement.
            client.close()
            try await client.ended()
            #expect(client.counters.unacknowledged == batch.messages.count)
        }
        let client = try await MQTTClient.connected(settings, topic)
        #expect(try await client.messages(500) == numbered(500, to: topic))
        client.close()
        try await client.ended()
        try await expectNothingLeft(settings)
    }

    @Test func aConnectionThatIsCutWhileABatchIsHeldLosesNothing() async throws {
        var settings = try await session(holding: 500)
        settings.backoff = MQTTBackoff(first: .seconds(60), cap: .seconds(60))
        let cut = try await MQTTClient.connected(settings, topic)
        let held = try await cut.batch()
        // The broker ends a client's connection when another client takes over its session.
        let successor = try await MQTTClient.connected(settings, topic)
        // This is too late, because the connection is gone.
        _ = try await eventually("the loss of the connection") { cut.isConnected ? nil : true }
        held.acknowledge()
        #expect(try await successor.messages(500) == numbered(500, to: topic))
        #expect(cut.counters.acknowledged == 0)
        cut.close()
        successor.close()
        try await successor.ended()
        try await expectNothingLeft(settings)
    }

    @Test func aSlowCallerLosesTheConnectionAndGetsTheBatchAgain() async throws {
        let settings = try await session(holding: 10, .byCaller(within: .milliseconds(200)))
        let client = try await MQTTClient.connected(settings, topic)
        let late = try await client.batch()
        let again = try await client.batch()
        #expect(again.messages.first == late.messages.first)
        // This has no effect, because it is not for the batch that is held now.
        late.acknowledge()
        let third = try await client.batch()
        #expect(third.messages.first == late.messages.first)
        client.close()
    }

    @Test func aReturnedBatchIsDeliveredAgainAtOnce() async throws {
        let settings = try await session(holding: 10)
        let client = try await MQTTClient.connected(settings, topic)
        let first = try await client.batch()
        first.giveBack()
        #expect(try await client.messages(10) == numbered(10, to: topic))
        #expect(client.counters.connections == 2)
        client.close()
        try await client.ended()
        try await expectNothingLeft(settings)
    }

    @Test func withAutomaticAcknowledgementNothingIsDeliveredAgain() async throws {
        // The counter-example: the same steps without withheld acknowledgements, so the batch is not delivered again.
        let settings = try await session(holding: 10, .automatic)
        let client = try await MQTTClient.connected(settings, topic)
        var read = 0
        while read < 10 { read += try await client.batch().messages.count }
        client.close()
        try await client.ended()
        try await expectNothingLeft(settings)
    }

    @Test func whileABatchIsHeldTheBrokerKeepsTheRest() async throws {
        var settings = try await quick(TestServers.mosquitto(), acknowledgement: .byCaller())
        settings.window.receive = 100
        settings.window.batch = 50
        let client = try await MQTTClient.connected(settings, topic)
        try await publish(numbered(1, to: topic))
        let held = try await client.batch()
        try await publish(numbered(5000, to: topic))
        #expect(client.counters.received == 1)
        held.acknowledge()
        var messages: [MQTTMessage] = []
        while messages.count < 5000 {
            let batch = try await client.batch()
            #expect(batch.messages.count <= 50)
            messages += batch.messages
            #expect(client.counters.received == messages.count + 1)
            batch.acknowledge()
        }
        #expect(messages == numbered(5000, to: topic))
        client.close()
    }

    @Test func aSlowReaderPausesTheConnectionEvenWithAutomaticAcknowledgement() async throws {
        var settings = try await quick(TestServers.mosquitto())
        settings.window.batch = 10
        let client = try await MQTTClient.connected(settings, topic)
        try await publish(numbered(5000, to: topic))
        let unread = client.counters.received
        #expect(unread < 200)
        #expect(try await client.messages(5000) == numbered(5000, to: topic))
        client.close()
    }
}

extension MQTTClient {
    /// Waits until a closed client has released its session.
    func ended() async throws {
        _ = try await within(.seconds(60), "end") { () -> Bool? in
            for await _ in self.events {}
            return true
        }
    }
}
