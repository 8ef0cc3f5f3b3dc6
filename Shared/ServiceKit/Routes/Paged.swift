public import Commands
import EventSchema
import Foundation

/// The query of a list: its filter, and which page of it.
public struct Paged<Filter: Input>: Input {
    public static var maximumLimit: Int64 { (Filter.self as? any LongPages.Type)?.maximumLimit ?? 200 }

    public let filter: Filter
    /// The maximum number of items; the default is 50.
    public let limit: Int
    private let cursor: String?

    private enum CodingKeys: CodingKey { case limit, cursor }

    public init(from decoder: any Decoder) throws {
        filter = try Filter(from: decoder)
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        limit = try fields.decodeIfPresent(Int.self, forKey: .limit) ?? 50
        cursor = try fields.decodeIfPresent(String.self, forKey: .cursor)
    }

    public static var rules: Rules {
        Filter.rules.merging([
            "limit": .whole(1...maximumLimit).means("The maximum number of items; the default is 50"),
            "cursor": .line(1...1024).means("The `nextCursor` of the previous page; omit it for the first page"),
        ]) { $1 }
    }

    public func check(_ errors: inout FieldErrors) { filter.check(&errors) }

    /// Where the page begins; `nil` for the first one.
    ///
    /// - Throws: ``Problem`` that names `cursor` when it is not one of ours.
    public func position<Position: Decodable>(as: Position.Type) throws -> Position? {
        guard let cursor else { return nil }
        let padded = cursor.replacing("-", with: "+").replacing("_", with: "/")
        let data = Data(base64Encoded: padded + String(repeating: "=", count: (4 - padded.count % 4) % 4))
        guard let data, let position = try? JSONDecoder.position.decode(Position.self, from: data) else {
            throw Self.invalidCursor
        }
        return position
    }

    /// The refusal of a cursor that is not one of ours.
    public static var invalidCursor: Problem { Problem.field("cursor", .cursor) }
}

/// The filter of a list whose items are small, so that its pages can be longer than others.
public protocol LongPages: Input {
    static var maximumLimit: Int64 { get }
}
