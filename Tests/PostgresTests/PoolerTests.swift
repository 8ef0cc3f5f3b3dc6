import Foundation
import Identifiers
import TestSupport
import Testing

@testable import Postgres

/// Through PgBouncer in transaction mode, where each transaction may get another session. `make test` also runs the API's suites of all
/// services through it.
@Suite struct PoolerTests {
    @Test func transactionsOfManyConnectionsShareFewSessions() async throws {
        try await withDatabase(maximumConnections: 12, isPooled: true) { database in
            try await database.execute("CREATE TABLE counts (tenant text, number int4)")
            try await withThrowingTaskGroup { group in
                for number in 0..<60 {
                    group.addTask {
                        let tenant = TenantID(UUID())
                        // The tenant is set for the transaction only: nobody may see another's.
                        try await database.of(tenant).transaction { tx in
                            try await tx.execute(
                                """
                                INSERT INTO counts VALUES (current_setting('dcmms.tenant'), \(Int32(number)))
                                """
                            )
                            tx.later("SELECT 1")
                            let seen = try await tx.first("SELECT current_setting('dcmms.tenant') AS tenant")
                            #expect(try seen?["tenant"] == tenant.description)
                        }
                        let outside = try await database.first(
                            "SELECT COALESCE(current_setting('dcmms.tenant', true), '') AS tenant"
                        )
                        #expect(try outside?["tenant"] == "")
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.first("SELECT count(*) AS count FROM counts")?["count"] == 60)
            let sessions = try await database.owner.count(
                """
                SELECT count(*) AS count FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """
            )
            #expect(sessions <= 4)
        }
    }

    @Test func nothingIsPrepared() async throws {
        try await withDatabase(isPooled: true) { database in
            for _ in 0..<3 {
                _ = try await database.query("SELECT \(1)::int4 AS one")
                _ = try await database.pipeline(["SELECT \(2)::int4 AS two", "SELECT \(3)::int4 AS three"])
            }
            let prepared = try await database.query("SELECT name FROM pg_prepared_statements")
            #expect(prepared.isEmpty)
        }
    }

    @Test func rowsAreCopied() async throws {
        try await withDatabase(isPooled: true) { database in
            try await database.execute("CREATE TABLE things (number int8)")
            var rows = CopyRows(into: "things", columns: ["number"])
            for number in 0..<10_000 {
                rows.begin()
                rows.append(Int64(number))
            }
            let copied = rows
            #expect(try await database.transaction { try await $0.copy(copied) } == 10_000)
        }
    }

    @Test func aCancelledStatementEnds() async throws {
        try await withDatabase(isPooled: true) { database in
            let task = Task { try await database.query("SELECT pg_sleep(60)") }
            try await Task.sleep(for: .milliseconds(300))
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            // Its session is free again.
            #expect(try await database.query("SELECT 1").count == 1)
        }
    }

    @Test func announcementsOfThisProcessWakeItsListeners() async throws {
        try await withDatabase(isPooled: true) { database in
            var wakeUps = Listener(database, channel: "news").wakeUps.makeAsyncIterator()
            try await database.transaction { tx in
                try await tx.execute("SELECT 1")
                tx.notify("news")
            }
            #expect(await wakeUps.next() != nil)
        }
    }

    @Test func aRoleWithoutItsSettingsIsRefused() async throws {
        try await withDatabase(isPooled: true) { try await $0.checkSession() }
        try await withDatabase(as: TestRole.bare, isPooled: true) { database in
            let withoutLimit = await #expect(throws: UnsafeRole.self) { try await database.checkSession() }
            #expect(withoutLimit?.description.contains("must have a statement_timeout") == true)
        }
        try await withDatabase(maximumConnections: 1, isPooled: true) { database in
            // PgBouncer carries this one along with the client.
            try await database.execute("SET timezone = 'Europe/Berlin'")
            let elsewhere = await #expect(throws: UnsafeRole.self) { try await database.checkSession() }
            #expect(elsewhere?.description.contains("timezone = 'UTC'") == true)
        }
    }
}
