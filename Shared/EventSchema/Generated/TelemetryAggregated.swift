// Made by `make events` from Schemas/telemetry.aggregated.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

/// A closed window over the readings of one tag. Emitted again with the corrected figures when a late reading changes
/// it.
public struct TelemetryAggregated: Event {
    public static let name = "telemetry.aggregated.v1"
    public static let topic = Topic.telemetryAggregates

    public var tenant: TenantID
    public var site: SiteID
    public var asset: AssetID
    public var tag: String
    /// The window's length: 1, 5, 15 or 60.
    public var minutes: Int
    /// The window's first instant, a multiple of its length since 1970; its end is exclusive.
    public var start: Date
    /// Readings of good quality; the figures below are over them.
    public var count: Int64
    /// `nil` without a reading of good quality, as are the next two and the standard deviation.
    public var average: Double?
    public var minimum: Double?
    public var maximum: Double?
    public var sum: Double
    /// Of the sample (divisor n - 1); 0 for a single reading.
    public var standardDeviation: Double?
    public var uncertainCount: Int64
    public var badCount: Int64

    public var key: String { asset.description }

    public init(
        tenant: TenantID,
        site: SiteID,
        asset: AssetID,
        tag: String,
        minutes: Int,
        start: Date,
        count: Int64,
        average: Double?,
        minimum: Double?,
        maximum: Double?,
        sum: Double,
        standardDeviation: Double?,
        uncertainCount: Int64,
        badCount: Int64
    ) {
        self.tenant = tenant
        self.site = site
        self.asset = asset
        self.tag = tag
        self.minutes = minutes
        self.start = start
        self.count = count
        self.average = average
        self.minimum = minimum
        self.maximum = maximum
        self.sum = sum
        self.standardDeviation = standardDeviation
        self.uncertainCount = uncertainCount
        self.badCount = badCount
    }
}
