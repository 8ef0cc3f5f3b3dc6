// Made by `make events` from Schemas/assets.site.v2.avsc: edit that instead.

public import Identifiers

/// The state of one site.
public struct SiteState: Event {
    public static let name = "assets.site.v2"
    public static let topic = Topic.assetEvents

    public var id: SiteID
    public var tenant: TenantID
    /// The code by which people and MQTT topics name the site, unique in the installation, for example `NREL-RSF2`.
    public var code: String
    public var name: String
    /// IANA time zone, for example `America/Denver`.
    public var timeZone: String
    /// Degrees north (WGS 84).
    public var latitude: Double?
    /// Degrees east (WGS 84).
    public var longitude: Double?
    /// Rated power in MW.
    public var capacityMW: Double?
    /// The name of the group of sites that it belongs to.
    public var portfolio: String?
    /// `active` or `inactive`.
    public var status: String
    /// Counts the site's changes; a replica ignores an older one.
    public var version: Int64

    public var key: String { id.description }

    public init(
        id: SiteID,
        tenant: TenantID,
        code: String,
        name: String,
        timeZone: String,
        latitude: Double?,
        longitude: Double?,
        capacityMW: Double?,
        portfolio: String?,
        status: String,
        version: Int64
    ) {
        self.id = id
        self.tenant = tenant
        self.code = code
        self.name = name
        self.timeZone = timeZone
        self.latitude = latitude
        self.longitude = longitude
        self.capacityMW = capacityMW
        self.portfolio = portfolio
        self.status = status
        self.version = version
    }
}
