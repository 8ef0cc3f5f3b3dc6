// Made by `make events` from Schemas/telemetry.ack.v1.avsc: edit that instead.

public import Foundation

/// What the cloud confirms on `telemetry-ack/{site}`: these publishes are in the log and may leave the site's buffer.
public struct TelemetryAck: WireValue {
    public static let name = "telemetry.ack.v1"

    public var session: UUID
    public var sequences: [Int64]

    public init(
        session: UUID,
        sequences: [Int64]
    ) {
        self.session = session
        self.sequences = sequences
    }
}
