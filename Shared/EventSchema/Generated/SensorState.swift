// Made by `make events` from Schemas/assets.sensor.v1.avsc: edit that instead.

public import Identifiers

/// The state of one sensor: a tag of an asset, its unit and the range in which a reading can be believed. Deleted with
/// it.
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
