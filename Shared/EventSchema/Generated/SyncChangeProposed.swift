// Made by `make events` from Schemas/sync.change-proposed.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

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
    /// The record within which changes are decided in their order: of a task its work order, of all else the record
    /// itself.
    public var aggregate: String
    public var operation: SyncOperation
    /// The version that the device changed; `nil` for a new record.
    public var baseVersion: Int64?
    public var strategy: SyncStrategy
    /// The changed fields as a JSON object, named as in the owner's API.
    public var fields: String
    /// By the device's clock: shown to people, never used to order changes.
    public var changedAt: Date
    public var proposedAt: Date

    public var key: String { aggregate }

    public init(
        change: SyncChangeID,
        tenant: TenantID,
        user: UserID,
        roles: [String],
        device: DeviceID,
        entity: SyncEntity,
        entityID: String,
        parentID: String?,
        aggregate: String,
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
        self.aggregate = aggregate
        self.operation = operation
        self.baseVersion = baseVersion
        self.strategy = strategy
        self.fields = fields
        self.changedAt = changedAt
        self.proposedAt = proposedAt
    }
}
