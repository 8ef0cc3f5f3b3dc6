import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import Messaging
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Auth

/// The audit log is a chain of hashes for each tenant, which only grows.
@Suite struct AuditChainTests {
    @Test func theEntriesOfATenantAreAChainWithoutGaps() async throws {
        try await withDatabase(.all) { database in
            for number in 1...5 {
                for tenant in [TenantID.sunfield, .windward] {
                    try await database.handle(.sample(number, of: tenant), of: tenant, by: AuditConsumer().handle)
                }
            }
            for tenant in [TenantID.sunfield, .windward] {
                let rows = try await database.of(tenant).query("SELECT * FROM audit_log ORDER BY id")
                #expect(try rows.map { try $0["id"] as Int64 } == [1, 2, 3, 4, 5])
                var previous = AuditHead.start.hash
                for row in rows {
                    let record = try row.auditRecord()
                    previous = AuditChain.hash(record, after: previous)
                    #expect(try row["hash"] == previous)
                }
                let head = try #require(try await database.of(tenant).first("SELECT * FROM audit_chains"))
                #expect(try (head["entries"], head["hash"]) == (5, previous))
            }
        }
    }

    /// An auditor's own program has to come to the same hashes, so the form never changes.
    @Test func theCanonicalFormIsFixed() throws {
        let record = AuditRecord(
            tenant: TenantID("01900000-0000-7000-8000-000000000001"),
            id: 258,
            recordedAt: Date(microseconds: 2),
            event: try #require(EventID("01900000-0000-7000-8000-000000000002")),
            user: nil,
            service: "auth",
            action: "É",
            resourceType: "user",
            resourceID: "",
            cause: nil,
            address: nil,
            userAgent: nil,
            changes: "{}",
            at: Date(microseconds: -1)
        )
        let hex = record.canonical.map { String(format: "%02x", $0) }.joined()
        #expect(
            hex == "01" + "0000001001900000000070008000000000000001" + "000000080000000000000102"
                + "000000080000000000000002" + "0000001001900000000070008000000000000002" + "ffffffff"
                + "0000000461757468" + "00000002c389" + "0000000475736572" + "00000000" + "ffffffff" + "ffffffff"
                + "ffffffff" + "000000027b7d" + "00000008ffffffffffffffff"
        )
    }

    @Test func entriesThatAreAppendedAtTheSameTimeGetDifferentPlaces() async throws {
        try await withDatabase(.all) { database in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...40 {
                    group.addTask {
                        try await database.handle(.sample(number), by: AuditConsumer().handle)
                    }
                }
                try await group.waitForAll()
            }
            let ids = try await database.of(.sunfield).query("SELECT id FROM audit_log ORDER BY id")
            #expect(try ids.map { try $0["id"] as Int64 } == Array(1...40))
        }
    }

    /// The clock of another instance may be behind, but partitions are dropped from the beginning of each chain.
    @Test func theTimeOfRecordingNeverGoesBack() async throws {
        try await withDatabase(.all) { database in
            let now = Date()
            for offset in [0, -60, 1] as [Double] {
                try await database.handle(.sample(1), by: AuditConsumer(now: { now + offset }).handle)
            }
            let times = try await database.of(.sunfield).query("SELECT recorded_at FROM audit_log ORDER BY id")
                .map { try $0["recorded_at"] as Date }
            #expect(times.map { ($0.timeIntervalSince(now)).rounded() } == [0, 0, 1])
        }
    }

    @Test func aRedeliveredEventIsAppendedOnceAlsoInAnotherMonth() async throws {
        let broker = try await BrokerServer.start(in: TestServers.directory.appending(path: "auth-redelivery"))
        try await withDatabase(.all) { database in
            let authority = try await TestAuthority(roles: [:])
            let daemon = Daemon.forTests("auth", authority, kafka: broker.bootstrap)
            try await daemon.ensureTopics(Topic.all)
            let clock = Mutex(Date())
            let consumer = EventConsumer(database, daemon)
                .on(AuditRecorded.self, AuditConsumer(now: { clock.withLock(\.self) }).handle)
            let (id, entry) = (EventID.new(), AuditRecorded.sample(1))
            let count: SQL = "SELECT count(*) FROM audit_log"
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await consumer.run() }
                let producer = try KafkaProducer(daemon.settings.kafka)
                try await producer.send(KafkaRecord(entry, of: .sunfield, id: id))
                try await eventually("the event") { try await database.of(.sunfield).count(count) == 1 ? true : nil }
                clock.withLock { $0 += 40 * 86_400 }
                try await producer.send(KafkaRecord(entry, of: .sunfield, id: id))
                try await producer.send(KafkaRecord(AuditRecorded.sample(2), of: .sunfield))
                // It comes after the other two: when it is there, they have been handled.
                try await eventually("the last event") {
                    try await database.of(.sunfield).count("\(sql: count) WHERE action = 'A2'") == 1 ? true : nil
                }
                await producer.close()
                group.cancelAll()
                while (try? await group.next()) != nil {}
            }
            #expect(try await database.of(.sunfield).count(count) == 2)
            let months = try await database.owner.query(
                "SELECT DISTINCT tableoid::regclass::text AS name FROM audit_log"
            )
            #expect(months.count == 2)
        }
        await broker.process.stop()
    }

    /// What its owner itself may not do by mistake.
    @Test(arguments: ["UPDATE %@ SET action = 'B'", "DELETE FROM %@", "TRUNCATE %@"])
    func neitherTheLogNorAPartitionIsChangedEvenByItsOwner(_ statement: String) async throws {
        try await withDatabase(.all) { database in
            try await database.handle(.sample(1), by: AuditConsumer().handle)
            for table in ["audit_log", try await database.partition()] {
                let error = await #expect(throws: PostgresError.self) {
                    try await database.owner.execute(SQL(stringLiteral: statement.replacing("%@", with: table)))
                }
                #expect(error.map { String(reflecting: $0).contains("append-only") } == true)
            }
        }
    }

    @Test(arguments: [
        "UPDATE audit_log SET action = 'B'", "DELETE FROM audit_log", "TRUNCATE audit_log", "DROP TABLE audit_log",
        "ALTER TABLE audit_log DISABLE TRIGGER ALL", "DROP TRIGGER audit_log_is_append_only ON audit_log",
        "ALTER TABLE audit_log DISABLE ROW LEVEL SECURITY", "DROP POLICY written ON audit_log",
        "ALTER TABLE audit_log OWNER TO CURRENT_USER", "CREATE RULE r AS ON INSERT TO audit_log DO INSTEAD NOTHING",
        "CREATE TRIGGER t BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()",
        "ALTER TABLE audit_log DETACH PARTITION %@", "DROP TABLE %@", "UPDATE %@ SET action = 'B'", "DELETE FROM %@",
        "TRUNCATE %@", "SELECT 1 FROM %@", "ALTER TABLE %@ DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_log_is_append_only ON %@", "INSERT INTO %@ SELECT * FROM audit_log",
        "ALTER TABLE %@ OWNER TO CURRENT_USER", "DROP FUNCTION make_audit_partition(date)",
        "CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE TABLE audit_log_203001 PARTITION OF audit_log FOR VALUES FROM ('2030-01-01') TO ('2030-02-01')",
        "SET session_replication_role = replica",
    ])
    func theServicesRoleCanOnlyAddEntries(_ statement: String) async throws {
        try await withDatabase(.all) { database in
            try await database.handle(.sample(1), by: AuditConsumer().handle)
            // As at the next start, when the grants are checked again.
            try await database.migrate(.all, as: try await database.ownerURL())
            let text = statement.replacing("%@", with: try await database.partition())
            let error = await #expect(throws: PostgresError.self) {
                try await database.of(.sunfield).execute(SQL(stringLiteral: text))
            }
            // insufficient_privilege
            #expect(error?.sqlState == "42501", "\(String(reflecting: error))")
            #expect(try await database.of(.sunfield).count("SELECT count(*) FROM audit_log") == 1)
        }
    }

    @Test func partitionsAreMadeAhead() async throws {
        try await withDatabase(.all) { database in
            let partitions = AuditPartitions(database: database)
            let later = Date() + 100 * 86_400
            await #expect(throws: PostgresError.self) {
                try await database.handle(.sample(1), by: AuditConsumer(now: { later }).handle)
            }
            for _ in 0..<2 { try await partitions.makeAhead(at: later) }
            try await database.handle(.sample(1), by: AuditConsumer(now: { later }).handle)
            // A clock that is far off can't fill the database with tables.
            await #expect(throws: PostgresError.self) { try await partitions.makeAhead(at: Date() + 1000 * 86_400) }
        }
    }

    /// A log of a version without chains.
    @Test func olderEntriesBecomeTheBeginningOfTheChains() async throws {
        let before = [Migration].all.filter { $0.name < "m0020" }
        try await withDatabase(before) { database in
            for number in 1...1203 {
                let tenant: TenantID? = number % 3 == 0 ? nil : number % 2 == 0 ? .sunfield : .windward
                try await database.with(tenant.map { .of($0) } ?? .noTenant).execute(
                    """
                    INSERT INTO audit_log (event_id, tenant_id, service, action, resource_type, changes, at)
                    VALUES (\(EventID.new()), \(tenant), 'assets', \("A\(number)"), 'asset', '{"n": [1, null]}', \(Date.noon))
                    """
                )
            }
            try await database.migrate(.all, as: try await database.ownerURL())
            // Two instances start.
            async let one: Void = UnchainedAudit(database: database).chain()
            async let other: Void = UnchainedAudit(database: database).chain()
            do { _ = try await (one, other) } catch { Issue.record("\(String(reflecting: error))") }
            try await database.handle(.sample(0), by: AuditConsumer().handle)
            for (tenant, count, last) in [(TenantID.sunfield, 402, "A0"), (.windward, 401, "A1201")] {
                let rows = try await database.of(tenant).query("SELECT * FROM audit_log ORDER BY id")
                #expect((rows.count, try rows.last?["action"]) == (count, last))
                var previous = AuditHead.start.hash
                for row in rows { previous = AuditChain.hash(try row.auditRecord(), after: previous) }
                #expect(try rows.last?["hash"] == previous)
            }
            #expect(try await database.owner.count("SELECT count(*) FROM audit_log WHERE tenant_id IS NULL") == 401)
            #expect(try await database.query("SELECT 1 WHERE to_regclass('audit_log_unchained') IS NOT NULL").isEmpty)
        }
    }

    @Test func olderEntriesAreNotForgottenBeforeTheyAreChained() async throws {
        let before = [Migration].all.filter { $0.name < "m0020" }
        try await withDatabase(before) { database in
            try await database.of(.sunfield).execute(
                """
                INSERT INTO audit_log (event_id, tenant_id, service, action, resource_type, at)
                VALUES (\(EventID.new()), \(TenantID.sunfield), 'assets', 'A', 'asset', \(Date.noon))
                """
            )
            try await database.migrate(.all, as: try await database.ownerURL())
            await #expect(throws: PostgresError.self) {
                try await database.query("SELECT forget_unchained_audit_log()")
            }
            for statement in ["DELETE FROM", "TRUNCATE", "DROP TABLE"] {
                let error = await #expect(throws: PostgresError.self) {
                    try await database.execute(SQL(stringLiteral: "\(statement) audit_log_unchained"))
                }
                #expect(error?.sqlState == "42501")
            }
        }
    }
}

