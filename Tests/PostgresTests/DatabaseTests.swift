import Foundation
import LocalServers
import Postgres
import TestSupport
import Testing

@Suite struct DatabaseTests {
    private let table = Migration(
        "m0001_things",
        Array("CREATE TABLE things (id bigint PRIMARY KEY, name text CHECK (name <> ''))".utf8)
    )

    @Test func aTransactionIsStoredWholeOrNotAtAll() async throws {
        try await withDatabase([table]) { database in
            struct Stop: Error {}
            await #expect(throws: Stop.self) {
                try await database.transaction { tx in
                    try await tx.execute("INSERT INTO things VALUES (1, 'a')")
                    throw Stop()
                }
            }
            #expect(try await count(database) == 0)
            try await database.transaction { tx in _ = try await tx.execute("INSERT INTO things VALUES (1, 'a')") }
            #expect(try await count(database) == 1)
        }
    }

    @Test func aCommitThatWasAnsweredWithRollbackIsAnError() async throws {
        try await withDatabase([table]) { database in
            await #expect {
                try await database.transaction { tx in
                    try await tx.execute("INSERT INTO things VALUES (1, 'a')")
                    _ = try? await tx.execute("INSERT INTO things VALUES (1, 'b')")
                }
            } throws: { ($0 as? PostgresError)?.kind == .rolledBack }
            let stored = try await count(database)
            #expect(stored == 0)
        }
    }

    @Test func violationsNameTheirConstraint() async throws {
        try await withDatabase([table]) { database in
            try await database.execute("INSERT INTO things VALUES (1, 'a')")
            await #expect { try await database.execute("INSERT INTO things VALUES (1, 'b')") } throws: {
                ($0 as? PostgresError)?.isUniqueViolation(of: "things_pkey") == true
            }
            await #expect { try await database.execute("INSERT INTO things VALUES (2, '')") } throws: {
                ($0 as? PostgresError)?.kind == .checkViolation(constraint: "things_name_check")
            }
        }
    }

    @Test func cancellingTheTaskCancelsTheStatement() async throws {
        try await withDatabase { database in
            let started = ContinuousClock.now
            let task = Task { try await database.query("SELECT pg_sleep(30)") }
            // The statement must be running: the server says so.
            _ = try await eventually("pg_sleep to run") {
                try await database.first(
                    "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query = 'SELECT pg_sleep(30)'"
                )
            }
            task.cancel()
            await #expect(throws: (any Error).self) { try await task.value }
            #expect(ContinuousClock.now - started < .seconds(10))
            try await database.ping()
        }
    }

    @Test func aTerminatedBackendIsAConnectionErrorAndThePoolRecovers() async throws {
        try await withDatabase(maximumConnections: 2) { database in
            await #expect {
                try await database.query("SELECT pg_terminate_backend(pg_backend_pid())")
            } throws: { ($0 as? PostgresError)?.isTransient == true }
            for _ in 0..<4 { try await database.ping() }
        }
    }

    @Test func whoWaitsTooLongForAConnectionIsTold() async throws {
        let server = try await TestServers.postgres()
        let database = Database(
            url: server.url(database: "postgres"),
            maximumConnections: 1,
            acquireTimeout: .milliseconds(100)
        )
        let holder = Task { try await database.query("SELECT pg_sleep(1)") }
        try await Task.sleep(for: .milliseconds(50))
        await #expect { try await database.ping() } throws: { ($0 as? PostgresError)?.kind == .poolExhausted }
        _ = try await holder.value
        try await database.ping()
        await database.close()
    }

    @Test func manyCallersShareFewConnections() async throws {
        try await withDatabase(maximumConnections: 3) { database in
            let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 1...200 {
                    group.addTask { try await database.query("SELECT \(number) AS number")[0]["number"] }
                }
                return try await group.reduce(0, +)
            }
            #expect(sum == 20_100)
            let connections: Int = try await database.query(
                "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()"
            )[0]["n"]
            #expect(connections <= 3)
        }
    }

    @Test func aPipelineAnswersInOrderAndFailsAsOne() async throws {
        try await withDatabase([table]) { database in
            let results = try await database.pipeline([
                "INSERT INTO things VALUES (\(1), \("a"))", "SELECT name FROM things WHERE id = \(1)",
            ])
            #expect(try results[1][0]["name"] == "a")
            await #expect {
                try await database.pipeline([
                    "INSERT INTO things VALUES (2, 'b')", "INSERT INTO things VALUES (1, 'c')",
                ])
            } throws: { ($0 as? PostgresError)?.isUniqueViolation(of: "things_pkey") == true }
            #expect(try await count(database) == 1)
        }
    }

    @Test func copiedRowsAreThere() async throws {
        try await withDatabase([table]) { database in
            var rows = CopyRows(into: "things", columns: ["id", "name"])
            for number in 1...5000 {
                rows.begin()
                rows.append(Int64(number))
                rows.append(number % 2 == 0 ? "even" : nil)
            }
            let filled = rows
            let copied = try await database.transaction { try await $0.copy(filled) }
            #expect(copied == 5000)
            let row = try #require(
                try await database.first("SELECT count(name) AS named, sum(id)::bigint AS sum FROM things")
            )
            #expect(try row["named"] == 2500)
            #expect(try row["sum"] == 12_502_500)
        }
    }

    @Test func migratorsThatStartTogetherApplyEachFileOnce() async throws {
        try await withDatabase { database in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let own = Database(url: await url(of: database), maximumConnections: 1)
                        try await own.migrate([table])
                        await own.close()
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await count(database) == 0)
        }
    }

    @Test func anEditedMigrationIsRefusedByName() async throws {
        try await withDatabase { database in
            try await database.migrate([table])
            try await database.migrate([table])
            await #expect {
                try await database.migrate([Migration("m0001_things", Array("SELECT 1".utf8))])
            } throws: { "\($0)".contains("m0001_things") }
            await #expect { try await database.migrate([]) } throws: { "\($0)".contains("m0001_things") }
        }
    }

    @Test func aListenerWakesUpAndSurvivesALostConnection() async throws {
        try await withDatabase { database in
            var wakeUps = Listener(database, channel: "news").wakeUps.makeAsyncIterator()
            await wakeUps.next()
            try await database.execute("NOTIFY news")
            await wakeUps.next()
            try await database.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN \"news\"'"
            )
            await wakeUps.next()
            try await database.execute("NOTIFY news")
            await wakeUps.next()
        }
    }

    private func count(_ database: Database) async throws -> Int {
        try await database.query("SELECT count(*) AS n FROM things")[0]["n"]
    }

    private func url(of database: Database) async -> String {
        let name: String? = try? await database.first("SELECT current_database() AS name")?["name"]
        return (try? await TestServers.postgres().url(database: name ?? "")) ?? ""
    }
}
