import Postgres
import Synchronization
import TestSupport
import Testing

@Suite struct MigrationTests {
    @Test func concurrentMigrationsApplyEachFileOnce() async throws {
        try await withDatabase { database in
            let url = try await database.url()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let own = Database(url: url, maximumConnections: 1)
                        try await own.migrate([.things])
                        await own.close()
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.countThings() == 0)
        }
    }

    @Test func anEditedMigrationIsRefusedWithItsName() async throws {
        try await withDatabase { database in
            try await database.migrate([.things])
            try await database.migrate([.things])
            let edited = Migration("m0001_things", Array("SELECT 1".utf8))
            for migrations in [[edited], []] {
                await #expect { try await database.migrate(migrations) } throws: {
                    "\($0)".contains("m0001_things") && ($0 as? PostgresError)?.isTransient == false
                }
            }
        }
    }

    @Test func aFailingMigrationIsNamedAndRolledBack() async throws {
        try await withDatabase { database in
            let broken = Migration("m0002_broken", Array("CREATE TABLE a (x int); INSERT INTO b VALUES (1)".utf8))
            for _ in 0..<2 {
                let error = await #expect(throws: PostgresError.self) { try await database.migrate([.things, broken]) }
                #expect(error?.description.contains("m0002_broken") == true)
                #expect(error?.sqlState == "42P01")
                #expect(error.map { String(reflecting: $0) }?.contains("\"b\"") == true)
            }
            #expect(try await database.first("SELECT 1 FROM pg_tables WHERE tablename = 'a'") == nil)
            #expect(try await database.countThings() == 0)
            let mended = Migration("m0002_broken", Array("-- nothing to do".utf8))
            try await database.migrate([.things, mended])
        }
    }

    @Test func aMigrationHasNoStatementTimeout() async throws {
        try await withDatabase { database in
            let hasty = Database(url: try await database.url(), statementTimeout: .seconds(1))
            try await hasty.migrate([Migration("m0001_slow", Array("SELECT pg_sleep(1.2)".utf8))])
            await hasty.close()
        }
    }

    /// A migration takes a second lock of a table that somebody reads, who then wants to write: one of them is ended, and both are done.
    @Test func aDeadlockWithSomebodysWorkEndsNeither() async throws {
        try await withDatabase([.things], as: TestRole.owner) { database in
            let step = Migration(
                "m0002_step",
                Array("LOCK TABLE things IN SHARE ROW EXCLUSIVE MODE; ALTER TABLE things ADD COLUMN more integer".utf8)
            )
            let waiting: SQL = """
                SELECT count(*) AS count FROM pg_locks WHERE relation = 'things'::regclass AND mode = 'AccessExclusiveLock' AND NOT granted
                """
            let hasRead = AsyncStream.makeStream(of: Void.self)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let attempts = Count()
                    try await database.transaction { tx in
                        _ = try await tx.first("SELECT 1 FROM things")
                        hasRead.continuation.finish()
                        let isFirst = attempts.value.withLock {
                            $0 += 1
                            return $0 == 1
                        }
                        while isFirst, try await database.query(waiting)[0]["count"] as Int64 == 0 {
                            await Task.yield()
                        }
                        try await tx.execute("INSERT INTO things (id, name) VALUES (1, 'a')")
                    }
                }
                group.addTask {
                    for await _ in hasRead.stream {}
                    try await database.migrate([.things, step])
                }
                // Whichever fails ends both.
                for try await _ in group {}
            }
            #expect(try await database.query("SELECT more FROM things").count == 1)
        }
    }
}
