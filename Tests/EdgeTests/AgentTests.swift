import EventSchema
import Foundation
import LocalServers
import Logging
import MQTT
import TestSupport
import Testing

@testable import Edge

/// An agent with a real Mosquitto, and a cloud that confirms what the test chooses.
@Suite struct AgentTests {
    @Test func onlyConfirmedBatchesAreDeletedFromDisk() async throws {
        let server = try await TestServers.mosquitto()
        try await withFolder { folder in
            let site = "site-\(UUID())"
            let cloud = try await Cloud(server, site)
            let agent = try Self.agent(server, site, folder)
            await agent.start()
            try await agent.send((1...6).map(Self.reading))
            let batches = try await cloud.batches(3)
            #expect(batches.map(\.sequence) == [1, 2, 3])
            #expect(batches.flatMap(\.readings) == (1...6).map(Self.reading))
            // Sequence numbers of another session do not count.
            try await cloud.confirm([1, 2, 3], of: UUID())
            try await cloud.confirm([1, 3], of: batches[0].session)
            try await eventually("two confirmations") { await agent.confirmed == 2 ? true : nil }
            #expect(try Self.files(folder) == ["2.batch"])
            try await cloud.confirm([2], of: batches[0].session)
            await agent.drain()
            #expect(try Self.files(folder).isEmpty)
            await agent.stop()
            cloud.client.close()
        }
    }

    @Test func aSingleReadingIsSentToItsOwnTopic() async throws {
        let server = try await TestServers.mosquitto()
        try await withFolder { folder in
            let site = "site-\(UUID())"
            let cloud = try await Cloud(server, site)
            let agent = try Self.agent(server, site, folder, batchSize: 1)
            await agent.start()
            try await agent.send([Self.reading(1)])
            #expect(try await cloud.messages(1).map(\.topic) == ["telemetry/\(site)/INV-2/ac_power"])
            await agent.stop()
            cloud.client.close()
        }
    }

    @Test func unconfirmedBatchesAreResentAfterAReconnectAndAfterARestart() async throws {
        try await withFolder { folder in
            let directory = URL(fileURLWithPath: folder).appending(path: "mosquitto")
            let server = try await MosquittoServer.start(in: directory)
            let left = try await firstAgent(server, directory, folder)
            // The first agent's process ends and another one continues. The lock is released with the last reference to the first
            // agent.
            let again = try await MosquittoServer.start(in: directory, port: server.port)
            let cloud = try await Cloud(again, "S1")
            let agent = try await eventually("the folder") { try? Self.agent(again, "S1", folder) }
            await agent.start()
            let batches = try await cloud.batches(1)
            #expect(batches == [left])
            try await cloud.confirm([left.sequence], of: left.session)
            await agent.drain()
            await agent.stop()
            cloud.client.close()
            await again.process.stop()
        }
    }

    /// Publishes two batches, loses its connection and publishes them again. Returns the second one, which is not confirmed.
    private func firstAgent(
        _ server: MosquittoServer,
        _ directory: URL,
        _ folder: String
    ) async throws -> TelemetryBatch {
        let agent = try Self.agent(server, "S1", folder)
        let before = try await Cloud(server, "S1")
        await agent.start()
        try await agent.send((1...4).map(Self.reading))
        let first = try await before.batches(2)
        // The connection breaks, and Mosquitto loses all its state.
        await server.process.kill()
        before.client.close()
        let again = try await MosquittoServer.start(in: directory, port: server.port)
        let cloud = try await Cloud(again, "S1")
        let second = try await cloud.batches(2)
        #expect(second == first)
        try await cloud.confirm([1], of: first[0].session)
        try await eventually("the confirmation") { await agent.confirmed == 1 ? true : nil }
        await agent.stop()
        cloud.client.close()
        await again.process.stop()
        return first[1]
    }

    // MARK: - The cloud

    private struct Cloud {
        let client: MQTTClient
        let site: String

        init(_ server: MosquittoServer, _ site: String) async throws {
            self.site = site
            let settings = MQTTSettings(host: "127.0.0.1", port: server.port, clientID: "cloud-\(UUID())")
            client = try MQTTClient(settings, subscriptions: ["telemetry/\(site)/#"], logger: quiet)
            try await eventually("the connection") { [client] in client.isConnected ? true : nil }
        }

        func messages(_ count: Int) async throws -> [MQTTMessage] {
            var messages: [MQTTMessage] = []
            while messages.count < count, let event = await client.nextEvent() {
                if case .messages(let batch) = event { messages += batch.messages }
            }
            return messages
        }

        /// The first `count` different batches, by number. A message arrives again, and before an older one, if its connection
        /// broke before the broker confirmed it: it is sent at least once.
        func batches(_ count: Int) async throws -> [TelemetryBatch] {
            var decoder = TelemetryDecoder()
            var batches: [Int64: TelemetryBatch] = [:]
            while batches.count < count {
                let received = try await messages(1)
                try #require(!received.isEmpty, "the connection was closed")
                for message in received {
                    let batch = try decoder.batch(message.payload)
                    batches[batch.sequence] = batch
                }
            }
            return batches.values.sorted { $0.sequence < $1.sequence }
        }

        func confirm(_ sequences: [Int64], of session: UUID) async throws {
            let ack = TelemetryAck(session: session, sequences: sequences)
            let payload = try EventCodec.committed().encode(ack, named: TelemetryAck.name)
            try await client.publish(payload, to: "telemetry-ack/\(site)")
        }
    }

    private static func agent(
        _ server: MosquittoServer,
        _ site: String,
        _ folder: String,
        batchSize: Int = 2
    ) throws -> Agent {
        var settings = MQTTSettings(host: "127.0.0.1", port: server.port, clientID: "edge-\(site)")
        settings.backoff = MQTTBackoff(first: .milliseconds(20), cap: .milliseconds(100))
        let buffer = try DiskBuffer(directory: "\(folder)/buffer")
        return try Agent(settings: settings, site: site, batchSize: batchSize, buffer: buffer, logger: quiet)
    }

    private static func reading(_ number: Int) -> Reading {
        Reading(asset: "INV-2", tag: "ac_power", timestamp: Int64(number), value: Double(number), quality: .good)
    }

    private static func files(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(folder)/buffer").filter { $0.hasSuffix(".batch") }
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = TestServers.directory.appending(path: "agent-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }
}

extension MQTTClient {
    fileprivate func nextEvent() async -> MQTTEvent? {
        for await event in events { return event }
        return nil
    }
}

private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
