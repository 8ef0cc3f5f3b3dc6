import EventSchema
import Foundation
import Identifiers

/// A device from which a person has pushed. Several people can share one: then each of them has theirs.
struct SyncedDevice: Codable, Hashable, Sendable {
    var deviceId: DeviceID
    var userId: UserID
    var firstPush: Date
    var lastPush: Date
    /// How many changes of the last 180 days were accepted as they were; so are the next ones.
    var accepted: Int
    var merged: Int
    var conflicts: Int
    var refused: Int
    /// How many wait for their owner's decision.
    var undecided: Int
    /// Since when the first of these waits.
    var undecidedSince: Date?
}

/// A device's place in the list.
struct DevicePosition: Codable, Sendable {
    var lastPush: Date
    var device: DeviceID
    var user: UserID
}

/// A change that was pushed, as those who look after devices see it.
struct DeviceChange: Codable, Hashable, Sendable {
    var changeId: SyncChangeID
    var userId: UserID
    var entity: SyncEntity
    var entityId: String
    var pushedAt: Date
    /// Without it, the owner has not decided yet.
    var verdict: SyncVerdict?
    /// The record's version after it.
    var version: Int64?
    /// Why it was not accepted as it was.
    var reason: String?
    var problem: DecidedProblem?
    var decidedAt: Date?
}

/// A change's place in the list.
struct DeviceChangePosition: Codable, Sendable {
    var pushedAt: Date
    var change: SyncChangeID
}
