import Foundation

/// The state that the records of `_schemas` result in.
struct SchemaStore: Sendable {
    struct Version: Sendable {
        var id: Int32
        var isDeleted: Bool
    }

    /// Lower ids are for clients that bring their own (mode IMPORT), such as a fleet whose ids are fixed in its code: the
    /// registry never hands out one of those.
    static let firstID: Int32 = 1001

    /// By subject and number.
    private(set) var subjects: [String: [Int32: Version]] = [:]
    private(set) var schemas: [Int32: RegisteredSchema] = [:]
    private(set) var levels: [String?: CompatibilityLevel] = [:]
    private(set) var modes: [String?: RegistryMode] = [:]
    private var ids: [String: Set<Int32>] = [:]
    private(set) var highestID = Self.firstID - 1

    mutating func apply(_ record: SchemaRecord) {
        switch record {
        case .schema(let subject, let version, let schema?):
            register(schema)
            subjects[subject, default: [:]][version] = Version(id: schema.id, isDeleted: schema.deleted)
        case .schema(let subject, let version, nil):
            guard let gone = subjects[subject]?.removeValue(forKey: version) else { return }
            if subjects[subject]?.isEmpty == true { subjects[subject] = nil }
            if !uses(of: gone.id).isEmpty { return }
            if let schema = schemas.removeValue(forKey: gone.id) { ids[schema.identity]?.remove(gone.id) }
        case .deleteSubject(let subject, let last):
            for number in subjects[subject, default: [:]].keys where number <= last {
                subjects[subject]?[number]?.isDeleted = true
            }
        case .config(let subject, let level): levels[subject] = level
        case .mode(let subject, let mode): modes[subject] = mode
        case .highestID(let id): highestID = max(highestID, id)
        }
    }

    private mutating func register(_ record: SchemaRecord.Schema) {
        highestID = max(highestID, record.id)
        let isAvro = record.schemaType == nil || record.schemaType == "AVRO"
        let schema =
            (isAvro ? try? RegisteredSchema(avro: record.schema) : nil)
            ?? RegisteredSchema(foreign: record.schema, type: record.schemaType ?? "")
        schemas[record.id] = schema
        ids[schema.identity, default: []].insert(record.id)
    }

    // MARK: - Reading

    /// An id that no schema has or had.
    func nextID() throws(RegistryError) -> Int32 {
        guard highestID < .max else { throw .notPermitted("No id is left: the highest one is taken") }
        return highestID + 1
    }

    /// The id that a schema already has.
    func id(of schema: RegisteredSchema) -> Int32? { ids[schema.identity]?.min() }

    func level(of subject: String?) -> CompatibilityLevel { levels[subject] ?? levels[nil] ?? .backward }

    func mode(of subject: String?) -> RegistryMode { modes[subject] ?? modes[nil] ?? .readWrite }

    /// A subject's versions in their order.
    func versions(of subject: String, withDeleted: Bool = false) -> [(number: Int32, version: Version)] {
        subjects[subject, default: [:]].filter { withDeleted || !$0.value.isDeleted }.sorted { $0.key < $1.key }
            .map { (number: $0.key, version: $0.value) }
    }

    /// The version of a subject that holds the schema.
    func version(of schema: RegisteredSchema, in subject: String, withDeleted: Bool = false) -> (Int32, Version)? {
        versions(of: subject, withDeleted: withDeleted).last { schemas[$0.version.id]?.identity == schema.identity }
            .map { ($0.number, $0.version) }
    }

    /// Where an id is used.
    func uses(of id: Int32, withDeleted: Bool = true) -> [(subject: String, version: Int32)] {
        subjects.flatMap { subject, versions in
            versions.filter { $0.value.id == id && (withDeleted || !$0.value.isDeleted) }
                .map { (subject: subject, version: $0.key) }
        }.sorted { ($0.subject, $0.version) < ($1.subject, $1.version) }
    }

    func schemas(_ versions: [(number: Int32, version: Version)]) -> [(number: Int32, schema: RegisteredSchema)] {
        versions.compactMap { entry in schemas[entry.version.id].map { (number: entry.number, schema: $0) } }
    }
}
