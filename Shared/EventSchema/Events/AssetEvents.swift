public import Identifiers

/// The state of one site.
public struct SiteState: Event {
    public static let name = "assets.site.v1"
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
        self.status = status
        self.version = version
    }
}

/// What an asset is doing, as its operator says (not its telemetry).
public enum AssetStatus: String, Codable, CaseIterable, Hashable, Sendable {
    case operational
    case degraded
    case down
    case maintenance
    case decommissioned
}

/// The state of one asset. Deleted with the asset.
public struct AssetState: Event {
    public static let name = "assets.asset.v1"
    public static let topic = Topic.assetEvents
    public var id: AssetID
    public var tenant: TenantID
    public var site: SiteID
    public var siteCode: String
    /// The code by which people and MQTT topics name the asset, unique within the site, for example `INV-2`.
    public var code: String
    public var name: String
    /// What it is, for example `inverter` or `wind_turbine`.
    public var type: String
    public var status: AssetStatus
    public var parent: AssetID?
    /// 1 for an asset directly below its site, at most 5.
    public var level: Int
    /// Rated power in kW.
    public var ratedPowerKW: Double?
    public var tags: [String]
    /// Counts the asset's changes; a replica ignores an older one.
    public var version: Int64

    public var key: String { id.description }

    public init(
        id: AssetID,
        tenant: TenantID,
        site: SiteID,
        siteCode: String,
        code: String,
        name: String,
        type: String,
        status: AssetStatus,
        parent: AssetID?,
        level: Int,
        ratedPowerKW: Double?,
        tags: [String],
        version: Int64
    ) {
        self.id = id
        self.tenant = tenant
        self.site = site
        self.siteCode = siteCode
        self.code = code
        self.name = name
        self.type = type
        self.status = status
        self.parent = parent
        self.level = level
        self.ratedPowerKW = ratedPowerKW
        self.tags = tags
        self.version = version
    }
}

/// The state of one sensor: a tag of an asset, its unit and the range in which a reading can be believed. Deleted with it.
public struct SensorState: Event {
    public static let name = "assets.sensor.v1"
    public static let topic = Topic.assetSensors
    public var id: SensorID
    public var tenant: TenantID
    public var site: SiteID
    public var siteCode: String
    public var asset: AssetID
    public var assetCode: String
    /// What is measured, unique within the asset, for example `inverter_temperature`.
    public var tag: String
    /// The unit of the readings (UCUM), for example `Cel`, `kW`, `V`, `W/m2`.
    public var unit: String
    /// The smallest reading that can be believed, in `unit`.
    public var minimum: Double?
    /// The largest reading that can be believed, in `unit`.
    public var maximum: Double?
    /// Counts the sensor's changes; a replica ignores an older one.
    public var version: Int64

    public var key: String { id.description }

    public init(
        id: SensorID,
        tenant: TenantID,
        site: SiteID,
        siteCode: String,
        asset: AssetID,
        assetCode: String,
        tag: String,
        unit: String,
        minimum: Double?,
        maximum: Double?,
        version: Int64
    ) {
        self.id = id
        self.tenant = tenant
        self.site = site
        self.siteCode = siteCode
        self.asset = asset
        self.assetCode = assetCode
        self.tag = tag
        self.unit = unit
        self.minimum = minimum
        self.maximum = maximum
        self.version = version
    }
}
