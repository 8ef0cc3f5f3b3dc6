// Made by `make events` from Schemas/telemetry.received.v1.avsc: edit that instead.

public import Foundation

/// Readings of one asset out of one publish of its site.
public struct TelemetryReceived: Event {
    public static let name = "telemetry.received.v1"
    public static let topic = Topic.telemetryRaw

    /// The site's code.
    public var site: String
    /// The asset's code.
    public var asset: String
    public var session: UUID
    public var sequence: Int64
    /// Microseconds since 1970, by the ingest's clock.
    public var receivedAt: Int64
    public var readings: [TagReading]

    public var key: String { "\(site)/\(asset)" }

    public init(
        site: String,
        asset: String,
        session: UUID,
        sequence: Int64,
        receivedAt: Int64,
        readings: [TagReading]
    ) {
        self.site = site
        self.asset = asset
        self.session = session
        self.sequence = sequence
        self.receivedAt = receivedAt
        self.readings = readings
    }
}
