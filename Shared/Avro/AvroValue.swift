public import Foundation

/// A value between a Swift type and its bytes: what `Codable` hands over and what a schema gives its form.
public indirect enum AvroValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case double(Double)
    case string(String)
    case bytes(Data)
    case date(Date)
    case uuid(UUID)
    case decimal(Decimal)
    case array([AvroValue])
    /// A record or a map.
    case object([String: AvroValue])
}

extension AvroValue {
    /// A field's default, from its JSON form in the schema.
    ///
    /// - Parameter room: How many more values the defaults of the schema may have together: in a few bytes a default may name a
    ///   record of thousands of fields, thousands of times.
    init(default json: Any, for schema: AvroSchema, path: String, room: inout Int) throws {
        room -= 1
        if case .record(let record) = schema { room -= record.fields.count }
        guard room >= 0 else { throw AvroError.schema("the defaults up to \(path) have too many values") }
        let failure = AvroError.schema("the default of \(path) does not fit its type")
        switch schema {
        case .null:
            guard json is NSNull else { throw failure }
            self = .null
        case .boolean:
            guard let value = json as? Bool else { throw failure }
            self = .boolean(value)
        case .int, .long, .timestampMicros:
            guard let value = json as? Int64 else { throw failure }
            self = .integer(value)
        case .float, .double:
            guard let value = json as? Double else { throw failure }
            self = .double(value)
        case .string, .uuid, .enumeration:
            guard let value = json as? String else { throw failure }
            self = .string(value)
        case .bytes, .fixed, .decimal:
            guard let value = json as? String else { throw failure }
            // Code points 0 to 255 are the bytes (specification, "Complex Types", default values).
            self = .bytes(Data(value.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }))
        case .array(let items):
            guard let values = json as? [Any] else { throw failure }
            self = .array(try values.map { try AvroValue(default: $0, for: items, path: path, room: &room) })
        case .map(let items):
            guard let values = json as? [String: Any] else { throw failure }
            self = .object(try values.mapValues { try AvroValue(default: $0, for: items, path: path, room: &room) })
        case .union(let branches):
            // A union's default is of its first branch.
            guard let first = branches.first else { throw failure }
            try self.init(default: json, for: first, path: path, room: &room)
        case .record(let record):
            guard let values = json as? [String: Any] else { throw failure }
            var fields: [String: AvroValue] = [:]
            for field in record.fields {
                if let value = values[field.name] {
                    let path = "\(path).\(field.name)"
                    fields[field.name] = try AvroValue(default: value, for: field.schema, path: path, room: &room)
                } else if let fallback = field.fallback {
                    fields[field.name] = fallback
                } else {
                    throw failure
                }
            }
            self = .object(fields)
        case .recursion: throw failure
        }
    }
}
