import EventSchema
import Foundation
public import Hummingbird

/// Which page of a list a client asks for: `?limit=` and `?cursor=`.
public struct PageRequest: Sendable {
    public static let maximumLimit = 200
    /// How many items, 1 to 200; 50 when not given.
    public let limit: Int
    private let cursor: String?

    /// - Throws: ``Problem`` that names `limit`.
    public init(_ request: Request) throws {
        let query = QueryReader(request)
        limit = try query.integer("limit", in: 1...Self.maximumLimit) ?? 50
        cursor = try query.text("cursor")
    }

    /// Where the page begins; `nil` for the first one.
    ///
    /// - Throws: ``Problem`` that names `cursor` when it is not one of ours.
    public func position<Position: Decodable>(as: Position.Type) throws -> Position? {
        guard let cursor else { return nil }
        let padded = cursor.replacing("-", with: "+").replacing("_", with: "/")
        let data = Data(base64Encoded: padded + String(repeating: "=", count: (4 - padded.count % 4) % 4))
        guard let data, let position = try? JSONDecoder.position.decode(Position.self, from: data) else {
            throw Problem.field("cursor", "is not one that this list gave out")
        }
        return position
    }
}

/// A page of a list, and where the next one begins.
public struct Page<Item: Encodable & Sendable>: ResponseEncodable, Sendable {
    public var items: [Item]
    /// Hand it back as `?cursor=`; `nil` on the last page.
    public var nextCursor: String?

    /// - Parameters:
    ///   - found: Up to `limit` + 1 items: the one too many tells that there is another page.
    ///   - position: The place of an item in the list's order.
    public init(_ found: [Item], limit: Int, position: (Item) -> some Encodable) throws {
        items = Array(found.prefix(limit))
        if found.count > limit, let last = items.last {
            nextCursor = try JSONEncoder.position.encode(position(last)).base64EncodedString()
                .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        }
    }

    private enum CodingKeys: CodingKey { case items, nextCursor }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(items, forKey: .items)
        // Present even when there is none: a client need not ask whether the field exists.
        try container.encode(nextCursor, forKey: .nextCursor)
    }
}

// Positions hold dates to the microsecond, as the stores do: one to the millisecond would skip what else happened in it.

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
    fileprivate static var position: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            let microseconds = try container.decode(Int64.self)
            // Clients can write cursors too: only what every store can hold.
            guard Date.calendarMicroseconds.contains(microseconds) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "is no date of ours")
            }
            return Date(microseconds: microseconds)
        }
        return decoder
    }
}
