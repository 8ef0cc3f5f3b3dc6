/// `/subjects`: reading and deleting.
extension RegistryAPI {
    static func subjects(_ store: SchemaStore, _ request: RegistryRequest) throws -> RegistryAnswer {
        let prefix = request.text("subjectPrefix") ?? ""
        return try RegistryAnswer(
            store.subjects.keys.filter { subject in
                subject.hasPrefix(prefix) && !store.versions(of: subject, withDeleted: request.flag("deleted")).isEmpty
            }.sorted()
        )
    }

    static func versions(_ store: SchemaStore, _ request: RegistryRequest) throws -> RegistryAnswer {
        let subject = try request.subject(1)
        let versions = store.versions(of: subject, withDeleted: request.flag("deleted"))
        guard !versions.isEmpty else { throw RegistryError.subjectNotFound(subject) }
        return try RegistryAnswer(versions.map(\.number))
    }

    /// A version with its schema.
    private struct Found: Encodable {
        let subject: String
        let id: Int32
        let version: Int32
        let schema: String
    }

    static func version(_ store: SchemaStore, _ request: RegistryRequest) throws -> RegistryAnswer {
        try RegistryAnswer(try found(store, request))
    }

    /// Every version of every subject, with its schema.
    static func allSchemas(_ store: SchemaStore, _ request: RegistryRequest) throws -> RegistryAnswer {
        let prefix = request.text("subjectPrefix") ?? ""
        return try RegistryAnswer(
            store.subjects.keys.filter { $0.hasPrefix(prefix) }.sorted().flatMap { subject in
                let versions = store.versions(of: subject, withDeleted: request.flag("deleted"))
                return versions.suffix(request.flag("latestOnly") ? 1 : versions.count).map {
                    found(store, subject, $0.number, $0.version)
                }
            }
        )
    }

    static func versionText(_ store: SchemaStore, _ request: RegistryRequest) throws -> RegistryAnswer {
        RegistryAnswer(text: try found(store, request).schema)
    }

    private static func found(_ store: SchemaStore, _ request: RegistryRequest) throws -> Found {
        let subject = try request.subject(1)
        let (number, version) = try self.version(request.path[3], of: subject, store, request.flag("deleted"))
        return found(store, subject, number, version)
    }

    private static func found(
        _ store: SchemaStore,
        _ subject: String,
        _ number: Int32,
        _ version: SchemaStore.Version
    ) -> Found {
        Found(subject: subject, id: version.id, version: number, schema: store.schemas[version.id]?.text ?? "")
    }

    /// The version that a path names: a number, or the latest.
    static func version(
        _ text: String,
        of subject: String,
        _ store: SchemaStore,
        _ withDeleted: Bool
    ) throws -> (number: Int32, version: SchemaStore.Version) {
        let wanted = text == "latest" || text == "-1" ? nil : Int32(text)
        if text != "latest", text != "-1", wanted.map({ $0 < 1 }) ?? true { throw RegistryError.invalidVersion(text) }
        let versions = store.versions(of: subject, withDeleted: withDeleted)
        guard let latest = versions.last else { throw RegistryError.subjectNotFound(subject) }
        guard let wanted else { return latest }
        guard let found = versions.first(where: { $0.number == wanted }) else {
            throw RegistryError.versionNotFound(wanted)
        }
        return found
    }

    static func lookUp(_ store: SchemaStore, _ request: RegistryRequest) throws -> RegistryAnswer {
        let subject = try request.subject(1)
        let schema = try request.decode(Registration.self).parsed()
        let withDeleted = request.flag("deleted")
        guard !store.versions(of: subject, withDeleted: withDeleted).isEmpty else {
            throw RegistryError.subjectNotFound(subject)
        }
        guard let (number, version) = store.version(of: schema, in: subject, withDeleted: withDeleted) else {
            throw RegistryError.schemaNotFound
        }
        return try RegistryAnswer(found(store, subject, number, version))
    }

    // MARK: - Deleting

    /// A soft delete comes first: the ids stay known, so that old records can be read. Only then can a subject be deleted
    /// permanently.
    static func deleteSubject(_ store: SchemaStore, _ request: RegistryRequest) throws -> RegistryAnswer {
        let subject = try request.subject(1)
        try admitWrite(store, subject)
        let all = store.versions(of: subject, withDeleted: true)
        guard let last = all.last else { throw RegistryError.subjectNotFound(subject) }
        let living = all.filter { !$0.version.isDeleted }
        if request.flag("permanent") {
            guard living.isEmpty else { throw RegistryError.subjectNotSoftDeleted(subject) }
            let records = all.map { SchemaRecord.schema(subject: subject, version: $0.number, nil) }
            return try RegistryAnswer(all.map(\.number), records: [.highestID(store.highestID)] + records)
        }
        guard !living.isEmpty else { throw RegistryError.subjectSoftDeleted(subject) }
        var records = [SchemaRecord.deleteSubject(subject, upTo: last.number)]
        if store.levels[subject] != nil { records.append(.config(subject: subject, nil)) }
        if store.modes[subject] != nil { records.append(.mode(subject: subject, nil)) }
        return try RegistryAnswer(living.map(\.number), records: records)
    }

    static func deleteVersion(_ store: SchemaStore, _ request: RegistryRequest) throws -> RegistryAnswer {
        let subject = try request.subject(1)
        try admitWrite(store, subject)
        let isPermanent = request.flag("permanent")
        // "latest" is the latest version that is not deleted; a number can also be that of a deleted one.
        let (number, version) = try version(request.path[3], of: subject, store, Int32(request.path[3]) != nil)
        if isPermanent {
            guard version.isDeleted else { throw RegistryError.versionNotSoftDeleted(subject, number) }
            return try RegistryAnswer(
                number,
                records: [.highestID(store.highestID), .schema(subject: subject, version: number, nil)]
            )
        }
        guard !version.isDeleted else { throw RegistryError.versionSoftDeleted(subject, number) }
        let text = store.schemas[version.id]?.text ?? ""
        let record = SchemaRecord.Schema(id: version.id, schema: text, deleted: true)
        return try RegistryAnswer(number, records: [.schema(subject: subject, version: number, record)])
    }

    /// - Throws: `RegistryError` where only reading is allowed.
    static func admitWrite(_ store: SchemaStore, _ subject: String) throws(RegistryError) {
        guard store.mode(of: subject) != .readOnly else {
            throw .notPermitted("Subject \(subject) is in read-only mode")
        }
    }
}
