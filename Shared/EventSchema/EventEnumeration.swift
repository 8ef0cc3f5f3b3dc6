import Avro

/// An enumeration in an event. A newer version of the event may have more symbols: an unknown one is read as ``unknown``.
///
/// `unknown` is only ever read. It is none of ``CaseIterable/allCases``, no text is parsed as it, and it can't be encoded: neither
/// into an event nor into JSON. So it can't come in through an API, and what was not understood is not passed on as if it were
/// a value.
public protocol EventEnumeration: RawRepresentable<String>, CaseIterable, Codable, Hashable, Sendable {
    /// What this build does not know.
    static var unknown: Self { get }
}

extension EventEnumeration {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        if let value = Self(rawValue: text) {
            self = value
        } else if AvroDecoder.reads(by: decoder), text == Self.unknown.rawValue {
            self = .unknown
        } else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "must be one of \(Self.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
    }

    public func encode(to encoder: any Encoder) throws {
        guard self != .unknown else {
            throw EncodingError.invalidValue(
                self,
                .init(codingPath: encoder.codingPath, debugDescription: "the \(Self.self) is not known to this version")
            )
        }
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
