import EventSchema
import Identifiers

/// What this service knows of an asset, from `assets.events`.
struct AssetReplica: Codable, Hashable, Sendable {
    var id: AssetID
    var tenant: TenantID
    var site: SiteID
    var code: String
    var status: AssetStatus
}

extension AssetReplica {
    /// Refuses work on an asset that is decommissioned, for people and services alike.
    func requireInService() throws(Refusal) {
        guard status != .decommissioned else { throw .assetDecommissioned(code) }
    }
}
