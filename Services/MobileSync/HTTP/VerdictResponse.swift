import Commands
import EventSchema
import Identifiers

/// What became of one change.
struct VerdictResponse: Codable, Sendable {
    var changeId: SyncChangeID
    var verdict: SyncVerdict?
    var version: Int64?
    var reason: String?
    /// Of a conflict: the server's record, which replaces the device's.
    var server: JSONValue?

    /// A change that met the server's version and lost.
    init(changeId: SyncChangeID, reason: String, server: FeedRecord?) throws {
        self.changeId = changeId
        verdict = .conflict
        self.reason = reason
        version = server?.body == nil ? nil : server?.version
        self.server = try server?.body.map { try JSONReader.read($0.utf8) }
    }

    init(_ change: PushedChange) throws {
        changeId = change.changeID
        verdict = change.verdict
        version = change.version
        reason = change.reason
        server = try change.server.map { try JSONReader.read($0.utf8) }
    }
}

/// A change that was refused.
struct RefusedChangeResponse: Codable, Sendable {
    /// Absent for an element without a valid id; the reason then names its position.
    var changeId: SyncChangeID?
    var verdict: SyncVerdict? = .refused
    var reason: String?
}
