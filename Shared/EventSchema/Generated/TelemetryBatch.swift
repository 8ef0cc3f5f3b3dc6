// Made by `make events` from Schemas/telemetry.batch.v1.avsc: edit that instead.

public import Foundation

/// What a site publishes on `telemetry/{site}`, and, with one reading, on `telemetry/{site}/{asset}/{tag}`.
///
/// `sequence` counts the publishes of one session of the site's agent from 1 without a gap. The cloud confirms it on
/// `telemetry-ack/{site}` once the log has the readings, and drops what arrives twice. An agent has at most ``window``
/// unconfirmed publishes in flight, which bounds what the cloud must remember.
public struct TelemetryBatch: WireValue {
    public static let name = "telemetry.batch.v1"

    /// Chosen anew when an agent begins with an empty buffer.
    public var session: UUID
    public var sequence: Int64
    public var readings: [Reading]

    public init(
        session: UUID,
        sequence: Int64,
        readings: [Reading]
    ) {
        self.session = session
        self.sequence = sequence
        self.readings = readings
    }
}
