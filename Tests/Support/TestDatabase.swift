import Foundation
import LocalServers
public import Postgres
import Synchronization

/// Runs a test with a database of its own: cloned from a template that has the migrations, and dropped afterwards.
public func withDatabase<Value>(
    _ migrations: [Migration] = [],
    maximumConnections: Int = 4,
    _ body: (Database) async throws -> Value
) async throws -> Value {
    let server = try await TestServers.postgres()
    let administrator = Database(url: server.url(database: "postgres"), maximumConnections: 1, acquireTimeout: patience)
    let template = try await Templates.shared.name(of: migrations, on: server, by: administrator)
    let name = "test_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
    try await Templates.shared.clone(template, as: name, by: administrator)
    let database = Database(
        url: server.url(database: name),
        maximumConnections: maximumConnections,
        acquireTimeout: patience
    )
    do {
        let value = try await body(database)
        await database.close()
        try await administrator.execute(SQL(identifier: name, before: "DROP DATABASE ", after: " WITH (FORCE)"))
        await administrator.close()
        return value
    } catch {
        await database.close()
        await administrator.close()
        throw error
    }
}

/// How long a statement waits for a connection: what a loaded machine makes late is no failure.
private let patience = Duration.seconds(60)

/// One migrated template for each set of migrations.
private actor Templates {
    static let shared = Templates()
    private var made: [[String]: Task<String, any Error>] = [:]
    private var cloning: Task<Void, Never>?

    func name(
        of migrations: [Migration],
        on server: PostgresServer,
        by administrator: Database
    ) async throws -> String {
        let key = migrations.map(\.name)
        if let task = made[key] { return try await task.value }
        let name = "template_\(made.count)"
        let task = Task {
            try await administrator.execute(SQL(identifier: name, before: "CREATE DATABASE ", after: ""))
            let database = Database(url: server.url(database: name), maximumConnections: 1, acquireTimeout: patience)
            try await database.migrate(migrations)
            await database.close()
            return name
        }
        made[key] = task
        return try await task.value
    }

    /// PostgreSQL refuses to clone a template that another session is cloning: one after the other.
    func clone(_ template: String, as name: String, by administrator: Database) async throws {
        let previous = cloning
        let task = Task {
            await previous?.value
            try await administrator.execute(
                SQL(identifier: name, before: "CREATE DATABASE ", after: " TEMPLATE \(template)")
            )
        }
        cloning = Task { _ = try? await task.value }
        try await task.value
    }
}

extension SQL {
    /// A statement about a database that a test made up the name of: such names can't be parameters.
    fileprivate init(identifier: String, before: String, after: String) {
        self.init(stringLiteral: "\(before)\"\(identifier)\"\(after)")
    }
}
