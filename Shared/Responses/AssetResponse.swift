public import Commands
public import EventSchema
public import Identifiers
public import ServiceKit

/// An asset as clients see it: in an answer of its owner, and in what a device pulls.
public struct AssetResponse: Answer, Codable, Versioned {
    public var id: AssetID
    public var siteId: SiteID
    public var siteCode: String
    public var code: String
    public var name: String
    public var type: String
    public var status: AssetStatus
    public var parentId: AssetID?
    public var level: Int
    public var ratedPowerKW: Double?
    public var tags: [String]
    public var version: Int64

    public init(_ asset: AssetState) {
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

extension AssetResponse: JSONWritable {
    public func write(to json: inout JSONText) throws {
        json.begin()
        json.member("id", id)
        json.member("siteId", siteId)
        json.member("siteCode", siteCode)
        json.member("code", code)
        json.member("name", name)
        json.member("type", type)
        try json.member("status", status)
        json.member("parentId", parentId)
        json.member("level", level)
        try json.member("ratedPowerKW", ratedPowerKW)
        json.member("tags", tags)
        json.member("version", version)
        json.end()
    }
}
