import EventSchema
import Identifiers
import Responses
import ServiceKit

/// `GET /assets/{id}/hierarchy`
struct HierarchyResponse: Answer, Codable {
    var asset: AssetResponse
    /// The topmost first.
    var parents: [AssetResponse]
    /// All assets below, by level.
    var children: [AssetResponse]
}

extension SitesSummary: Answer {}

/// A sensor as clients see it.
struct SensorResponse: Answer, Codable, Versioned {
    var id: SensorID
    var assetId: AssetID
    var tag: String
    var unit: String
    var minimum: Double?
    var maximum: Double?
    var version: Int64

    init(_ sensor: SensorState) {
        id = sensor.id
        assetId = sensor.asset
        tag = sensor.tag
        unit = sensor.unit
        minimum = sensor.minimum
        maximum = sensor.maximum
        version = sensor.version
    }
}
