import Foundation

/// A record of the topic `_schemas`, in the format of Confluent's registry, so that either registry can take over the topic.
///
/// Keys have exactly the same bytes, because compaction compares them.
enum SchemaRecord: Equatable, Sendable {
    /// One version of a subject; nil: it was deleted permanently.
    case schema(subject: String, version: Int32, Schema?)
    /// Every version of the subject up to this one is soft-deleted.
    case deleteSubject(String, upTo: Int32)
    /// The level of a subject or, without one, of all; nil: the default.
    case config(subject: String?, CompatibilityLevel?)
    case mode(subject: String?, RegistryMode?)
    /// The highest id given so far. Compaction removes a permanently deleted schema, but its id must not be given again.
    /// Confluent's registry has no such record, and ignores records with this key.
    case highestID(Int32)

    struct Schema: Codable, Equatable, Sendable {
        var id: Int32
        var schema: String
        /// nil: Avro.
        var schemaType: String?
        var deleted: Bool
    }

    var key: String {
        switch self {
        case .schema(let subject, let version, _):
            #"{"keytype":"SCHEMA","subject":\#(quoted(subject)),"version":\#(version),"magic":1}"#
        case .deleteSubject(let subject, _):
            #"{"keytype":"DELETE_SUBJECT","subject":\#(quoted(subject)),"magic":0}"#
        case .config(let subject, _): #"{"keytype":"CONFIG","subject":\#(quoted(subject)),"magic":0}"#
        case .mode(let subject, _): #"{"keytype":"MODE","subject":\#(quoted(subject)),"magic":0}"#
        case .highestID: #"{"keytype":"NOOP","magic":0}"#
        }
    }

    var value: String? {
        switch self {
        case .schema(let subject, let version, let schema):
            schema.map { schema in
                let type = schema.schemaType.map { #""schemaType":\#(quoted($0)),"# } ?? ""
                return #"{"subject":\#(quoted(subject)),"version":\#(version),"id":\#(schema.id),"#
                    + #"\#(type)"schema":\#(quoted(schema.schema)),"deleted":\#(schema.deleted)}"#
            }
        case .deleteSubject(let subject, let version): #"{"subject":\#(quoted(subject)),"version":\#(version)}"#
        case .config(_, let level): level.map { #"{"compatibilityLevel":"\#($0.rawValue)"}"# }
        case .mode(_, let mode): mode.map { #"{"mode":"\#($0.rawValue)"}"# }
        case .highestID(let id): #"{"id":\#(id)}"#
        }
    }

    private struct Key: Decodable {
        var keytype: String
        var subject: String?
        var version: Int32?
    }

    /// All values except a schema's: each has one of these fields.
    private struct Value: Decodable {
        var compatibilityLevel: CompatibilityLevel?
        var mode: RegistryMode?
        var version: Int32?
        var id: Int32?
    }

    /// - Returns: nil for records without a meaning here, such as another registry's NOOP.
    init?(key: Data, value: Data?) throws {
        let decoder = JSONDecoder()
        let key = try decoder.decode(Key.self, from: key)
        if case ("SCHEMA", let subject?, let version?) = (key.keytype, key.subject, key.version) {
            let schema = try value.map { try decoder.decode(Schema.self, from: $0) }
            self = .schema(subject: subject, version: version, schema)
            return
        }
        // Confluent's registry gives a NOOP any value, or none.
        let value =
            key.keytype == "NOOP"
            ? value.flatMap { try? decoder.decode(Value.self, from: $0) }
            : try value.map { try decoder.decode(Value.self, from: $0) }
        switch (key.keytype, key.subject, value?.version, value?.id) {
        case ("DELETE_SUBJECT", let subject?, let version?, _): self = .deleteSubject(subject, upTo: version)
        case ("CONFIG", let subject, _, _): self = .config(subject: subject, value?.compatibilityLevel)
        case ("MODE", let subject, _, _): self = .mode(subject: subject, value?.mode)
        case ("NOOP", _, _, let id?): self = .highestID(id)
        default: return nil
        }
    }
}

/// A JSON string, or null.
private func quoted(_ text: String?) -> String {
    guard let text else { return "null" }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    // A string always has a JSON form.
    return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
}
