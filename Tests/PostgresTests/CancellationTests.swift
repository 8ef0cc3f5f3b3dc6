import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct CancellationTests {
    @Test func cancellingTheTaskCancelsTheStatementAndKeepsTheConnection() async throws {
        try await withPool { database in
            try await withPool { observer in
                let before = try await database.backend()
                let task = Task { try await database.query("SELECT pg_sleep(30)") }
                try await observer.untilRunning("SELECT pg_sleep(30)")
                let started = ContinuousClock.now
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
                #expect(ContinuousClock.now - started < .seconds(25))
                #expect(try await database.backend() == before)
            }
        }
    }

    @Test func aCopyThatWaitsForALockIsCancelled() async throws {
        try await withDatabase([.things]) { database in
            try await database.transaction { tx in
                try await tx.execute("LOCK TABLE things")
                let task = Task {
                    var rows = CopyRows(into: "things", columns: ["id"])
                    for id in 0..<400_000 {
                        rows.begin()
                        rows.append(id)
                    }
                    let all = rows
                    return try await database.transaction { try await $0.copy(all) }
                }
                try await database.untilRunning("COPY \"things\"")
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
            }
            #expect(try await database.countThings() == 0)
        }
    }

    /// The task is cancelled at any moment: before the statement is sent, while it runs, or when it is done. The cancel request
    /// must never hit the next statement.
    @Test func aLateCancelRequestNeverHitsTheNextStatement() async throws {
        try await withPool { database in
            for round in 0..<150 {
                let task = Task { try await database.query("SELECT pg_sleep(0.002)") }
                try await Task.sleep(for: .microseconds(round * 40))
                task.cancel()
                let next = try await database.query("SELECT \(round) AS round, pg_sleep(0.001)")
                #expect(try next[0]["round"] == round)
                do { _ = try await task.value } catch { #expect(error is CancellationError) }
            }
            try await database.expectPlaces(1)
        }
    }

    /// As when the cancel request reaches the server before the statement.
    @Test func aCancelRequestWithoutEffectIsRepeated() async throws {
        try await withPool(2) { database in
            let stubborn: SQL = """
                DO $$ BEGIN PERFORM pg_sleep(29); EXCEPTION WHEN query_canceled THEN PERFORM pg_sleep(29); END $$
                """
            let task = Task { try await database.query(stubborn) }
            try await database.untilRunning("DO $$ BEGIN PERFORM pg_sleep(29)")
            let started = ContinuousClock.now
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(ContinuousClock.now - started < .seconds(25))
            try await database.expectPlaces(2)
        }
    }

    @Test func aCancelByAnotherSessionIsRecognized() async throws {
        try await withPool(2) { database in
            let task = Task { try await database.query("SELECT pg_sleep(31)") }
            try await database.untilRunning("SELECT pg_sleep(31)")
            try await database.execute(
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(31)'"
            )
            await #expect { try await task.value } throws: { PostgresError.isKind(.cancelled)($0) }
        }
    }
}
