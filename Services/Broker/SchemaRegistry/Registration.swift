import Avro

/// The body of a request that carries a schema.
struct Registration: Decodable {
    private struct Anything: Decodable {}

    private let schema: String
    private let schemaType: String?
    private let references: [Anything]?
    /// Only in mode IMPORT.
    let id: Int32?
    let version: Int32?

    /// - Throws: `RegistryError` if it is not an Avro schema, or needs a feature that this registry lacks.
    func parsed() throws(RegistryError) -> RegisteredSchema {
        guard schemaType ?? "AVRO" == "AVRO" else {
            throw .invalidSchema("schemaType \(schemaType ?? "") is not supported, only AVRO")
        }
        guard references?.isEmpty ?? true else { throw .invalidSchema("references are not supported") }
        do {
            return try RegisteredSchema(avro: schema)
        } catch let error as AvroError {
            throw .invalidSchema("\(error)")
        } catch {
            throw .invalidSchema("it is not JSON")
        }
    }
}

extension RegistryAPI {
    static func register(_ store: SchemaStore, _ request: RegistryRequest) throws -> RegistryAnswer {
        let subject = try request.subject(1)
        let registration = try request.decode(Registration.self)
        let schema = try registration.parsed()
        // The same schema again is no change: many clients that start together register it.
        if let (number, known) = store.version(of: schema, in: subject) {
            if let id = registration.id, id != known.id { throw RegistryError.otherID(known.id, id) }
            if registration.version ?? number == number { return try RegistryAnswer(["id": known.id]) }
        }
        try admitWrite(store, subject)
        let (id, number) =
            store.mode(of: subject) == .importing
            ? try imported(registration, schema, subject, store)
            : try appended(registration, schema, subject, store)
        let record = SchemaRecord.Schema(id: id, schema: schema.text, deleted: false)
        return try RegistryAnswer(["id": id], records: [.schema(subject: subject, version: number, record)])
    }

    /// The next version, after a comparison with those before it.
    private static func appended(
        _ registration: Registration,
        _ schema: RegisteredSchema,
        _ subject: String,
        _ store: SchemaStore
    ) throws(RegistryError) -> (id: Int32, version: Int32) {
        guard registration.id == nil else { throw .notPermitted("Subject \(subject) is not in import mode") }
        let number = try nextVersion(store, subject)
        guard registration.version ?? number == number else {
            throw .notPermitted("Subject \(subject) is not in import mode: its next version is \(number)")
        }
        let level = store.level(of: subject)
        let versions = store.versions(of: subject)
        let compared = level.isTransitive ? versions : versions.suffix(1)
        if let parsed = schema.parsed {
            let problems = level.problems(parsed, after: store.schemas(compared))
            guard problems.isEmpty else {
                throw .incompatible(subject, problems + ["compatibility: \(level.rawValue)"])
            }
        }
        if let id = store.id(of: schema) { return (id, number) }
        return (try store.nextID(), number)
    }

    /// The id and the version that the client sends, unless they belong to another schema.
    private static func imported(
        _ registration: Registration,
        _ schema: RegisteredSchema,
        _ subject: String,
        _ store: SchemaStore
    ) throws(RegistryError) -> (id: Int32, version: Int32) {
        guard let id = registration.id, id > 0 else {
            throw .notPermitted("Subject \(subject) is in import mode: the schema needs an id")
        }
        if let other = store.schemas[id], other.identity != schema.identity {
            throw .notPermitted("Overwrite new schema with id \(id) is not permitted.")
        }
        let number: Int32
        if let version = registration.version { number = version } else { number = try nextVersion(store, subject) }
        guard number > 0 else { throw .invalidVersion("\(number)") }
        if let taken = store.subjects[subject]?[number], taken.id != id {
            throw .notPermitted("Version \(number) of subject \(subject) has the schema with id \(taken.id)")
        }
        return (id, number)
    }

    private static func nextVersion(_ store: SchemaStore, _ subject: String) throws(RegistryError) -> Int32 {
        let last = store.versions(of: subject, withDeleted: true).last?.number ?? 0
        guard last < .max else { throw .notPermitted("Subject \(subject) has the highest version that there can be") }
        return last + 1
    }

    // MARK: - Compatibility

    /// Whether a schema could be registered: compared with one version, or with those that the subject's level requires.
    static func compatibility(_ store: SchemaStore, _ request: RegistryRequest) throws -> RegistryAnswer {
        struct Verdict: Encodable {
            let isCompatible: Bool
            let messages: [String]?

            enum CodingKeys: String, CodingKey {
                case isCompatible = "is_compatible"
                case messages
            }
        }
        let subject = try request.subject(2)
        let schema = try request.decode(Registration.self).parsed()
        let level = store.level(of: subject)
        let versions =
            if request.path.count > 4 {
                [try version(request.path[4], of: subject, store, false)]
            } else if level.isTransitive {
                store.versions(of: subject)
            } else {
                Array(store.versions(of: subject).suffix(1))
            }
        let problems = schema.parsed.map { level.problems($0, after: store.schemas(versions)) } ?? []
        return try RegistryAnswer(
            Verdict(isCompatible: problems.isEmpty, messages: request.flag("verbose") ? problems : nil)
        )
    }
}
