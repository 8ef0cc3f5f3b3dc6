import EventSchema
public import Foundation

extension JSONEncoder {
    /// How our APIs write JSON: dates as RFC 3339 with milliseconds, keys sorted, slashes plain.
    public static var api: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.rfc3339)
        }
        return encoder
    }
}
