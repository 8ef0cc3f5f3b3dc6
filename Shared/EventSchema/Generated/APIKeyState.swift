// Made by `make events` from Schemas/auth.api-key.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

/// The state of one key with which a machine uses the API. Deleted when it is revoked or has expired.
public struct APIKeyState: Event {
    public static let name = "auth.api-key.v1"
    public static let topic = Topic.authAPIKeys

    /// Stands where a person's id would.
    public var id: UserID
    public var tenant: TenantID
    /// SHA-256 of the key. The key itself is random, so nobody can guess it.
    public var hash: Data
    /// Names of the key's roles.
    public var roles: [String]
    /// Where its grants of the scope `sites` reach.
    public var sites: [SiteID]
    /// Where its grants of the scope `assets` reach.
    public var assets: [AssetID]
    public var expiresAt: Date

    public var key: String { id.description }

    public init(
        id: UserID,
        tenant: TenantID,
        hash: Data,
        roles: [String],
        sites: [SiteID],
        assets: [AssetID],
        expiresAt: Date
    ) {
        self.id = id
        self.tenant = tenant
        self.hash = hash
        self.roles = roles
        self.sites = sites
        self.assets = assets
        self.expiresAt = expiresAt
    }
}
