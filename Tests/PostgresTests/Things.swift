import Foundation
import LocalServers
import Postgres
import TestSupport
import Testing

/// The table that most tests write to, and helpers for it.
extension Migration {
    static let things = Migration(
        "m0001_things",
        Array(
            """
            CREATE TABLE things (id bigint PRIMARY KEY, name text CHECK (name <> ''));
            CREATE TABLE parts (
                id bigint PRIMARY KEY, thing bigint NOT NULL CONSTRAINT parts_of_things REFERENCES things (id)
            )
            """.utf8
        )
    )
}

extension Database {
    func countThings() async throws -> Int {
        try await query("SELECT count(*) AS n FROM things")[0]["n"]
    }

    func backend() async throws -> Int {
        try await query("SELECT pg_backend_pid() AS pid")[0]["pid"]
    }

    /// The URL of this database for its owner.
    func url() async throws -> String {
        let name: String = try await query("SELECT current_database() AS name")[0]["name"]
        return try await TestServers.postgres().url(database: name, user: TestRole.owner)
    }

    /// Waits until a connection runs a statement that begins with this text.
    func untilRunning(_ statement: String) async throws {
        _ = try await eventually("\(statement) to run") {
            try await first(
                "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND starts_with(query, \(statement))"
            )
        }
    }

    /// Checks that exactly `places` connections can be held at the same time.
    func expectPlaces(_ places: Int) async throws {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (departures, depart) = AsyncStream.makeStream(of: Void.self)
            let departure = Task { for await _ in departures {} }
            for _ in 0..<places {
                group.addTask {
                    try await self.transaction { tx in
                        let row = try await tx.first("SELECT pg_backend_pid() AS pid")
                        arrived.yield(try #require(row)["pid"])
                        await departure.value
                    }
                }
            }
            // A caller that gets no place fails after the pool's time-out, which also ends this wait.
            group.addTask {
                var backends: Set<Int> = []
                for await backend in arrivals {
                    backends.insert(backend)
                    if backends.count == places { break }
                }
                await #expect(throws: PostgresError.self) { try await self.ping() }
                depart.finish()
            }
            do {
                try await group.waitForAll()
            } catch {
                arrived.finish()
                depart.finish()
                throw error
            }
        }
    }
}

/// A separate pool with few places and a short time-out, for tests that need no tables.
func withPool(
    _ places: Int = 1,
    acquireTimeout: Duration = .seconds(20),
    _ body: (Database) async throws -> Void
) async throws {
    let url = try await TestServers.postgres().url(database: "postgres")
    let database = Database(
        url: "\(url)?application_name=\(UUID())",
        maximumConnections: places,
        acquireTimeout: acquireTimeout
    )
    do {
        try await body(database)
    } catch {
        await database.close()
        throw error
    }
    await database.close()
}

extension PostgresError {
    static func isKind(_ kind: Kind) -> (any Error) -> Bool {
        { ($0 as? PostgresError)?.kind == kind }
    }
}
