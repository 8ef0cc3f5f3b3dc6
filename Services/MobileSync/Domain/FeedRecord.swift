import EventSchema
import Foundation
import Identifiers

/// A record of the feed in its latest form.
struct FeedRecord: Codable, Hashable, Sendable {
    var entity: SyncEntity
    var id: UUID
    /// Its position in the feed of its tenant.
    var position: Int64
    var version: Int64
    /// As JSON; `nil` when the record was deleted.
    var body: String?
}

/// The place and the owner of a record.
struct FeedPlace: Hashable, Sendable {
    var site: SiteID?
    var asset: AssetID?
    /// Only for an asset.
    var parent: AssetID?
    var createdBy: UserID?
    var assignedTo: UserID?
    /// Who does it together, where a crew does.
    var crewMembers: [UserID] = []
}

/// A change that a device pushed, and what its owner decided.
struct PushedChange: Codable, Hashable, Sendable {
    var changeID: SyncChangeID
    /// `nil` until it is decided.
    var verdict: SyncVerdict?
    var version: Int64?
    var reason: String?
    /// The record on the server, as JSON.
    var server: String?
}

/// How far the changes of one device have come.
struct DeviceStatus: Codable, Hashable, Sendable {
    /// Changes without a decision yet.
    var pending: Int
    var lastPush: Date?
}
