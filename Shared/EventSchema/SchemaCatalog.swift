public import Avro
import Foundation

/// The schemas of all published events and payloads, and the ids by which the wire names them.
///
/// The ids are fixed here, so that a fleet without a schema registry agrees on them; a registry receives them and assigns none.
/// An id is never given to another schema.
public struct SchemaCatalog: Sendable {
    private let byName: [String: Entry]
    private let byID: [Int32: Entry]
    /// The families of all of them.
    public let families: Set<Substring>

    /// One published schema.
    public struct Entry: Sendable {
        public let name: String
        public let id: Int32
        public let schema: AvroSchema
        /// The committed text, as a schema registry wants it.
        public let text: [UInt8]

        /// - Throws: ``AvroError`` when the schema can't be parsed.
        public init(name: String, id: Int32, text: [UInt8]) throws {
            self.name = name
            self.id = id
            self.text = text
            schema = try AvroSchema(json: text)
        }

        /// What a schema registry calls it: the record's full name. Every version of an event is a version of this subject,
        /// whichever topics it is in; a topic with several kinds of events has no one subject.
        public var subject: String {
            guard case .record(let record) = schema else { return name }
            return record.name
        }

        /// The number at the end of the name: 2 for `workorder.created.v2`.
        public var version: Int? {
            name.range(of: ".v", options: .backwards).flatMap { Int(name[$0.upperBound...]) }
        }

        /// The name without its version.
        public var family: Substring { EventName.family(of: name) }
    }

    /// A catalog with ids as given.
    ///
    /// - Throws: ``AvroError`` when a schema can't be parsed or an id is given twice.
    public init(_ schemas: [(name: String, id: Int32, text: [UInt8])]) throws {
        var byName: [String: Entry] = [:]
        var byID: [Int32: Entry] = [:]
        for (name, id, text) in schemas {
            let entry = try Entry(name: name, id: id, text: text)
            guard byName.updateValue(entry, forKey: name) == nil, byID.updateValue(entry, forKey: id) == nil else {
                throw AvroError.schema("\(name) or its id \(id) stands in the catalog twice")
            }
        }
        self.byName = byName
        self.byID = byID
        families = Set(byName.values.map(\.family))
    }

    /// The schema of an event or payload by its name, for example `workorder.created.v1`.
    public subscript(name: String) -> Entry? { byName[name] }

    /// The schema that a framed value names.
    public subscript(id id: Int32) -> Entry? { byID[id] }

    /// All of them, by name.
    public var entries: [Entry] { byName.values.sorted { $0.name < $1.name } }
}

extension SchemaCatalog {
    /// The committed schemas with their fixed ids.
    public static let committed: Result<SchemaCatalog, any Error> = Result { try SchemaCatalog(table) }
}
