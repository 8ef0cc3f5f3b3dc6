import EventSchema
import Foundation

/// A page of a list, and where the next one begins.
public struct Page<Item: Codable & Sendable>: Answer, Codable {
    public var items: [Item]
    /// Hand it back as `?cursor=`; `nil` on the last page.
    public var nextCursor: String?

    /// - Parameters:
    ///   - found: Up to `limit` + 1 items: one too many means that there is another page.
    ///   - position: The position of an item in the list's order.
    public init(_ found: [Item], limit: Int, position: (Item) -> some Encodable) throws {
        try self.init(Array(found.prefix(limit)), hasMore: found.count > limit, position: position)
    }

    /// - Parameters:
    ///   - hasMore: Whether there is another page.
    ///   - position: The position of an item in the list's order.
    public init(_ items: [Item], hasMore: Bool, position: (Item) -> some Encodable) throws {
        self.items = items
        if hasMore, let last = items.last {
            nextCursor = try JSONEncoder.position.encode(position(last)).base64URL
        }
    }

    private enum CodingKeys: CodingKey { case items, nextCursor }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        items = try container.decode([Item].self, forKey: .items)
        nextCursor = try container.decodeIfPresent(String.self, forKey: .nextCursor)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(items, forKey: .items)
        // Present even when it is null: a client need not check whether the field exists.
        try container.encode(nextCursor, forKey: .nextCursor)
    }
}

// Positions hold dates to the microsecond, as the stores do: one to the millisecond would skip other items of that millisecond.

extension Data {
    /// Base64 for URLs, without padding (RFC 4648, section 5).
    fileprivate var base64URL: String {
        let letters = base64EncodedData().lazy.filter { $0 != UInt8(ascii: "=") }.map { letter in
            switch letter {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: letter
            }
        }
        return String(decoding: Array(letters), as: UTF8.self)
    }
}

extension JSONEncoder {
    fileprivate static var position: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.microseconds)
        }
        return encoder
    }
}

extension JSONDecoder {
    static var position: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            let microseconds = try container.decode(Int64.self)
            // Clients can make up cursors: accept only what every store can hold.
            guard Date.calendarMicroseconds.contains(microseconds) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "is no date of ours")
            }
            return Date(microseconds: microseconds)
        }
        return decoder
    }
}
