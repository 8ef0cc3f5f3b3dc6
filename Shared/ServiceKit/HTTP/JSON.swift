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
