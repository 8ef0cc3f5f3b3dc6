// Made by `make events` from Schemas/workorder.state.v6.avsc: edit that instead.

/// What kind of answer a task asks for.
public enum TaskCheckKind: EventEnumeration {
    case yesNo
    case choice
    case number
    case text
    case meter
    case photo
    case signature
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [TaskCheckKind] = [
        .yesNo,
        .choice,
        .number,
        .text,
        .meter,
        .photo,
        .signature,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "yes_no": self = .yesNo
        case "choice": self = .choice
        case "number": self = .number
        case "text": self = .text
        case "meter": self = .meter
        case "photo": self = .photo
        case "signature": self = .signature
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .yesNo: "yes_no"
        case .choice: "choice"
        case .number: "number"
        case .text: "text"
        case .meter: "meter"
        case .photo: "photo"
        case .signature: "signature"
        case .unknown: "unknown"
        }
    }
}
