import EventSchema
import Foundation

/// What every instance of every daemon said last about how it does.
struct FleetView: Sendable {
    /// An instance that says nothing for so long does not run, or can't reach the log: it says something every ten seconds.
    static let silence: TimeInterval = 30
    /// After so long it is shown no more.
    static let memory: TimeInterval = 3600
    /// After so long it is taken out of the log, too: an instance that was killed has left no tombstone.
    static let retention: TimeInterval = 24 * 3600
    /// How many instances are kept: far more than a fleet has.
    static let capacity = 10_000

    private var known: [String: InstanceHealth] = [:]

    mutating func learn(_ health: InstanceHealth) {
        guard known[health.instance] != nil || known.count < Self.capacity else { return }
        known[health.instance] = health
    }

    mutating func forget(_ instance: String) { known[instance] = nil }

    /// By their names.
    func instances(at now: Date) -> [FleetInstance] {
        known.values.filter { now.timeIntervalSince($0.at) < Self.memory }.sorted { $0.instance < $1.instance }
            .map { FleetInstance($0, at: now) }
    }

    /// Those to be taken out of the log.
    func expired(at now: Date) -> [String] {
        known.values.filter { now.timeIntervalSince($0.at) >= Self.retention }.map(\.instance).sorted()
    }
}

/// An instance as clients see it.
struct FleetInstance: Codable, Hashable, Sendable {
    enum State: String, Codable, CaseIterable, Sendable {
        case ready
        case notReady = "not_ready"
        /// It has said nothing for half a minute; all else here is what it said last.
        case silent
    }

    struct Lag: Codable, Hashable, Sendable {
        var topic: String
        /// How many records it has not handled yet.
        var records: Int64
    }

    /// The daemon's name, its host and its process.
    var instance: String
    var daemon: String
    var state: State
    /// Why it is not ready, or what it does without.
    var reason: String?
    /// Of its share of the topics that it consumes.
    var lags: [Lag]
    /// When the oldest event was written that its service has not published yet.
    var waitingSince: Date?
    /// How many records that its service refused are open, up to 1000; absent for a daemon without a list of them.
    var deadLetters: Int64?
    /// How many events of its service the log would not take, up to 1000; absent for a daemon without an outbox.
    var refusedEvents: Int64?
    var startedAt: Date
    /// When it said so.
    var seenAt: Date

    init(_ health: InstanceHealth, at now: Date) {
        instance = health.instance
        daemon = health.daemon
        let isSilent = now.timeIntervalSince(health.at) >= FleetView.silence
        state = isSilent ? .silent : health.isReady ? .ready : .notReady
        reason = health.reason
        lags = health.lags.map { Lag(topic: $0.topic, records: $0.records) }
        waitingSince = health.waitingSince
        deadLetters = health.deadLetters
        refusedEvents = health.refusedEvents
        startedAt = health.startedAt
        seenAt = health.at
    }
}
