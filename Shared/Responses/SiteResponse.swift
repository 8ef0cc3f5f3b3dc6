public import EventSchema
public import Identifiers
public import ServiceKit

/// A site as clients see it: in an answer of its owner, and in what a device pulls.
public struct SiteResponse: Answer, Codable, Versioned {
    public var id: SiteID
    public var code: String
    public var name: String
    public var timeZone: String
    public var latitude: Double?
    public var longitude: Double?
    public var capacityMW: Double?
    /// The name of the group that it belongs to.
    public var portfolio: String?
    public var status: String
    public var version: Int64

    public init(_ site: SiteState) {
        id = site.id
        code = site.code
        name = site.name
        timeZone = site.timeZone
        latitude = site.latitude
        longitude = site.longitude
        capacityMW = site.capacityMW
        portfolio = site.portfolio
        status = site.status
        version = site.version
    }
}
