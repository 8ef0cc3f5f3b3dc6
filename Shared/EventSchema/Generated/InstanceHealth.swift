// Made by `make events` from Schemas/fleet.instance.v1.avsc: edit that instead.

public import Foundation

/// How one instance of a daemon does. Every instance publishes it every ten seconds, and a tombstone when it ends in an
/// orderly way.
public struct InstanceHealth: Event {
    public static let name = "fleet.instance.v1"
    public static let topic = Topic.fleetHealth

    /// The daemon's name, its host and its process, for example `auth/host-7/1234`.
    public var instance: String
    /// The daemon's name.
    public var daemon: String
    /// Whether requests should come.
    public var isReady: Bool
    /// Why it is not ready, or what it does without.
    public var reason: String?
    /// By topic that it consumes.
    public var lags: [TopicLag]
    /// When the oldest event was written that its service has not published yet.
    public var waitingSince: Date?
    /// How many records that its service refused are open, up to 1000; null for a daemon without a list of them.
    public var deadLetters: Int64?
    /// How many events of its service the log would not take, up to 1000; null for a daemon without an outbox.
    public var refusedEvents: Int64?
    public var startedAt: Date
    /// When this was so, by the instance's clock.
    public var at: Date

    public var key: String { instance }

    public init(
        instance: String,
        daemon: String,
        isReady: Bool,
        reason: String?,
        lags: [TopicLag],
        waitingSince: Date?,
        deadLetters: Int64?,
        refusedEvents: Int64?,
        startedAt: Date,
        at: Date
    ) {
        self.instance = instance
        self.daemon = daemon
        self.isReady = isReady
        self.reason = reason
        self.lags = lags
        self.waitingSince = waitingSince
        self.deadLetters = deadLetters
        self.refusedEvents = refusedEvents
        self.startedAt = startedAt
        self.at = at
    }
}
