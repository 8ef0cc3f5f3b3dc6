import EventSchema
import Foundation
import Hummingbird
import Identifiers
import ServiceKit

/// `POST /sites`
struct CreateSiteBody: Decodable, Sendable {
    var code: String
    var name: String
    var timeZone: String
    var latitude: Double?
    var longitude: Double?
    var capacityMW: Double?

    func site(tenant: TenantID) throws -> SiteState {
        var validation = Validation()
        validation.code(code, "code")
        validation.text(name, "name", 1...200)
        validation.require(
            timeZone.utf8.count <= 64 && TimeZone(identifier: timeZone) != nil,
            "timeZone",
            "must be an IANA time zone, such as Europe/Paris"
        )
        validation.require(latitude.map { (-90...90).contains($0) } ?? true, "latitude", "must be from -90 to 90")
        validation.require(longitude.map { (-180...180).contains($0) } ?? true, "longitude", "must be from -180 to 180")
        validation.require(capacityMW.map { $0 >= 0 } ?? true, "capacityMW", "must not be negative")
        try validation.check()
        return SiteState(
            id: .new(),
            tenant: tenant,
            code: code,
            name: name,
            timeZone: timeZone,
            latitude: latitude,
            longitude: longitude,
            capacityMW: capacityMW,
            status: "active",
            version: 1
        )
    }
}

/// `POST /assets`
struct CreateAssetBody: Decodable, Sendable {
    var siteId: SiteID
    var code: String
    var name: String
    var type: String
    var status: AssetStatus?
    var parentId: AssetID?
    var ratedPowerKW: Double?
    var tags: [String]?

    func check() throws {
        var validation = Validation()
        validation.code(code, "code")
        validation.text(name, "name", 1...200)
        validation.text(type, "type", 1...64)
        validation.require(ratedPowerKW.map { $0 >= 0 } ?? true, "ratedPowerKW", "must not be negative")
        validation.tags(tags)
        try validation.check()
    }

    func asset(site: SiteState, level: Int) -> AssetState {
        AssetState(
            id: .new(),
            tenant: site.tenant,
            site: site.id,
            siteCode: site.code,
            code: code,
            name: name,
            type: type,
            status: status ?? .operational,
            parent: parentId,
            level: level,
            ratedPowerKW: ratedPowerKW,
            tags: tags ?? [],
            version: 1
        )
    }
}

/// `PATCH /assets/{id}`: a field that is missing stays; `parentId` null makes it a top asset.
struct UpdateAssetBody: Decodable, Sendable {
    var name: String?
    var type: String?
    var status: AssetStatus?
    var parentId: AssetID??
    var ratedPowerKW: Double?
    var tags: [String]?
    var version: Int64?

    private enum CodingKeys: CodingKey { case name, type, status, parentId, ratedPowerKW, tags, version }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        name = try fields.decodeIfPresent(String.self, forKey: .name)
        type = try fields.decodeIfPresent(String.self, forKey: .type)
        status = try fields.decodeIfPresent(AssetStatus.self, forKey: .status)
        parentId =
            fields.contains(.parentId) ? .some(try fields.decodeIfPresent(AssetID.self, forKey: .parentId)) : .none
        ratedPowerKW = try fields.decodeIfPresent(Double.self, forKey: .ratedPowerKW)
        tags = try fields.decodeIfPresent([String].self, forKey: .tags)
        version = try fields.decodeIfPresent(Int64.self, forKey: .version)
    }

    func check() throws {
        var validation = Validation()
        validation.text(name, "name", 1...200)
        validation.text(type, "type", 1...64)
        validation.require(ratedPowerKW.map { $0 >= 0 } ?? true, "ratedPowerKW", "must not be negative")
        validation.tags(tags)
        try validation.check()
    }

    func apply(to asset: inout AssetState) {
        asset.name = name ?? asset.name
        asset.type = type ?? asset.type
        asset.status = status ?? asset.status
        asset.ratedPowerKW = ratedPowerKW ?? asset.ratedPowerKW
        asset.tags = tags ?? asset.tags
    }
}

/// `POST /sensors`
struct CreateSensorBody: Decodable, Sendable {
    var assetId: AssetID
    var tag: String
    var unit: String
    var minimum: Double?
    var maximum: Double?

    func check() throws {
        var validation = Validation()
        validation.code(tag, "tag")
        validation.text(unit, "unit", 1...32)
        if let minimum, let maximum { validation.require(minimum < maximum, "maximum", "must be above minimum") }
        try validation.check()
    }

    func sensor(of asset: AssetState) -> SensorState {
        SensorState(
            id: .new(),
            tenant: asset.tenant,
            site: asset.site,
            siteCode: asset.siteCode,
            asset: asset.id,
            assetCode: asset.code,
            tag: tag,
            unit: unit,
            minimum: minimum,
            maximum: maximum,
            version: 1
        )
    }
}

extension Validation {
    /// Free words on an asset.
    mutating func tags(_ tags: [String]?) {
        guard let tags else { return }
        require(tags.count <= 50, "tags", "must be 50 at the most")
        for (index, tag) in tags.enumerated() { text(tag, "tags[\(index)]", 1...64) }
    }

    /// A code that can be a level of an MQTT topic.
    mutating func code(_ text: String, _ field: String) {
        let isLegal =
            (1...64).contains(text.utf8.count)
            && text.utf8.enumerated().allSatisfy { index, byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                case UInt8(ascii: "_"), UInt8(ascii: "-"): index > 0
                case UInt8(ascii: "."): index > 0 && field == "tag"
                default: false
                }
            }
        require(isLegal, field, "must have 1 to 64 letters, digits, _ or -, and begin with a letter or digit")
    }
}

/// A site as clients see it.
struct SiteResponse: ResponseEncodable, Sendable {
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
struct AssetResponse: ResponseEncodable, Sendable {
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
struct HierarchyResponse: Encodable, Sendable {
    var asset: AssetResponse
    /// The topmost first.
    var parents: [AssetResponse]
    /// All below, by level.
    var children: [AssetResponse]
}

/// A sensor as clients see it.
struct SensorResponse: ResponseEncodable, Sendable {
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
