import Postgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct PipelineTests {
    @Test func aPipelineAnswersInOrderAndFailsAsAWhole() async throws {
        try await withDatabase([.things]) { database in
            let results = try await database.pipeline([
                "INSERT INTO things VALUES (\(1), \("a"))", "SELECT name FROM things WHERE id = \(1)",
            ])
            #expect(try results[1][0]["name"] == "a")
            await #expect {
                try await database.pipeline([
                    "INSERT INTO things VALUES (2, 'b')", "INSERT INTO things VALUES (1, 'c')",
                ])
            } throws: {
                ($0 as? PostgresError)?.isUniqueViolation(of: "things_pkey") == true
            }
            #expect(try await database.countThings() == 1)
        }
    }

    /// The data is far larger than the buffers of both sides, in both directions at the same time.
    @Test func aLargePipelineDoesNotDeadlock() async throws {
        try await withPool { database in
            let text = String(repeating: "x", count: 20_000)
            let results = try await database.pipeline((0..<1500).map { "SELECT \(text) AS text, \($0) AS n" })
            #expect(results.count == 1500)
            #expect(try results[1499][0]["n"] == 1499)
            #expect((try results[700][0]["text"] as String).utf8.count == 20_000)
        }
    }

    @Test func copiedRowsAreStored() async throws {
        try await withDatabase([.things]) { database in
            let rows = Self.rows(1...5000) { $0 % 2 == 0 ? "even" : nil }
            let copied = try await database.transaction { try await $0.copy(rows) }
            #expect(copied == 5000)
            let row = try #require(
                try await database.first("SELECT count(name) AS named, sum(id)::bigint AS sum FROM things")
            )
            #expect(try row["named"] == 2500)
            #expect(try row["sum"] == 12_502_500)
        }
    }

    /// The server reports the error while megabytes of further rows are still being sent.
    @Test(arguments: [0, 20, 99_999]) func aCopyWithABadRowFailsCompletelyAndKeepsTheConnection(bad: Int) async throws {
        try await withDatabase([.things], maximumConnections: 1) { database in
            let before = try await database.backend()
            let rows = Self.rows(0..<100_000) { $0 == bad ? "" : "a thing with a name of some length" }
            await #expect { try await database.transaction { try await $0.copy(rows) } } throws: {
                PostgresError.isKind(.checkViolation(constraint: "things_name_check"))($0)
            }
            #expect(try await database.countThings() == 0)
            #expect(try await database.backend() == before)
        }
    }

    @Test func aCopyOfIncompleteRowsIsRefused() async throws {
        try await withDatabase([.things], maximumConnections: 1) { database in
            var rows = CopyRows(into: "things", columns: ["id", "name"])
            rows.begin()
            rows.append(1)
            let incomplete = rows
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { try await $0.copy(incomplete) }
            }
            #expect(error?.isTransient == false)
            let stored = try await database.countThings()
            #expect(stored == 0)
        }
    }

    private static func rows(_ ids: some Sequence<Int>, name: (Int) -> String?) -> CopyRows {
        var rows = CopyRows(into: "things", columns: ["id", "name"])
        for id in ids {
            rows.begin()
            rows.append(id)
            rows.append(name(id))
        }
        return rows
    }
}
