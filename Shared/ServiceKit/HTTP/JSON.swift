public import Foundation

extension JSONEncoder {
    /// How our APIs write JSON: dates as RFC 3339 with milliseconds, keys sorted, slashes plain.
    public static var api: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.formatted(.rfc3339))
        }
        return encoder
    }
}

extension JSONDecoder {
    /// How our APIs read JSON: dates as RFC 3339, with or without a fraction.
    public static var api: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            guard let date = Date(rfc3339: try container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(
                    in: container,
                    debugDescription: "must be a time such as 2026-06-01T12:00:00Z"
                )
            }
            return date
        }
        return decoder
    }
}

extension Date {
    /// Parses a time as RFC 3339 writes it.
    public init?(rfc3339 text: String) {
        let date =
            (try? Date(text, strategy: Date.ISO8601FormatStyle.rfc3339)) ?? (try? Date(text, strategy: .iso8601))
        guard let date else { return nil }
        self = date
    }
}

extension FormatStyle where Self == Date.ISO8601FormatStyle {
    /// `2026-06-01T12:00:00.000Z`.
    public static var rfc3339: Date.ISO8601FormatStyle {
        .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(separator: .omitted)
    }
}
