import LocalServers
import Postgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct PoolTests {
    @Test func waitingTooLongForAConnectionFails() async throws {
        try await withPool(1, acquireTimeout: .seconds(1)) { database in
            try await database.transaction { _ in
                // All waiters share one timer, which ends when nobody waits and begins anew.
                for _ in 0..<2 {
                    await withTaskGroup { group in
                        for _ in 0..<3 {
                            group.addTask {
                                let error = await #expect(throws: PostgresError.self) { try await database.ping() }
                                #expect(error?.kind == .poolExhausted)
                            }
                        }
                    }
                }
            }
            try await database.expectPlaces(1)
        }
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

    @Test func cancelledWaitersLeakNoConnections() async throws {
        try await withPool(2) { database in
            for _ in 0..<20 {
                let tasks = (0..<40).map { number in Task { try await database.query("SELECT \(number) AS n") } }
                for task in tasks where Bool.random() {
                    task.cancel()
                    await Task.yield()
                }
                for task in tasks {
                    do { _ = try await task.value } catch { #expect(error is CancellationError) }
                }
            }
            try await database.expectPlaces(2)
        }
    }

    /// Connections break at the same time while one task waits for a place. No place may be counted twice.
    @Test func brokenConnectionsFreeTheirPlaces() async throws {
        try await withPool(2) { database in
            try await withPool { administrator in
                let own: String = try await database.query("SHOW application_name")[0]["application_name"]
                for _ in 0..<40 {
                    let holders = (0..<2).map { _ in Task { try await database.query("SELECT pg_sleep(30)") } }
                    _ = try await eventually("both to run", every: .milliseconds(2)) {
                        let row = try await administrator.first(
                            """
                            SELECT count(*) AS n FROM pg_stat_activity
                            WHERE application_name = \(own) AND state = 'active' AND query LIKE '%pg_sleep%'
                            """
                        )
                        return try row?["n"] == 2 ? true : nil
                    }
                    let waiter = Task { try await database.ping() }
                    await Task.yield()
                    try await administrator.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = \(own)"
                    )
                    for holder in holders { await #expect(throws: PostgresError.self) { try await holder.value } }
                    try await waiter.value
                }
            }
            try await database.expectPlaces(2)
        }
    }

    @Test func aTransactionWithABrokenConnectionFreesItsPlace() async throws {
        try await withPool(1) { database in
            await #expect {
                try await database.transaction { try await $0.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
            } throws: {
                PostgresError.isKind(.connection)($0)
            }
            try await database.expectPlaces(1)
        }
    }

    @Test func closedIdleConnectionsAreDetectedBeforeUse() async throws {
        try await withPool(4) { database in
            try await database.expectPlaces(4)
            let own = try await database.query("SHOW application_name")
            try await withPool(1) { administrator in
                try await administrator.execute(
                    """
                    SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
                    WHERE application_name = \(own[0]["application_name"] as String)
                    """
                )
            }
            for _ in 0..<4 { try await database.ping() }
            try await database.expectPlaces(4)
        }
    }

    @Test func failedConnectionAttemptsFreeTheirPlaces() async throws {
        try await withPool(1) { administrator in
            // The role is limited to one connection, so most attempts fail.
            try await administrator.execute("CREATE ROLE narrow LOGIN CONNECTION LIMIT 1")
            let narrow = Database(
                url: try await TestServers.postgres().url(database: "postgres", user: "narrow"),
                maximumConnections: 2,
                acquireTimeout: .seconds(60)
            )
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<40 { group.addTask { _ = try? await narrow.query("SELECT pg_sleep(0.005)") } }
            }
            try await administrator.execute("ALTER ROLE narrow CONNECTION LIMIT -1")
            try await narrow.expectPlaces(2)
            await narrow.close()
            try await administrator.execute("DROP ROLE narrow")
        }
    }

    @Test func aClosedPoolRefusesNewAndWaitingCallers() async throws {
        try await withPool(1) { database in
            try await database.transaction { _ in
                let waiter = Task { try await database.ping() }
                await Task.yield()
                await database.close()
                await #expect { try await waiter.value } throws: { PostgresError.isKind(.connection)($0) }
            }
            await #expect { try await database.ping() } throws: { PostgresError.isKind(.connection)($0) }
        }
    }
}
