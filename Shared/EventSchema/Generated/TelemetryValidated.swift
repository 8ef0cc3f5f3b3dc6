// Made by `make events` from Schemas/telemetry.validated.v1.avsc: edit that instead.

public import Identifiers

/// Readings of one asset that passed validation, each once.
public struct TelemetryValidated: Event {
    public static let name = "telemetry.validated.v1"
    public static let topic = Topic.telemetryValidated

    public var tenant: TenantID
    public var site: SiteID
    public var asset: AssetID
    public var readings: [TagReading]

    public var key: String { asset.description }

    public init(
        tenant: TenantID,
        site: SiteID,
        asset: AssetID,
        readings: [TagReading]
    ) {
        self.tenant = tenant
        self.site = site
        self.asset = asset
        self.readings = readings
    }
}
