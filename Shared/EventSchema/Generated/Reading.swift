// Made by `make events` from Schemas/telemetry.batch.v1.avsc: edit that instead.

/// One measured value of one tag of one asset.
public struct Reading: Codable, Hashable, Sendable {
    /// The asset's code, as the site knows it.
    public var asset: String
    /// What was measured, for example `inverter_temperature`.
    public var tag: String
    /// Microseconds since 1970-01-01T00:00:00Z, by the site's clock.
    public var timestamp: Int64
    /// In the unit that the tag registry has for the tag.
    public var value: Double
    public var quality: Quality

    public init(
        asset: String,
        tag: String,
        timestamp: Int64,
        value: Double,
        quality: Quality
    ) {
        self.asset = asset
        self.tag = tag
        self.timestamp = timestamp
        self.value = value
        self.quality = quality
    }
}
