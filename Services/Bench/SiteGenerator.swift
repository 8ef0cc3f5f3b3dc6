import EventSchema
import Foundation
import Logging
import MQTT

/// Acts like one site's agent: a session with its own connection that publishes readings on schedule, has at most a window of
/// unconfirmed publishes, and sends unconfirmed publishes again.
///
/// The schedule does not wait for the cloud (an open loop): if sending falls behind, the delay is visible in the results.
actor SiteGenerator {
    private let site: String
    private let assets: [String]
    private let tags: [String]
    private let client: MQTTClient
    private let codec: EventCodec
    private let session = UUID()
    private var sequence: Int64 = 0
    private var unconfirmed: [Int64: (payload: [UInt8], topic: String, at: ContinuousClock.Instant)] = [:]
    private var room: [CheckedContinuation<Void, Never>] = []
    private var listener: Task<Void, Never>?
    private(set) var sent = 0
    private(set) var repeated = 0

    init(site: String, assets: [String], tags: [String], settings: MQTTSettings, logger: Logger) throws {
        self.site = site
        self.assets = assets
        self.tags = tags
        codec = try EventCodec.committed()
        client = try MQTTClient(settings, subscriptions: ["telemetry-ack/\(site)"], logger: logger)
    }

    func start() async throws {
        let events = client.events
        listener = Task { [weak self] in
            for await event in events {
                guard case .messages(let batch) = event else { continue }
                for message in batch.messages { await self?.confirm(message.payload) }
            }
        }
        while !client.isConnected { try await Task.sleep(for: .milliseconds(20)) }
    }

    func stop() {
        listener?.cancel()
        client.close()
    }

    /// Publishes readings of all tags in turn, at regular intervals.
    ///
    /// - Parameters:
    ///   - rate: Readings per second; `nil` publishes as fast as the cloud confirms.
    ///   - batch: Readings per publish. With 1, the topic names the asset and the tag.
    func run(rate: Double?, batch: Int, for duration: Duration) async throws {
        let begin = ContinuousClock.now
        let pause = rate.map { Duration.seconds(Double(batch) / $0) }
        let points = assets.flatMap { asset in tags.map { (asset, $0) } }
        var (next, turn) = (0, 0)
        while ContinuousClock.now - begin < duration {
            if let pause {
                let due = begin + pause * turn
                if due > .now { try await Task.sleep(until: due, tolerance: .zero) }
            }
            turn += 1
            let now = Int64(Date().timeIntervalSince1970 * 1_000_000)
            var readings: [Reading] = []
            for _ in 0..<batch {
                let (asset, tag) = points[next]
                let value = 20 + Double((next + turn) % 40)
                readings.append(Reading(asset: asset, tag: tag, timestamp: now, value: value, quality: .good))
                next = (next + 1) % points.count
            }
            try await publish(readings)
        }
    }

    /// Publishes readings as one message. Waits while the window is full.
    func publish(_ readings: [Reading]) async throws {
        while unconfirmed.count >= TelemetryBatch.window - 1 { await wait() }
        sequence += 1
        let payload = TelemetryEncoding.encode(TelemetryBatch(session: session, sequence: sequence, readings: readings))
        let topic =
            if readings.count == 1 { "telemetry/\(site)/\(readings[0].asset)/\(readings[0].tag)" } else {
                "telemetry/\(site)"
            }
        unconfirmed[sequence] = (payload, topic, .now)
        sent += readings.count
        try client.enqueue(payload, to: topic)
    }

    /// Waits until everything is confirmed.
    func drain() async throws {
        let patience = Duration.seconds(20)
        while !unconfirmed.isEmpty {
            for (number, message) in unconfirmed where ContinuousClock.now - message.at > patience {
                unconfirmed[number]?.at = .now
                repeated += 1
                try client.enqueue(message.payload, to: message.topic)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func confirm(_ payload: [UInt8]) {
        guard let ack = try? codec.decode(TelemetryAck.self, named: TelemetryAck.name, from: payload),
            ack.session == session
        else { return }
        for number in ack.sequences { unconfirmed[number] = nil }
        let waiting = room
        room = []
        for waiter in waiting { waiter.resume() }
    }

    private func wait() async {
        await withCheckedContinuation { room.append($0) }
    }
}
