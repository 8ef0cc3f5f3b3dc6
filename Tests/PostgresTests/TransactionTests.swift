import Postgres
import Synchronization
import TestSupport
import Testing

@Suite struct TransactionTests {
    private struct Stop: Error {}

    @Test func aTransactionIsStoredCompletelyOrNotAtAll() async throws {
        try await withDatabase([.things]) { database in
            await #expect(throws: Stop.self) {
                try await database.transaction { tx in
                    try await tx.execute("INSERT INTO things VALUES (1, 'a')")
                    throw Stop()
                }
            }
            #expect(try await database.countThings() == 0)
            try await database.transaction { tx in _ = try await tx.execute("INSERT INTO things VALUES (1, 'a')") }
            #expect(try await database.countThings() == 1)
        }
    }

    @Test func aCommitAnsweredWithRollbackIsAnError() async throws {
        try await withDatabase([.things]) { database in
            await #expect {
                try await database.transaction { tx in
                    try await tx.execute("INSERT INTO things VALUES (1, 'a')")
                    _ = try? await tx.execute("INSERT INTO things VALUES (1, 'b')")
                }
            } throws: {
                PostgresError.isKind(.rolledBack)($0)
            }
            let stored = try await database.countThings()
            #expect(stored == 0)
        }
    }

    @Test func aStatementAfterAFailedOneReportsTheFailedTransaction() async throws {
        try await withDatabase([.things]) { database in
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { tx in
                    _ = try? await tx.execute("INSERT INTO things VALUES (1, '')")
                    try await tx.execute("INSERT INTO things VALUES (2, 'b')")
                }
            }
            #expect(error?.kind == .rolledBack)
        }
    }

    /// The connection is kept, because a rollback costs less than a new connection.
    @Test func aFailedTransactionLeavesItsConnectionUsable() async throws {
        try await withDatabase([.things], maximumConnections: 1) { database in
            let before = try await database.backend()
            for _ in 0..<3 {
                await #expect(throws: Stop.self) { try await database.transaction { _ in throw Stop() } }
            }
            #expect(try await database.backend() == before)
        }
    }

    @Test func aTransactionCancelledAfterItsBodyIsRolledBack() async throws {
        try await withDatabase([.things], maximumConnections: 1) { database in
            let before = try await database.backend()
            let task = Task {
                try await database.transaction { tx in
                    try await tx.execute("INSERT INTO things VALUES (1, 'a')")
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await database.countThings() == 0)
            #expect(try await database.backend() == before)
        }
    }

    /// Two that each want what the other one has: PostgreSQL ends one of them, and that one begins again.
    @Test func whoIsEndedForADeadlockBeginsAgain() async throws {
        try await withDatabase([.things]) { database in
            try await database.execute("INSERT INTO things VALUES (1, 'a'), (2, 'a')")
            let begun = Count()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (first, second) in [(1, 2), (2, 1)] as [(Int64, Int64)] {
                    group.addTask {
                        try await database.transaction { tx in
                            try await tx.execute("UPDATE things SET name = name || 'x' WHERE id = \(first)")
                            begun.value.withLock { $0 += 1 }
                            // Both have their first row before one of them goes on.
                            while begun.value.withLock({ $0 }) < 2 { await Task.yield() }
                            try await tx.execute("UPDATE things SET name = name || 'x' WHERE id = \(second)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(begun.value.withLock { $0 } == 3)
            let names = try await database.query("SELECT name FROM things").map { try $0["name"] as String }
            #expect(names == ["axx", "axx"])
        }
    }
}

/// Shared by the tasks of a test.
final class Count: Sendable {
    let value = Mutex(0)
}
