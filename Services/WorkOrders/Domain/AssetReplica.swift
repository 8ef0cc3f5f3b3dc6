import EventSchema
import Identifiers

/// What this service knows of an asset, from `assets.events`.
struct AssetReplica: Hashable, Sendable {
    var id: AssetID
    var tenant: TenantID
    var site: SiteID
    var code: String
    var status: AssetStatus
}
