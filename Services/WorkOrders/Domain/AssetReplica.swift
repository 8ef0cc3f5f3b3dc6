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
    /// Refuses work on what is out of service for good, whoever asks for it.
    func requireInService() throws(Refusal) {
        guard status != .decommissioned else { throw .assetDecommissioned(code) }
    }
}
