import Access
import EventSchema
import Foundation
import Identifiers

/// A key with which a machine uses the API. It is shown once, when it is made.
struct APIKey: Codable, Hashable, Sendable {
    /// It stands where a person's id would.
    var id: UserID
    var tenant: TenantID
    var name: String
    var roles: [String]
    var sites: [SiteID]
    var assets: [AssetID]
    var createdBy: UserID?
    var createdAt: Date
    var expiresAt: Date
    /// To about a minute.
    var lastUsedAt: Date?

    /// The most that a tenant can have.
    static let most = 200
    /// The longest time that one can be valid.
    static let longestLife: TimeInterval = 731 * 86_400

    /// As it is published to the other services.
    func state(hash: [UInt8]) -> APIKeyState {
        APIKeyState(
            id: id,
            tenant: tenant,
            hash: Data(hash),
            roles: roles,
            sites: sites,
            assets: assets,
            expiresAt: expiresAt
        )
    }
}
