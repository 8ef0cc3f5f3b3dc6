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

extension FormatStyle where Self == Date.ISO8601FormatStyle {
    /// `2026-06-01T12:00:00.000Z`.
    public static var rfc3339: Date.ISO8601FormatStyle {
        .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(separator: .omitted)
    }
}
