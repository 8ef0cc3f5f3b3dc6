import EventSchema
import Foundation
import Logging
import MQTT
import Synchronization

/// Publishes readings and keeps each publish on disk until the cloud confirms it. Every number is less than 256 above the oldest
/// unconfirmed number, because the cloud remembers only the last 256 numbers of a session.
actor Agent {
    private let executor = DiskExecutor()
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let client: MQTTClient
    private let site: String
    private let batchSize: Int
    private var buffer: DiskBuffer
    private let logger: Logger
    private let codec: EventCodec
    private var decoder = TelemetryDecoder()
    private var isConnected = false
    private var sentAt: [Int64: ContinuousClock.Instant] = [:]
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private(set) var confirmed = 0
    private var tasks: [Task<Void, Never>] = []

    /// A publish is sent again after this time without a confirmation.
    private static let patience = Duration.seconds(5)

    init(settings: MQTTSettings, site: String, batchSize: Int, buffer: DiskBuffer, logger: Logger) throws {
        self.site = site
        self.batchSize = batchSize
        self.buffer = buffer
        self.logger = logger
        codec = try EventCodec.committed()
        client = try MQTTClient(settings, subscriptions: ["telemetry-ack/\(site)"], logger: logger)
    }

    /// Listens for connections and confirmations.
    func start() {
        if !buffer.torn.isEmpty { logger.error("publishes were torn", metadata: ["count": "\(buffer.torn.count)"]) }
        tasks = [
            Task {
                for await event in client.events { handle(event) }
            },
            Task {
                while (try? await Task.sleep(for: .seconds(1))) != nil { resendOverdue() }
            },
        ]
    }

    /// Stores and publishes readings. Waits while too many publishes are unconfirmed.
    func send(_ readings: [Reading]) async throws {
        var rest = readings[...]
        while !rest.isEmpty {
            while buffer.isFull { await room() }
            let number = try buffer.append(Array(rest.prefix(batchSize)))
            rest = rest.dropFirst(batchSize)
            publish(number)
        }
    }

    /// Waits until everything is confirmed.
    func drain() async {
        while !buffer.pending.isEmpty { await room() }
    }

    func stop() {
        for task in tasks { task.cancel() }
        client.close()
    }

    private func handle(_ event: MQTTEvent) {
        switch event {
        case .connected:
            isConnected = true
            // Everything that is unconfirmed, in the original order.
            for number in buffer.pending { publish(number) }
        case .disconnected: isConnected = false
        case .messages(let batch):
            for message in batch.messages {
                guard let ack = try? codec.decode(TelemetryAck.self, named: TelemetryAck.name, from: message.payload),
                    ack.session == buffer.session
                else { continue }
                confirm(ack.sequences)
            }
        }
    }

    private func confirm(_ numbers: [Int64]) {
        let before = buffer.pending.count
        do {
            _ = try buffer.confirm(numbers)
        } catch {
            logger.error("buffer could not be trimmed", metadata: ["error": "\(error)"])
        }
        confirmed += before - buffer.pending.count
        for number in numbers { sentAt[number] = nil }
        for waiter in waiters { waiter.resume() }
        waiters = []
    }

    private func resendOverdue() {
        guard isConnected else { return }
        let limit = ContinuousClock.now - Self.patience
        for number in buffer.pending where sentAt[number].map({ $0 < limit }) ?? true { publish(number) }
    }

    private func publish(_ number: Int64) {
        guard isConnected else { return }
        do {
            guard let payload = try buffer.payload(number) else {
                logger.error("a publish is missing on the disk", metadata: ["number": "\(number)"])
                return
            }
            try client.enqueue(payload, to: topic(of: payload))
            sentAt[number] = .now
        } catch {
            logger.warning("publish waits", metadata: ["number": "\(number)", "error": "\(error)"])
        }
    }

    /// A single reading has a topic of its own.
    private func topic(of payload: [UInt8]) -> String {
        guard batchSize == 1, let reading = try? decoder.batch(payload).readings.first else {
            return "telemetry/\(site)"
        }
        return "telemetry/\(site)/\(reading.asset)/\(reading.tag)"
    }

    private func room() async {
        await withCheckedContinuation { waiters.append($0) }
    }
}
