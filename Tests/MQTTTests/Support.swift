import Foundation
import LocalServers
import Logging
import MQTT
import TestSupport

/// Settings for tests, with short delays before a reconnect.
func quick(
    _ server: MosquittoServer,
    _ clientID: String = "test-\(UUID())",
    tls: MQTTSettings.TLS? = nil,
    acknowledgement: MQTTSettings.Acknowledgement = .automatic
) -> MQTTSettings {
    var settings = MQTTSettings(
        host: "127.0.0.1",
        port: server.port,
        clientID: clientID,
        tls: tls,
        acknowledgement: acknowledgement
    )
    settings.backoff = MQTTBackoff(first: .milliseconds(20), cap: .milliseconds(100))
    return settings
}

extension MQTTClient {
    /// A client that is connected and whose subscriptions are confirmed.
    static func connected(_ settings: MQTTSettings, _ subscriptions: String...) async throws -> MQTTClient {
        let client = try MQTTClient(settings, subscriptions: subscriptions, logger: quiet)
        try await client.untilConnected()
        return client
    }

    func untilConnected() async throws {
        _ = try await eventually("the connection (\(trouble ?? "no trouble"))") { isConnected ? true : nil }
    }

    /// The next batch.
    func batch() async throws -> MQTTBatch {
        try await within(.seconds(60), "a batch") { () -> MQTTBatch? in
            for await case .messages(let batch) in self.events { return batch }
            return nil
        }
    }

    /// Reads and acknowledges batches until there are `count` messages.
    func messages(_ count: Int) async throws -> [MQTTMessage] {
        var messages: [MQTTMessage] = []
        while messages.count < count {
            let batch = try await batch()
            messages += batch.messages
            batch.acknowledge()
        }
        return messages
    }

    /// Reads the messages that come before the first message to the topic `end`.
    func messages(until end: String) async throws -> [MQTTMessage] {
        var messages: [MQTTMessage] = []
        while true {
            let batch = try await batch()
            let before = batch.messages.prefix { $0.topic != end }
            messages += before
            if before.count < batch.messages.count { return messages }
        }
    }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Runs `body`; throws if it takes too long or returns no value.
func within<Value: Sendable>(
    _ limit: Duration,
    _ what: String,
    _ body: @escaping @Sendable () async throws -> Value?
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let value = try await group.next().flatMap(\.self) else {
            throw Late(what: what)
        }
        return value
    }
}

/// Something that a test waited for did not happen in time.
struct Late: Error {
    var what: String
}

/// Messages with different payloads.
func numbered(_ count: Int, to topic: String) -> [MQTTMessage] {
    (0..<count).map { MQTTMessage(topic: topic, payload: Array("\($0)".utf8)) }
}
