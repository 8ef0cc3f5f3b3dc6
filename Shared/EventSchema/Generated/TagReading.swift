// Made by `make events` from Schemas/telemetry.received.v1.avsc: edit that instead.

/// A reading within a record that names the asset once.
public struct TagReading: Codable, Hashable, Sendable {
    public var tag: String
    /// Microseconds since 1970-01-01T00:00:00Z, by the site's clock.
    public var timestamp: Int64
    public var value: Double
    public var quality: Quality

    public init(
        tag: String,
        timestamp: Int64,
        value: Double,
        quality: Quality
    ) {
        self.tag = tag
        self.timestamp = timestamp
        self.value = value
        self.quality = quality
    }
}
