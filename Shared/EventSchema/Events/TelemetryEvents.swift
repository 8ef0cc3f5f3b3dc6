public import Foundation
public import Identifiers

/// The quality of a reading, as OPC UA and IEC 61850 grade it.
public enum Quality: String, Codable, CaseIterable, Hashable, Sendable {
    case good
    case uncertain
    case bad
}

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

/// What a site publishes on `telemetry/{site}`, and, with one reading, on `telemetry/{site}/{asset}/{tag}`.
///
/// `sequence` counts the publishes of one session of the site's agent from 1 without a gap. The cloud confirms it on
/// `telemetry-ack/{site}` once the log has the readings, and drops what arrives twice. An agent has at most
/// ``window`` unconfirmed publishes in flight, which bounds what the cloud must remember.
public struct TelemetryBatch: Codable, Hashable, Sendable {
    /// The most publishes that may be unconfirmed at a time.
    public static let window = 256
    /// Avro schema of the payload.
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

/// What the cloud confirms on `telemetry-ack/{site}`: these publishes are in the log and may leave the site's buffer.
public struct TelemetryAck: Codable, Hashable, Sendable {
    /// Avro schema of the payload.
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

/// Why a payload or a reading was refused.
public enum TelemetryRefusal: String, Codable, CaseIterable, Hashable, Sendable {
    /// The payload is not Avro of a known schema.
    case malformedPayload = "malformed_payload"
    /// The MQTT topic is not of the documented form, or does not fit the payload.
    case topicMismatch = "topic_mismatch"
    /// The registry has no such sensor.
    case unknownTag = "unknown_tag"
    /// Not a number, or infinite.
    case notFinite = "not_finite"
    /// Outside the sensor's range.
    case outOfRange = "out_of_range"
    /// Too far in the future or the past.
    case timestampInsane = "timestamp_insane"
}

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

/// A closed window over the readings of one tag. Emitted again with the corrected figures when a late reading changes it.
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
    public var average: Double
    public var minimum: Double
    public var maximum: Double
    public var sum: Double
    /// Of the sample (divisor n - 1); 0 for a single reading.
    public var standardDeviation: Double
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
        average: Double,
        minimum: Double,
        maximum: Double,
        sum: Double,
        standardDeviation: Double,
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
