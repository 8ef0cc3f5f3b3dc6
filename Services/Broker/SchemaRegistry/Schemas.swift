/// `/schemas/ids`: schemas by the id that every record begins with.
extension RegistryAPI {
    static func schema(_ store: SchemaStore, _ request: RegistryRequest) throws -> RegistryAnswer {
        try RegistryAnswer(["schema": try known(store, request).schema.text])
    }

    static func schemaText(_ store: SchemaStore, _ request: RegistryRequest) throws -> RegistryAnswer {
        RegistryAnswer(text: try known(store, request).schema.text)
    }

    static func schemaSubjects(_ store: SchemaStore, _ request: RegistryRequest) throws -> RegistryAnswer {
        let uses = store.uses(of: try known(store, request).id, withDeleted: request.flag("deleted"))
        return try RegistryAnswer(Set(uses.map(\.subject)).sorted())
    }

    static func schemaVersions(_ store: SchemaStore, _ request: RegistryRequest) throws -> RegistryAnswer {
        struct Use: Encodable {
            let subject: String
            let version: Int32
        }
        let uses = store.uses(of: try known(store, request).id, withDeleted: request.flag("deleted"))
        return try RegistryAnswer(uses.map { Use(subject: $0.subject, version: $0.version) })
    }

    private static func known(
        _ store: SchemaStore,
        _ request: RegistryRequest
    ) throws -> (id: Int32, schema: RegisteredSchema) {
        guard let id = Int32(request.path[2]) else { throw RegistryError(code: 404, message: "HTTP 404 Not Found") }
        guard let schema = store.schemas[id] else { throw RegistryError.schemaNotFound(id) }
        return (id, schema)
    }
}
