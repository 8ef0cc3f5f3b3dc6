// Made by `make events` from Schemas/telemetry.rejected.v1.avsc: edit that instead.

public import Foundation

/// A payload or a reading that was refused, with what a person needs to find the cause.
public struct TelemetryRejected: Event {
    public static let name = "telemetry.rejected.v1"
    public static let topic = Topic.telemetryInvalid

    public var site: String
    public var asset: String?
    public var tag: String?
    public var timestamp: Int64?
    public var value: Double?
    public var refusal: TelemetryRefusal
    /// For a person, for example `-412.0 is below the minimum -40.0`.
    public var detail: String
    /// The refused payload when it could not be decoded, cut at 4 KiB.
    public var payload: Data?
    public var rejectedAt: Date

    public var key: String { site }

    public init(
        site: String,
        asset: String?,
        tag: String?,
        timestamp: Int64?,
        value: Double?,
        refusal: TelemetryRefusal,
        detail: String,
        payload: Data?,
        rejectedAt: Date
    ) {
        self.site = site
        self.asset = asset
        self.tag = tag
        self.timestamp = timestamp
        self.value = value
        self.refusal = refusal
        self.detail = detail
        self.payload = payload
        self.rejectedAt = rejectedAt
    }
}
