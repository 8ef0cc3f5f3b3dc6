import LocalServers
import Postgres
import TestSupport
import Testing

/// A service runs as a role that may use the tables of its database but not alter them.
@Suite struct RoleTests {
    private static let migrations: [Migration] = [
        .things,
        Migration(
            "m0002_kinds",
            """
            CREATE TABLE audit_log (id bigint PRIMARY KEY);
            CREATE TABLE numbered (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant_id text);
            CREATE SEQUENCE tickets;
            CREATE FUNCTION answer() RETURNS integer LANGUAGE sql AS 'SELECT 42';
            CREATE TABLE days (day date NOT NULL) PARTITION BY RANGE (day);
            CREATE TABLE days_2026 PARTITION OF days FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
            ALTER TABLE numbered ENABLE ROW LEVEL SECURITY;
            CREATE POLICY own ON numbered USING (tenant_id = 'a');
            """
        ),
    ]

    @Test func theRoleReadsAndWritesRows() async throws {
        try await withDatabase(Self.migrations) { database in
            try await database.execute("INSERT INTO things VALUES (1, 'a')")
            try await database.execute("UPDATE things SET name = 'b'")
            try await database.execute("DELETE FROM things")
            try await database.execute("INSERT INTO audit_log VALUES (1)")
            try await database.execute("INSERT INTO numbered (tenant_id) VALUES ('a')")
            try await database.execute("INSERT INTO days VALUES ('2026-05-05')")
            #expect(try await database.query("SELECT day FROM days").count == 1)
            #expect(try await database.query("SELECT nextval('tickets')").count == 1)
            #expect(try await database.query("SELECT name FROM schema_migrations").count == 2)
            try await database.transaction { tx in
                try await tx.execute("CREATE TEMPORARY TABLE scratch (n bigint) ON COMMIT DROP")
                try await tx.execute("INSERT INTO scratch VALUES (1)")
            }
        }
    }

