import NIOHTTP1

/// The interface of Confluent's schema registry (its public API reference), for Avro: which request is handled where.
///
/// A handler reads the store and returns what must be written; it changes nothing itself.
enum RegistryAPI {
    typealias Handler = @Sendable (SchemaStore, RegistryRequest) throws -> RegistryAnswer

    /// A method and a path, in which `*` stands for any one part.
    private struct Route: Sendable {
        let method: HTTPMethod
        let path: [Substring]
        let handle: Handler

        init(_ method: HTTPMethod, _ path: String, _ handle: @escaping Handler) {
            self.method = method
            self.path = path.split(separator: "/")
            self.handle = handle
        }

        func matches(_ path: [String]) -> Bool {
            path.count == self.path.count && zip(self.path, path).allSatisfy { $0 == "*" || $0 == $1 }
        }
    }

    private static let routes: [Route] = [
        Route(.GET, "/") { _, _ in try RegistryAnswer([String: String]()) },
        Route(.GET, "/contexts") { _, _ in try RegistryAnswer(["."]) },
        Route(.GET, "/schemas", allSchemas),
        Route(.GET, "/schemas/types") { _, _ in try RegistryAnswer(["AVRO"]) },
        Route(.GET, "/schemas/ids/*", schema),
        Route(.GET, "/schemas/ids/*/schema", schemaText),
        Route(.GET, "/schemas/ids/*/subjects", schemaSubjects),
        Route(.GET, "/schemas/ids/*/versions", schemaVersions),
        Route(.GET, "/subjects", subjects),
        Route(.POST, "/subjects/*", lookUp),
        Route(.DELETE, "/subjects/*", deleteSubject),
        Route(.GET, "/subjects/*/versions", versions),
        Route(.POST, "/subjects/*/versions", register),
        Route(.GET, "/subjects/*/versions/*", version),
        Route(.GET, "/subjects/*/versions/*/schema", versionText),
        Route(.GET, "/subjects/*/versions/*/referencedby") { _, _ in try RegistryAnswer([Int32]()) },
        Route(.DELETE, "/subjects/*/versions/*", deleteVersion),
        Route(.POST, "/compatibility/subjects/*/versions", compatibility),
        Route(.POST, "/compatibility/subjects/*/versions/*", compatibility),
        Route(.GET, "/config", config),
        Route(.PUT, "/config", setConfig),
        Route(.DELETE, "/config", deleteConfig),
        Route(.GET, "/config/*", config),
        Route(.PUT, "/config/*", setConfig),
        Route(.DELETE, "/config/*", deleteConfig),
        Route(.GET, "/mode", mode),
        Route(.PUT, "/mode", setMode),
        Route(.DELETE, "/mode", deleteMode),
        Route(.GET, "/mode/*", mode),
        Route(.PUT, "/mode/*", setMode),
        Route(.DELETE, "/mode/*", deleteMode),
    ]

    static func answer(_ request: RegistryRequest, _ store: SchemaStore) throws -> RegistryAnswer {
        let fitting = routes.filter { $0.matches(request.path) }
        guard !fitting.isEmpty else { throw RegistryError(code: 404, message: "HTTP 404 Not Found") }
        guard let route = fitting.first(where: { $0.method == request.method }) else {
            throw RegistryError(code: 405, message: "HTTP 405 Method Not Allowed")
        }
        return try route.handle(store, request)
    }
}
