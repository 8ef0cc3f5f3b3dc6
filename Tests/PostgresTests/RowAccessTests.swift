import Foundation
import Identifiers
import LocalServers
import Postgres
import TestSupport
import Testing

/// Row-level security per tenant, tested as a role that owns nothing.
@Suite struct RowAccessTests {
    private static let notes = Migration(
        "m0001_notes",
        Array(
            """
            CREATE TABLE notes (tenant_id uuid NOT NULL, text text NOT NULL);
            CREATE TABLE mails (tenant_id uuid NOT NULL, text text NOT NULL);
            SELECT fence('notes');
            SELECT fence('mails', true);
            INSERT INTO notes VALUES ('00000000-0000-7000-8000-00000000000a', 'of Sunfield'),
                ('00000000-0000-7000-8000-00000000000b', 'of Windward');
            INSERT INTO mails SELECT * FROM notes;
            """.utf8
        )
    )

    /// Runs a test as a role that may only use the tables.
    private func withFence(_ body: (Database) async throws -> Void) async throws {
        try await withDatabase([.tenants, Self.notes], maximumConnections: 1, body)
    }

    @Test func aStatementWithoutATenantConditionSeesOnlyItsTenant() async throws {
        try await withFence { (database: Database) async throws in
            let read: SQL = "SELECT text FROM notes"
            let texts: [String] = try await database.of(.sunfield).query(read).map { try $0["text"] }
            #expect(texts == ["of Sunfield"])
            #expect(try await database.of(.windward).execute("UPDATE notes SET text = 'x'") == 1)
            #expect(try await database.of(.windward).execute("DELETE FROM notes") == 1)
            #expect(try await database.of(.sunfield).query(read).count == 1)
        }
    }

    @Test func writingRowsOfAnotherTenantFails() async throws {
        try await withFence { (database: Database) async throws in
            await #expect(throws: PostgresError.self) {
                try await database.of(.sunfield).execute("INSERT INTO notes VALUES (\(TenantID.windward), 'x')")
            }
            await #expect(throws: PostgresError.self) {
                try await database.of(.sunfield).execute("UPDATE notes SET tenant_id = \(TenantID.windward)")
            }
            #expect(try await database.of(.windward).query("SELECT 1 FROM notes").count == 1)
        }
    }

    @Test func withoutATenantThereAreNoRows() async throws {
        try await withFence { (database: Database) async throws in
            #expect(try await database.query("SELECT 1 FROM notes").isEmpty)
            // A connection also does not keep the tenant that it served before.
            _ = try await database.of(.sunfield).query("SELECT 1 FROM notes")
            #expect(try await database.query("SELECT 1 FROM notes").isEmpty)
            try await database.of(.sunfield).transaction { tx in
                #expect(try await tx.query("SELECT 1 FROM notes").count == 1)
                tx.enter(.noTenant)
                #expect(try await tx.query("SELECT 1 FROM notes").isEmpty)
                tx.enter(.of(.windward))
                let text: String? = try await tx.first("SELECT text FROM notes")?["text"]
                #expect(text == "of Windward")
            }
            #expect(try await database.query("SELECT 1 FROM notes").isEmpty)
        }
    }

    @Test func accessToEveryTenantNeedsAPolicy() async throws {
        try await withFence { (database: Database) async throws in
            #expect(try await database.ofEveryTenant.query("SELECT 1 FROM notes").isEmpty)
            #expect(try await database.ofEveryTenant.query("SELECT 1 FROM mails").count == 2)
            #expect(try await database.of(.sunfield).query("SELECT 1 FROM mails").count == 1)
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
