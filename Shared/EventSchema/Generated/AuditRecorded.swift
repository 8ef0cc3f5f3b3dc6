// Made by `make events` from Schemas/audit.recorded.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted for every action that the audit log keeps, in the transaction of the action itself.
public struct AuditRecorded: Event {
    public static let name = "audit.recorded.v1"
    public static let topic = Topic.auditEvents

    public var tenant: TenantID?
    /// Who acted; `nil` for a service or somebody without a login.
    public var user: UserID?
    /// The service that decided.
    public var service: String
    /// What was done, for example `WORKORDER_STATE_CHANGED` or `LOGIN_FAILED`.
    public var action: String
    public var resourceType: String
    public var resourceID: String?
    /// The HTTP request or the Kafka event that caused it.
    public var cause: String?
    public var address: String?
    public var userAgent: String?
    /// Changed fields as a JSON object, `{"field": [before, after]}`; never a secret.
    public var changes: String?
    public var at: Date

    public var key: String { tenant?.description ?? "system" }

    public init(
        tenant: TenantID?,
        user: UserID?,
        service: String,
        action: String,
        resourceType: String,
        resourceID: String? = nil,
        cause: String? = nil,
        address: String? = nil,
        userAgent: String? = nil,
        changes: String? = nil,
        at: Date
    ) {
        self.tenant = tenant
        self.user = user
        self.service = service
        self.action = action
        self.resourceType = resourceType
        self.resourceID = resourceID
        self.cause = cause
        self.address = address
        self.userAgent = userAgent
        self.changes = changes
        self.at = at
    }
}
