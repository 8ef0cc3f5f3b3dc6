import Postgres
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
}
