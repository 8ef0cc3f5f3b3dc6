// Made by `make events` from Schemas/assets.asset.v1.avsc: edit that instead.

public import Identifiers

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
