// Made by `make events` from Schemas/people.certificate-stage.v1.avsc: edit that instead.

/// How near a certificate's end is.
public enum CertificateStage: EventEnumeration {
    case expiring
    case expired
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [CertificateStage] = [
        .expiring,
        .expired,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "expiring": self = .expiring
        case "expired": self = .expired
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .expiring: "expiring"
        case .expired: "expired"
        case .unknown: "unknown"
        }
    }
}
