import EventSchema
import Identifiers

/// The part of an asset that this service needs, from `assets.events`.
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
