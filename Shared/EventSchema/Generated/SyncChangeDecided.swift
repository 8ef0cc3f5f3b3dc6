// Made by `make events` from Schemas/sync.change-decided.v2.avsc: edit that instead.

public import Foundation
public import Identifiers

/// What the owner decided of an offline change.
public struct SyncChangeDecided: Event {
    public static let name = "sync.change-decided.v2"
    public static let topic = Topic.syncResults

    public var change: SyncChangeID
    public var tenant: TenantID
    public var entity: SyncEntity
    public var entityID: String
    public var verdict: SyncVerdict
    /// The record's version after the decision.
    public var version: Int64?
    /// Why it was refused or conflicted, for a person who reads English.
    public var reason: String?
    /// The same as a problem document of the API, as JSON: its code and parameters have texts in every language.
    public var problem: String?
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
        problem: String?,
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
        self.problem = problem
        self.server = server
        self.decidedAt = decidedAt
    }
}
