import Foundation
import Postgres
import TestSupport
import Testing

/// Statements that travel with the next one, and what is announced after the commit.
@Suite(.timeLimit(.minutes(10))) struct LaterTests {
    private struct Refused: Error {}

    private func withNotes(_ body: (Database) async throws -> Void) async throws {
        try await withDatabase { database in
            try await database.execute("CREATE TABLE notes (id integer PRIMARY KEY, text text)")
            try await body(database)
        }
    }

    @Test func aStatementForLaterTravelsWithTheNextOneInItsOrder() async throws {
        try await withNotes { database in
            try await database.transaction { tx in
                tx.later("INSERT INTO notes VALUES (1, 'first')")
                tx.later("UPDATE notes SET text = text || ', changed' WHERE id = 1")
                let row = try #require(try await tx.first("SELECT text FROM notes"))
                #expect(try row["text"] as String == "first, changed")
                tx.later("INSERT INTO notes VALUES (2, 'second')")
            }
            #expect(try await database.query("SELECT id FROM notes ORDER BY id").map { try $0["id"] } == [1, 2])
        }
    }

    @Test func aStatementThatFailsWithTheCommitUndoesEverything() async throws {
        try await withNotes { database in
            await #expect {
                try await database.transaction { tx in
                    try await tx.execute("INSERT INTO notes VALUES (1, 'kept?')")
                    tx.later("INSERT INTO notes VALUES (1, 'again')")
                    tx.later("INSERT INTO notes VALUES (2, 'behind it')")
                }
            } throws: {
                ($0 as? PostgresError)?.isUniqueViolation(of: "notes_pkey") == true
            }
            #expect(try await database.query("SELECT id FROM notes").isEmpty)
            // The connection is outside a transaction again.
            try await database.execute("INSERT INTO notes VALUES (3, 'next')")
            #expect(try await database.query("SELECT id FROM notes").map { try $0["id"] } == [3])
        }
    }

    @Test func whatIsThrownBeforeTheCommitKeepsStatementsForLaterFromBeingSent() async throws {
        try await withNotes { database in
            await #expect(throws: Refused.self) {
                try await database.transaction { tx in
                    tx.later("INSERT INTO notes VALUES (1, 'never')")
                    throw Refused()
                }
            }
            let rows = try await database.query("SELECT id FROM notes")
            #expect(rows.isEmpty)
        }
    }

    @Test func aTransactionWithoutStatementsSendsNothing() async throws {
        try await withDatabase { database in
            _ = try await database.first("SELECT 'last' AS word")
            #expect(try await database.transaction { _ in 5 } == 5)
            // Of the only connection: what it was asked last.
            let own = "SELECT query FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE 'BEGIN%'" as SQL
            #expect(try await database.query("\(sql: own) AND datname = current_database()").isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(10))) func listenersAreWokenAfterTheCommitOnly() async throws {
        try await withNotes { database in
            // In this process, and over the server as another process would be.
            let other = Database(url: try await database.url(), maximumConnections: 1)
            var here = Listener(database, channel: "news").wakeUps.makeAsyncIterator()
            var there = Listener(other, channel: "news").wakeUps.makeAsyncIterator()
            await here.next()
            await there.next()
            await #expect(throws: Refused.self) {
                try await database.transaction { tx in
                    tx.notify("news")
                    try await tx.execute("INSERT INTO notes VALUES (1, 'undone')")
                    throw Refused()
                }
            }
            try await database.transaction { tx in
                tx.notify("news")
                try await tx.execute("INSERT INTO notes VALUES (2, 'stored')")
            }
            // Whoever wakes finds what was stored.
            await here.next()
            #expect(try await database.query("SELECT id FROM notes").map { try $0["id"] } == [2])
            await there.next()
            #expect(try await other.query("SELECT id FROM notes").map { try $0["id"] } == [2])
            await other.close()
        }
    }

    private struct Note: Codable, Equatable, Record {
        var id: Int
        var text: String?
    }

    /// How a type is read is found once; results with other columns must not be read in the same way.
    @Test func aTypeIsReadFromEveryResultByItsNames() async throws {
        try await withNotes { database in
            try await database.execute("INSERT INTO notes VALUES (1, 'one')")
            let statements: [SQL] = [
                "SELECT id, text FROM notes", "SELECT text, id FROM notes", "SELECT 'x' AS more, id, text FROM notes",
                "SELECT id, text FROM notes", "SELECT id, NULL::text AS text FROM notes",
            ]
            let read: [Note] = try await statements.asyncMap { try await database.query($0).decode(Note.self)[0] }
            #expect(read.map(\.id) == [1, 1, 1, 1, 1])
            #expect(read.map(\.text) == ["one", "one", "one", "one", nil])
            let missing = try await database.query("SELECT id FROM notes")
            #expect { try missing.decode(Note.self) } throws: {
                ($0 as? PostgresError)?.description == "the result has no column text"
            }
        }
    }
}

extension Array {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
