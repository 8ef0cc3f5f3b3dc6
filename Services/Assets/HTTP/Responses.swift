import EventSchema
import Identifiers
import ServiceKit

/// A site as clients see it.
struct SiteResponse: Answer, Codable, Versioned {
    var id: SiteID
    var code: String
    var name: String
    var timeZone: String
    var latitude: Double?
    var longitude: Double?
    var capacityMW: Double?
    var status: String
    var version: Int64

    init(_ site: SiteState) {
        id = site.id
        code = site.code
        name = site.name
        timeZone = site.timeZone
        latitude = site.latitude
        longitude = site.longitude
        capacityMW = site.capacityMW
        status = site.status
        version = site.version
    }
}

/// An asset as clients see it.
struct AssetResponse: Answer, Codable, Versioned {
    var id: AssetID
    var siteId: SiteID
    var siteCode: String
    var code: String
    var name: String
    var type: String
    var status: AssetStatus
    var parentId: AssetID?
    var level: Int
    var ratedPowerKW: Double?
    var tags: [String]
    var version: Int64

    init(_ asset: AssetState) {
        id = asset.id
        siteId = asset.site
        siteCode = asset.siteCode
        code = asset.code
        name = asset.name
        type = asset.type
        status = asset.status
        parentId = asset.parent
        level = asset.level
        ratedPowerKW = asset.ratedPowerKW
        tags = asset.tags
        version = asset.version
    }
}

/// `GET /assets/{id}/hierarchy`
struct HierarchyResponse: Answer, Codable {
    var asset: AssetResponse
    /// The topmost first.
    var parents: [AssetResponse]
    /// All below, by level.
    var children: [AssetResponse]
}

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