    @Test(arguments: [
        "ALTER TABLE things ADD COLUMN x int", "DROP TABLE things", "TRUNCATE things", "CREATE TABLE mine (n int)",
        "CREATE INDEX ON things (name)", "ALTER TABLE numbered DISABLE ROW LEVEL SECURITY",
        "DROP POLICY own ON numbered",
        "CREATE POLICY mine ON numbered USING (true)", "SET ROLE fleet_owner", "SET SESSION AUTHORIZATION fleet_owner",
        "ALTER ROLE fleet_daemon BYPASSRLS", "CREATE ROLE other", "GRANT fleet_owner TO fleet_daemon",
        "DELETE FROM schema_migrations", "UPDATE schema_migrations SET checksum = ''",
        "INSERT INTO schema_migrations VALUES ('x', 'y')", "UPDATE audit_log SET id = 2", "DELETE FROM audit_log",
        "TRUNCATE audit_log", "SELECT * FROM days_2026", "UPDATE days_2026 SET day = '2026-05-05'",
        "DELETE FROM days_2026", "DELETE FROM days_2026 WHERE day = '2026-05-05'", "TRUNCATE days_2026",
        "INSERT INTO days_2026 VALUES ('2026-05-05') RETURNING day", "COPY days_2026 TO STDOUT",
        "ALTER DATABASE postgres RENAME TO mine",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ])
    func theRoleCannotChangeAnythingElse(_ statement: String) async throws {
        try await withDatabase(Self.migrations) { database in
            let error = await #expect(throws: PostgresError.self) {
                try await database.execute(SQL(stringLiteral: statement))
            }
            // insufficient_privilege
            #expect(error?.sqlState == "42501", "\(String(reflecting: error))")
        }
    }

    @Test func policiesApplyToTheRole() async throws {
        try await withDatabase(Self.migrations) { database in
            try await database.asOwner("INSERT INTO numbered (tenant_id) VALUES ('a'), ('b')")
            #expect(try await database.query("SELECT tenant_id FROM numbered").map { try $0["tenant_id"] } == ["a"])
            await #expect(throws: PostgresError.self) {
                try await database.execute("INSERT INTO numbered (tenant_id) VALUES ('b')")
            }
        }
    }

    /// PostgreSQL can't `COPY` into a table with policies, so rows are copied into the partition by its name. The role may do
    /// nothing else with the partition.
    @Test func aPartitionIsWrittenByNameAndReadThroughItsTable() async throws {
        try await withDatabase(Self.migrations) { database in
            try await database.execute("INSERT INTO days_2026 VALUES ('2026-05-05')")
            #expect(try await database.query("SELECT day FROM days").count == 1)
            let held = try await database.query(
                """
                SELECT privilege FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES',
                    'TRIGGER']) AS privilege WHERE has_table_privilege('days_2026', privilege)
                """
            ).map { try $0["privilege"] as String }
            #expect(held == ["INSERT"])
        }
    }

    /// A partition that was created, or got more grants, after the last start.
    @Test func extraGrantsOnAPartitionAreRevoked() async throws {
        try await withDatabase(Self.migrations) { database in
            let owner = try await database.url()
            try await database.asOwner(
                "CREATE TABLE days_2027 PARTITION OF days FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')"
            )
            try await database.asOwner("GRANT ALL ON days_2026 TO fleet_daemon")
            try await database.migrate(Self.migrations, as: owner)
            try await database.execute("INSERT INTO days_2027 VALUES ('2027-05-05')")
            for statement in ["SELECT day FROM days_2026", "UPDATE days_2026 SET day = day", "DELETE FROM days_2027"] {
                let error = await #expect(throws: PostgresError.self) {
                    try await database.execute(SQL(stringLiteral: statement))
                }
                #expect(error?.sqlState == "42501", "\(statement): \(String(reflecting: error))")
            }
        }
    }

    @Test func concurrentAndRepeatedStartsSucceed() async throws {
        try await withEmptyDatabase { database, owner in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { try await database.migrate(Self.migrations, as: owner) } }
                try await group.waitForAll()
            }
            try await database.migrate(Self.migrations, as: owner)
            #expect(try await database.countThings() == 0)
        }
    }

    /// Missing grants of an earlier release and grants made by hand are corrected at the next start.
    @Test func tablesOfEarlierMigrationsAreGrantedToo() async throws {
        try await withDatabase(Self.migrations) { database in
            let owner = try await database.url()
            try await database.asOwner("REVOKE ALL ON things FROM fleet_daemon")
            try await database.asOwner("GRANT UPDATE, TRUNCATE ON audit_log TO fleet_daemon")
            await #expect(throws: PostgresError.self) { try await database.countThings() }
            try await database.migrate(Self.migrations, as: owner)
            #expect(try await database.countThings() == 0)
            await #expect(throws: PostgresError.self) { try await database.execute("TRUNCATE audit_log") }
        }
    }

    @Test(arguments: [
        ("ALTER ROLE test_role SUPERUSER", "must not be a superuser"),
        ("ALTER ROLE test_role BYPASSRLS", "must not have BYPASSRLS"),
        ("ALTER ROLE test_role CREATEROLE", "must not have CREATEROLE"),
        ("GRANT fleet_owner TO test_role", "must not be a member of the owner's role"),
        ("ALTER TABLE things OWNER TO test_role", "must own nothing, and owns the relation things"),
        ("ALTER FUNCTION answer() OWNER TO test_role", "must own nothing, and owns the function answer"),
        ("GRANT CREATE ON SCHEMA public TO test_role", "must not have CREATE on the schema public"),
        ("ALTER DATABASE test_database OWNER TO test_role", "must not own the database"),
    ])
    func aRoleWithTooManyRightsIsRefused(_ change: String, _ rule: String) async throws {
        try await withDatabase(Self.migrations) { daemon in
            let owner = try await daemon.url()
            let name: String = try await daemon.query("SELECT current_database()::text AS name")[0]["name"]
            let role = "role_of_\(name)"
            let server = try await TestServers.postgres()
            let administrator = Database(url: server.url(database: name), maximumConnections: 1)
            func run(_ statement: String) async throws {
                let text = statement.replacing("test_role", with: role).replacing("test_database", with: name)
                try await administrator.execute(SQL(stringLiteral: text))
            }
            try await run("CREATE ROLE test_role LOGIN")
            try await run(change)
            let database = Database(url: server.url(database: name, user: role), maximumConnections: 1)
            await #expect { try await database.migrate(Self.migrations, as: owner) } throws: {
                ($0 as? UnsafeRole)?.description.hasSuffix(rule) == true
            }
            await database.close()
            if change.hasPrefix("ALTER ") && change.contains("OWNER") {
                try await run("REASSIGN OWNED BY test_role TO fleet_owner")
            }
            try await run("DROP OWNED BY test_role")
            try await run("DROP ROLE test_role")
            await administrator.close()
        }
    }

    /// A service that ran as the owner of everything gets two roles by the steps in deploy/README.md.
    @Test func aDatabaseWithOneRoleIsMigratedToTwo() async throws {
        try await withEmptyDatabase { database, owner in
            let name: String = try await database.query("SELECT current_database()::text AS name")[0]["name"]
            let server = try await TestServers.postgres()
            let administrator = Database(url: server.url(database: name), maximumConnections: 1)
            func run(_ statement: String) async throws {
                try await administrator.execute(SQL(stringLiteral: statement))
            }
            try await run("CREATE ROLE sole_\(name) LOGIN")
            try await run("ALTER DATABASE \(name) OWNER TO sole_\(name)")
            let sole = Database(url: server.url(database: name, user: "sole_\(name)"), maximumConnections: 1)
            try await sole.migrate([.things])
            try await sole.execute("INSERT INTO things VALUES (1, 'a')")
            await #expect(throws: UnsafeRole.self) { try await sole.migrate(Self.migrations, as: owner) }
            try await run("REASSIGN OWNED BY sole_\(name) TO fleet_owner")
            try await sole.migrate(Self.migrations, as: owner)
            #expect(try await sole.countThings() == 1)
            await #expect(throws: PostgresError.self) { try await sole.execute("DROP TABLE things") }
            await sole.close()
            try await run("DROP OWNED BY sole_\(name)")
            try await run("DROP ROLE sole_\(name)")
            await administrator.close()
        }
    }
}

/// A new database for a daemon, and the URL of its owner.
private func withEmptyDatabase(_ body: (Database, String) async throws -> Void) async throws {
    try await withDatabase { owner in
        let name: String = try await owner.query("SELECT current_database()::text AS name")[0]["name"]
        let server = try await TestServers.postgres()
        let database = Database(url: server.url(database: name, user: TestRole.daemon))
        do {
            try await body(database, try await owner.url())
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}
