import Postgres
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
}