extension AuditRecorded {
    static func sample(_ number: Int, of tenant: TenantID = .sunfield) -> AuditRecorded {
        AuditRecorded(
            tenant: tenant,
            user: .anna,
            service: "assets",
            action: "A\(number)",
            resourceType: "asset",
            resourceID: "\(number)",
            cause: number % 2 == 0 ? nil : "request-\(number)",
            changes: #"{"name": ["Gerät ", "\#(number)"]}"#,
            at: .noon + Double(number) / 1000
        )
    }
}

extension Row {
    /// An entry, column by column.
    func auditRecord() throws -> AuditRecord {
        AuditRecord(
            tenant: try self["tenant_id"],
            id: try self["id"],
            recordedAt: try self["recorded_at"],
            event: try self["event_id"],
            user: try self["user_id"],
            service: try self["service"],
            action: try self["action"],
            resourceType: try self["resource_type"],
            resourceID: try self["resource_id"],
            cause: try self["cause"],
            address: try self["address"],
            userAgent: try self["user_agent"],
            changes: try self["changes"],
            at: try self["at"]
        )
    }
}

extension Database {
    /// The partition that holds the entries.
    func partition() async throws -> String {
        let row = try await owner.first("SELECT tableoid::regclass::text AS name FROM audit_log LIMIT 1")
        return try #require(try row?["name"])
    }

    func ownerURL() async throws -> String {
        let name: String = try await query("SELECT current_database()::text AS name")[0]["name"]
        return try await TestServers.postgres().url(database: name, user: TestRole.owner)
    }
}
