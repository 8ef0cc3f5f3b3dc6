import LocalServers
import Postgres
import TestSupport
import Testing

@Suite struct ErrorTests {
    @Test func violationsNameTheirConstraint() async throws {
        try await withDatabase([.things]) { database in
            try await database.execute("INSERT INTO things VALUES (1, 'a')")
            await #expect { try await database.execute("INSERT INTO things VALUES (1, 'b')") } throws: {
                ($0 as? PostgresError)?.isUniqueViolation(of: "things_pkey") == true
            }
            let cases: [(SQL, PostgresError.Kind)] = [
                ("INSERT INTO things VALUES (2, '')", .checkViolation(constraint: "things_name_check")),
                ("INSERT INTO parts VALUES (1, 99)", .foreignKeyViolation(constraint: "parts_of_things")),
                ("INSERT INTO parts VALUES (1, NULL)", .notNullViolation(column: "thing")),
                ("INSERT INTO things VALUES (3, \("a\u{0}b"))", .invalidValue),
                ("SELECT 1 / \(0)", .invalidValue),
            ]
            for (statement, kind) in cases {
                let error = await #expect(throws: PostgresError.self) { try await database.execute(statement) }
                #expect(error?.kind == kind)
                #expect(error?.isTransient == false)
            }
        }
    }

    @Test func aConcurrentUpdateIsASerializationFailure() async throws {
        try await withDatabase([.things]) { database in
            try await database.execute("INSERT INTO things VALUES (1, 'a')")
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { tx in
                    try await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                    _ = try await tx.query("SELECT * FROM things")
                    try await database.execute("UPDATE things SET name = 'b'")
                    try await tx.execute("UPDATE things SET name = 'c'")
                }
            }
            #expect(error?.kind == .serialization)
            #expect(error?.isTransient == true)
        }
    }

    @Test func aHeldLockIsATransientError() async throws {
        try await withDatabase([.things]) { database in
            try await database.transaction { tx in
                try await tx.execute("LOCK TABLE things")
                let error = await #expect(throws: PostgresError.self) {
                    try await database.transaction { try await $0.execute("LOCK TABLE things NOWAIT") }
                }
                #expect(error?.isTransient == true)
            }
        }
    }

    @Test func aConnectionToAReadOnlyServerIsReplaced() async throws {
        try await withDatabase([.things], maximumConnections: 1) { database in
            try await database.execute("SET default_transaction_read_only = on")
            let error = await #expect(throws: PostgresError.self) {
                try await database.execute("INSERT INTO things VALUES (1, 'a')")
            }
            #expect(error?.isTransient == true)
            // This uses a new connection, which after a failover would reach the writable server.
            try await database.execute("INSERT INTO things VALUES (1, 'a')")
        }
    }

    @Test(arguments: [Duration.milliseconds(150), .microseconds(300)])
    func aStatementTimeOutBelowOneSecondIsRespected(_ limit: Duration) async throws {
        let server = try await TestServers.postgres()
        let database = Database(url: server.url(database: "postgres"), statementTimeout: limit)
        let started = ContinuousClock.now
        let error = await #expect(throws: PostgresError.self) { try await database.query("SELECT pg_sleep(60)") }
        #expect(error?.kind == .cancelled)
        #expect(ContinuousClock.now - started < .seconds(50))
        await database.close()
    }

    @Test func anInvalidStatementIsNotRetried() async throws {
        try await withDatabase([.things], maximumConnections: 1) { database in
            var many = SQL.StringInterpolation(literalCapacity: 0, interpolationCount: 65_536)
            for number in 0..<65_536 {
                many.appendLiteral(number == 0 ? "SELECT " : ", ")
                many.appendInterpolation(number)
            }
            let refused: [SQL] = [
                SQL(stringInterpolation: many), "SELECT 1\u{0} WHERE false", "COPY things FROM STDIN",
                "COPY things (id) FROM STDIN (FORMAT binary)",
            ]
            for statement in refused {
                let alone = await #expect(throws: PostgresError.self) { try await database.query(statement) }
                #expect(alone?.isTransient == false)
                let piped = await #expect(throws: PostgresError.self) {
                    _ = try await database.pipeline(["SELECT 1", statement, "SELECT 2"])
                }
                #expect(piped?.isTransient == false)
            }
            try await database.ping()
        }
    }

    @Test func aChangedTableCausesNoFailure() async throws {
        try await withDatabase(maximumConnections: 2) { database in
            try await database.migrate([.things])
            try await database.execute("INSERT INTO things VALUES (1, 'a')")
            _ = try await database.query("SELECT * FROM things")
            try await database.execute("ALTER TABLE things ADD COLUMN size bigint NOT NULL DEFAULT 7")
            #expect(try await database.query("SELECT * FROM things")[0]["size"] == 7)
            // In a transaction it is too late for one statement: the whole of it begins again, though each connection has its own plans.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        try await database.transaction { tx in
                            _ = try await tx.query("SELECT * FROM things")
                            _ = try await tx.query("SELECT pg_sleep(0.1)")
                            _ = try await tx.query("SELECT * FROM parts")
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await database.execute("ALTER TABLE things ADD COLUMN weight bigint NOT NULL DEFAULT 8")
            try await database.execute("ALTER TABLE parts ADD COLUMN weight bigint NOT NULL DEFAULT 8")
            let count = try await database.transaction { tx in
                try await tx.execute("INSERT INTO things (id, name) VALUES (2, 'b')")
                _ = try await tx.query("SELECT * FROM parts")
                return try await tx.query("SELECT * FROM things").count
            }
            #expect(count == 2)
            // Who changes it in the transaction itself is told so, with a transient error.
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { tx in
                    _ = try await tx.query("SELECT * FROM parts")
                    try await tx.execute("ALTER TABLE parts ADD COLUMN height bigint")
                    _ = try await tx.query("SELECT * FROM parts")
                }
            }
            #expect(error?.isTransient == true)
            let row = try await database.transaction { try await $0.first("SELECT * FROM things") }
            #expect(try row?["weight"] == 8)
        }
    }
}
