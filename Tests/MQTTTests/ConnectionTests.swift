import Foundation
import LocalServers
import TestSupport
import Testing

@testable import MQTT

/// Publishing, subscribing, and reconnecting.
@Suite struct ConnectionTests {
    private let topic = "connection/\(UUID())"
    private let directory = TestServers.directory.appending(path: "mosquitto-\(UUID())")

    /// `window` is the number of unacknowledged messages that can be sent at a time.
    @Test(arguments: [1, 20, 256])
    func messagesArriveAsTheyWereSentAndInOrder(window: Int) async throws {
        let server = try await TestServers.mosquitto()
        var settings = quick(server)
        settings.window.publish = window
        settings.window.receive = window
        let subscriber = try await MQTTClient.connected(settings, "\(topic)/#")
        settings.clientID += "-publisher"
        let publisher = try await MQTTClient.connected(settings)
        let payloads = [[], Array(0...255), [UInt8](repeating: 0, count: 300_000)] as [[UInt8]]
        let sent = payloads.map { MQTTMessage(topic: "\(topic)/é", payload: $0) } + numbered(3000, to: "\(topic)/n")
        try await publisher.publish(sent)
        #expect(publisher.counters.published == sent.count)
        #expect(try await subscriber.messages(sent.count) == sent)
        publisher.close()
        subscriber.close()
    }

    @Test func everyConcurrentPublisherGetsItsAnswer() async throws {
        let publisher = try await MQTTClient.connected(quick(TestServers.mosquitto()))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<500 {
                group.addTask { try await publisher.publish([UInt8(number & 0xFF)], to: topic) }
            }
            try await group.waitForAll()
        }
        #expect(publisher.counters.published == 500)
        publisher.close()
    }

    @Test func aSharedSubscriptionDeliversEachMessageToOneMember() async throws {
        let server = try await TestServers.mosquitto()
        let (shared, end) = ("$share/group/\(topic)", "\(topic)/end")
        let members = try await [
            MQTTClient.connected(quick(server), shared, end), MQTTClient.connected(quick(server), shared, end),
        ]
        let publisher = try await MQTTClient.connected(quick(server))
        try await publisher.publish(numbered(1000, to: topic) + numbered(1, to: end))
        let shares = try await withThrowingTaskGroup { group in
            for member in members { group.addTask { try await member.messages(until: end) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(shares.allSatisfy { $0.count > 100 })
        #expect(shares.joined().count == 1000)
        #expect(Set(shares.joined()) == Set(numbered(1000, to: topic)))
        for client in members + [publisher] { client.close() }
    }

    @Test func afterABrokerRestartTheClientReconnectsAndPublishesWaitingMessages() async throws {
        let server = try await MosquittoServer.start(in: directory)
        let subscriber = try await MQTTClient.connected(quick(server), topic)
        let publisher = try await MQTTClient.connected(quick(server))
        await server.process.kill()
        _ = try await eventually("the loss of the connection") {
            subscriber.isConnected || publisher.isConnected ? nil : true
        }
        #expect(subscriber.trouble != nil)
        #expect(throws: MQTTError.notConnected) { try publisher.enqueue([1], to: topic) }
        async let published: Void = publisher.publish([2], to: topic)
        let again = try await MosquittoServer.start(in: directory, port: server.port)
        try await published
        try await subscriber.untilConnected()
        try await publisher.publish([3], to: topic)
        let last = try await within(.seconds(60), "message") { () -> MQTTMessage? in
            for await case .messages(let batch) in subscriber.events {
                // The subscriber may have reconnected after the first message was published.
                if let last = batch.messages.last, last.payload == [3] { return last }
            }
            return nil
        }
        #expect(last.topic == topic)
        #expect(subscriber.counters.connections == 2)
        #expect(subscriber.trouble == nil)
        publisher.close()
        subscriber.close()
        await again.process.stop()
    }

    @Test func connectionEventsComeInOrder() async throws {
        let server = try await MosquittoServer.start(in: directory)
        let client = try MQTTClient(quick(server), subscriptions: [topic], logger: quiet)
        try await client.untilConnected()
        await server.process.kill()
        let again = try await MosquittoServer.start(in: directory, port: server.port)
        _ = try await eventually("the second connection") { client.counters.connections == 2 ? true : nil }
        client.close()
        var told: [String] = []
        for await event in client.events {
            switch event {
            case .connected: told.append("connected")
            case .disconnected: told.append("disconnected")
            case .messages: told.append("messages")
            }
        }
        #expect(told == ["connected", "disconnected", "connected", "disconnected"])
        await again.process.stop()
    }

    @Test func anInvalidPublishFailsWithItsReason() async throws {
        let server = try await TestServers.mosquitto()
        let withholding = try await MQTTClient.connected(quick(server, acknowledgement: .byCaller()), topic)
        await #expect(throws: MQTTError.withholding) { try await withholding.publish([1], to: topic) }
        withholding.close()
        let client = try await MQTTClient.connected(quick(server))
        await #expect { try await client.publish([1], to: "no/+/wildcards") } throws: {
            if case MQTTError.unsendable(topic: "no/+/wildcards", _) = $0 { true } else { false }
        }
        client.close()
        await #expect(throws: MQTTError.closed) { try await client.publish([1], to: topic) }
        #expect(throws: MQTTError.self) {
            try MQTTClient(quick(server), subscriptions: ["a/#/b"], logger: quiet)
        }
    }

    @Test func anUnacknowledgedPublishTimesOut() async throws {
        var settings = try await quick(TestServers.mosquitto())
        settings.port = try Port.free()
        settings.publishTimeout = .milliseconds(100)
        let client = try MQTTClient(settings, subscriptions: [], logger: quiet)
        await #expect(throws: MQTTError.timedOut) { try await client.publish([1], to: topic) }
        #expect(client.trouble == "Connection refused")
        client.close()
    }

    @Test(arguments: zip([1, 2, 3, 4, 5, 60], [2, 4, 8, 16, 16, 16]))
    func theBackoffDoublesUpToItsLimitWithFullJitter(attempt: Int, seconds: Int) {
        let delays = (0..<200).map { _ in MQTTBackoff().delay(attempt: attempt) }
        #expect(delays.allSatisfy { $0 <= Duration.seconds(seconds) })
        #expect(delays.contains { $0 < Duration.seconds(seconds) / 4 })
        #expect(delays.contains { $0 > Duration.seconds(seconds) * 3 / 4 })
    }
}
