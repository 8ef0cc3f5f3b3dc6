// Made by `make events` from Schemas/auth.api-key-used.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted when a machine uses its key, at most once a minute for each instance of the gateway.
public struct APIKeyUsed: Event {
    public static let name = "auth.api-key-used.v1"
    public static let topic = Topic.authAPIKeyUses

    /// The key's id.
    public var id: UserID
    public var tenant: TenantID
    public var at: Date

    public var key: String { id.description }

    public init(
        id: UserID,
        tenant: TenantID,
        at: Date
    ) {
        self.id = id
        self.tenant = tenant
        self.at = at
    }
}
