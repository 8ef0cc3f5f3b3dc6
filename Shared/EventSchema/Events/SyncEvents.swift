public import Foundation
public import Identifiers

/// What kind of record a device changed.
public enum SyncEntity: String, Codable, CaseIterable, Hashable, Sendable {
    case workOrder = "work_order"
    case task
    case asset
    case site
}

/// What the device did with the record.
public enum SyncOperation: String, Codable, CaseIterable, Hashable, Sendable {
    case create
    case update
    case transition
    case delete
}

/// How a change that met a newer version on the server is resolved.
public enum SyncStrategy: String, Codable, CaseIterable, Hashable, Sendable {
    case serverWins = "server_wins"
    case clientWins = "client_wins"
    case merge
}

/// What the owner of the record decided.
public enum SyncVerdict: String, Codable, CaseIterable, Hashable, Sendable {
    /// The change was applied as it came.
    case accepted
    /// The change was combined with what had happened on the server meanwhile.
    case merged
    /// The server's version stands; it is in the result.
    case conflict
    /// The change is refused for its own sake: invalid, not permitted, not a legal transition.
    case refused
}

/// A change made offline, handed by the mobile sync to the record's owner.
public struct SyncChangeProposed: Event {
    public static let name = "sync.change-proposed.v1"
    public static let topic = Topic.syncChanges
    /// The device's mutation id: the same change pushed twice is decided once.
    public var change: SyncChangeID
    public var tenant: TenantID
    public var user: UserID
    /// The user's roles, for the owner's authorization.
    public var roles: [String]
    public var device: DeviceID
    public var entity: SyncEntity
    public var entityID: String
    /// The work order of a task.
    public var parentID: String?
    public var operation: SyncOperation
    /// The version that the device changed; `nil` for a new record.
    public var baseVersion: Int64?
    public var strategy: SyncStrategy
    /// The changed fields as a JSON object, named as in the owner's API.
    public var fields: String
    /// By the device's clock: shown to people, never used to order changes.
    public var changedAt: Date
    public var proposedAt: Date

    public var key: String { entityID }

    public init(
        change: SyncChangeID,
        tenant: TenantID,
        user: UserID,
        roles: [String],
        device: DeviceID,
        entity: SyncEntity,
        entityID: String,
        parentID: String?,
        operation: SyncOperation,
        baseVersion: Int64?,
        strategy: SyncStrategy,
        fields: String,
        changedAt: Date,
        proposedAt: Date
    ) {
        self.change = change
        self.tenant = tenant
        self.user = user
        self.roles = roles
        self.device = device
        self.entity = entity
        self.entityID = entityID
        self.parentID = parentID
        self.operation = operation
        self.baseVersion = baseVersion
        self.strategy = strategy
        self.fields = fields
        self.changedAt = changedAt
        self.proposedAt = proposedAt
    }
}

/// What the owner decided of an offline change.
public struct SyncChangeDecided: Event {
    public static let name = "sync.change-decided.v1"
    public static let topic = Topic.syncResults
    public var change: SyncChangeID
    public var tenant: TenantID
    public var entity: SyncEntity
    public var entityID: String
    public var verdict: SyncVerdict
    /// The record's version after the decision.
    public var version: Int64?
    /// Why it was refused or conflicted, for a person.
    public var reason: String?
    /// The record as it now stands, as JSON in the owner's API's form.
    public var server: String?
    public var decidedAt: Date

    public var key: String { entityID }

    public init(
        change: SyncChangeID,
        tenant: TenantID,
        entity: SyncEntity,
        entityID: String,
        verdict: SyncVerdict,
        version: Int64?,
        reason: String?,
        server: String?,
        decidedAt: Date
    ) {
        self.change = change
        self.tenant = tenant
        self.entity = entity
        self.entityID = entityID
        self.verdict = verdict
        self.version = version
        self.reason = reason
        self.server = server
        self.decidedAt = decidedAt
    }
}
