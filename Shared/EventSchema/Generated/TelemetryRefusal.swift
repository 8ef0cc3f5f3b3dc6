// Made by `make events` from Schemas/telemetry.rejected.v1.avsc: edit that instead.

/// Why a payload or a reading was refused.
public enum TelemetryRefusal: EventEnumeration {
    /// The payload is not Avro of a known schema.
    case malformedPayload
    /// The MQTT topic is not of the documented form, or does not fit the payload.
    case topicMismatch
    /// The registry has no such sensor.
    case unknownTag
    /// Not a number, or infinite.
    case notFinite
    /// Outside the sensor's range.
    case outOfRange
    /// Too far in the future or the past.
    case timestampOutOfRange
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [TelemetryRefusal] = [
        .malformedPayload,
        .topicMismatch,
        .unknownTag,
        .notFinite,
        .outOfRange,
        .timestampOutOfRange,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "malformed_payload": self = .malformedPayload
        case "topic_mismatch": self = .topicMismatch
        case "unknown_tag": self = .unknownTag
        case "not_finite": self = .notFinite
        case "out_of_range": self = .outOfRange
        case "timestamp_out_of_range": self = .timestampOutOfRange
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .malformedPayload: "malformed_payload"
        case .topicMismatch: "topic_mismatch"
        case .unknownTag: "unknown_tag"
        case .notFinite: "not_finite"
        case .outOfRange: "out_of_range"
        case .timestampOutOfRange: "timestamp_out_of_range"
        case .unknown: "unknown"
        }
    }
}
