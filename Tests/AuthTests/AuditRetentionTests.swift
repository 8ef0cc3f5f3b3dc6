import EventSchema
import Foundation
import Identifiers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// The audit log is kept for seven years: not a day less, and longer while a legal hold covers it. What is left can still be proved.
@Suite struct AuditRetentionTests {
    /// A time in the middle of a month, so many months ago.
    private static func ago(months: Int) -> Date {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let month = calendar.dateInterval(of: .month, for: Date())?.start ?? Date()
        return (calendar.date(byAdding: .month, value: -months, to: month) ?? month) + 14 * 86_400
    }

    /// The first month whose time is over: it ended seven years before the beginning of this one.
    private static let overdue = 7 * 12 + 1

    private static func name(months: Int) -> String {
        let day = ago(months: months).rfc3339
        return "audit_log_" + day.prefix(7).replacing("-", with: "")
    }

    private struct Log: Sendable {
        let database: Database
        let cuts: AuditCuts
        let checkpoints: AuditCheckpoints

        /// Appends entries as they were recorded then.
        func append(_ count: Int, of tenant: TenantID? = .sunfield, monthsAgo: Int) async throws {
            let time = AuditRetentionTests.ago(months: monthsAgo)
            _ = try await database.query("SELECT make_audit_partition(\(time)::date)")
            for number in 1...count {
                var entry = AuditRecorded.sample(number)
                entry.tenant = tenant
                try await database.with(tenant.map { .of($0) } ?? .noTenant).transaction { [entry] in
                    try await AuditLog.append(entry, id: .new(), at: time + Double(number), $0)
                }
            }
        }

        func hold(_ tenant: TenantID?) async throws {
            try await database.with(tenant.map { .of($0) } ?? .noTenant).execute(
                """
                INSERT INTO legal_holds (id, tenant_id, reason, placed_at)
                VALUES (\(LegalHoldID.new()), \(tenant), 'Case 7', now())
                """
            )
        }

        func partitions() async throws -> Set<String> {
            let rows = try await database.owner.query(
                "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'audit_log'::regclass"
            )
            return Set(try rows.map { try $0["name"] })
        }

        func verify(_ tenant: TenantID?) async throws -> AuditVerifier {
            try await AuditVerifier.verify(tenant, in: database)
        }
    }

    private func withLog(_ body: (Log) async throws -> Void) async throws {
        try await withDatabase(.all) { database in
            let key = try await AuditCheckpoints.key(database, at: .noon)
            for (tenant, name) in [(TenantID.sunfield, "S"), (.windward, "W")] {
                try await database.owner.execute(
                    "INSERT INTO tenants (id, name, created_at) VALUES (\(tenant), \(name), now())"
                )
            }
            try await body(
                Log(
                    database: database,
                    cuts: AuditCuts(database: database, key: key),
                    checkpoints: AuditCheckpoints(database: database, key: key)
                )
            )
        }
    }

    private func refused(_ database: Database, _ statement: SQL, _ words: String) async throws {
        let error = await #expect(throws: PostgresError.self) { try await database.query(statement) }
        #expect(error?.sqlState == "42501" && String(reflecting: error).contains(words), "\(String(reflecting: error))")
    }

    // MARK: - What goes and what stays

    @Test func whatIsOlderThanSevenYearsGoesAndTheRestIsProved() async throws {
        try await withLog { log in
            try await log.append(3, monthsAgo: Self.overdue + 1)
            try await log.append(2, of: .windward, monthsAgo: Self.overdue + 1)
            try await log.append(1, of: nil, monthsAgo: Self.overdue + 1)
            try await log.checkpoints.signGrown(at: Self.ago(months: Self.overdue + 1))
            try await log.append(2, monthsAgo: Self.overdue)
            // One month too young.
            try await log.append(2, monthsAgo: Self.overdue - 1)
            try await log.append(1, monthsAgo: 0)
            try await log.checkpoints.signGrown(at: Date())
            // Two instances, and once more when there is nothing left to do.
            async let one = log.cuts.dropExpired(at: Date())
            async let other = log.cuts.dropExpired(at: Date())
            let dropped = try await [one, other].map(\.dropped).reduce(0, +)
            #expect(dropped == 2)
            #expect(try await log.cuts.dropExpired(at: Date()) == .init())
            #expect(try await log.partitions().contains(Self.name(months: Self.overdue - 1)))
            #expect(try await log.partitions().isDisjoint(with: [Self.overdue, Self.overdue + 1].map(Self.name)))

            let proof = try await log.verify(.sunfield)
            #expect((proof.begin, proof.head.entries, proof.confirmed) == (5, 8, 8))
            // Nothing is left of these.
            for (tenant, count) in [(TenantID.windward, Int64(2)), (nil, 1)] as [(TenantID?, Int64)] {
                let proof = try await log.verify(tenant)
                #expect((proof.begin, proof.head.entries) == (count, count))
                #expect(try await AuditReader(database: log.database).lines(of: tenant, after: 0, upTo: 9).isEmpty)
            }
            // The chains go on.
            try await log.append(1, of: .windward, monthsAgo: 0)
            #expect(try await log.verify(.windward).head.entries == 3)
            // What confirms only what is gone is gone too: one cut a chain, and the newest checkpoints.
            #expect(try await log.database.owner.count("SELECT count(*) FROM audit_cuts") == 3)
            let left = try await AuditCheckpoints.list(log.database, of: .sunfield, limit: 9).map(\.checkpoint.entries)
            #expect(left == [8])
        }
    }

    @Test func aLegalHoldKeepsWhatItCoversUntilItIsReleased() async throws {
        for holder in [TenantID.sunfield, nil] as [TenantID?] {
            try await withLog { log in
                try await log.append(2, of: .windward, monthsAgo: Self.overdue + 1)
                try await log.append(2, monthsAgo: Self.overdue)
                try await log.hold(holder)
                let outcome = try await log.cuts.dropExpired(at: Date())
                let month = Self.ago(months: holder == nil ? Self.overdue + 1 : Self.overdue).rfc3339.prefix(7) + "-01"
                // Where the tenant has no entries, its hold covers none.
                #expect((outcome.dropped, outcome.held) == (holder == nil ? 0 : 1, String(month)))
                #expect(try await log.verify(.sunfield).begin == 0)
                // The service's role can't get past it, and can't make it unseen.
                let date = Self.ago(months: holder == nil ? Self.overdue + 1 : Self.overdue)
                try await refused(log.database, "SELECT drop_audit_partition(\(date)::date)", "legal hold")
                for statement in [
                    "UPDATE legal_holds SET tenant_id = NULL", "DELETE FROM legal_holds", "TRUNCATE legal_holds",
                ] {
                    let error = await #expect(throws: PostgresError.self) {
                        try await log.database.with(holder.map { .of($0) } ?? .noTenant).execute(
                            SQL(stringLiteral: statement)
                        )
                    }
                    #expect(error?.sqlState == "42501")
                }
                try await log.database.with(holder.map { .of($0) } ?? .noTenant).execute(
                    """
                    INSERT INTO legal_hold_releases (hold_id, tenant_id, reason, released_at)
                    SELECT id, tenant_id, 'closed', now() FROM legal_holds
                    """
                )
                #expect(try await log.cuts.dropExpired(at: Date()).held == nil)
                #expect(try await log.verify(.sunfield).begin == 2)
            }
        }
    }

    // MARK: - Attacks

    /// What somebody does who has got the service's own role.
    @Test func theServicesRoleDropsNothingElse() async throws {
        try await withLog { log in
            try await log.append(2, monthsAgo: Self.overdue + 1)
            try await log.append(2, monthsAgo: Self.overdue)
            try await log.append(2, monthsAgo: Self.overdue - 1)
            try await log.append(2, monthsAgo: 0)
            func drop(_ months: Int) -> SQL { "SELECT drop_audit_partition(\(Self.ago(months: months))::date)" }
            let database = log.database
            try await refused(database, drop(0), "7 years")
            try await refused(database, drop(Self.overdue - 1), "7 years")
            try await refused(database, drop(Self.overdue), "older entries")
            try await refused(database, drop(Self.overdue + 1), "were not signed")
            // Signed at another place, or with another hash.
            let head = try #require(
                try await AuditReader(database: database).lines(of: .sunfield, after: 0, upTo: 2).last
            )
            for (entries, hash) in [(Int64(1), head.hash), (2, AuditHead.start.hash)] {
                try await database.of(.sunfield).execute(
                    """
                    INSERT INTO audit_cuts (tenant_id, entries, hash, recorded_at, at, kid, signature)
                    SELECT \(TenantID.sunfield), \(entries), \(hash), \(head.record.recordedAt), now(), kid, 'x' FROM audit_keys
                    """
                )
                try await refused(database, drop(Self.overdue + 1), "were not signed")
            }
            #expect(try await log.partitions().contains(Self.name(months: Self.overdue + 1)))
            for statement in [
                "DELETE FROM audit_cuts", "UPDATE audit_cuts SET entries = 9",
                "DROP FUNCTION drop_audit_partition(date)",
                "CREATE OR REPLACE FUNCTION audit_retention() RETURNS interval LANGUAGE sql AS $$ SELECT interval '1 day' $$",
                "DELETE FROM legal_hold_releases", "DROP TABLE \(Self.name(months: Self.overdue + 1))",
            ] {
                let error = await #expect(throws: PostgresError.self) {
                    try await database.of(.sunfield).execute(SQL(stringLiteral: statement))
                }
                #expect(error?.sqlState == "42501", "\(statement): \(String(reflecting: error))")
            }
        }
    }

    /// What somebody does who has got the owner's password, after a month was dropped as it should.
    @Test(arguments: [
        // Further entries are gone.
        ("DELETE FROM audit_log WHERE id <= 3", AuditVerifier.Fault.missing(id: 3, found: 4)),
        ("DELETE FROM audit_log", .truncated(from: 3, to: 6)),
        ("DELETE FROM audit_log WHERE id = 6", .truncated(from: 6, to: 6)),
        // And the cut that would explain it.
        ("DELETE FROM audit_cuts", .missing(id: 1, found: 3)),
    ])
    func whatIsMissingBeyondACutIsFound(_ change: String, _ fault: AuditVerifier.Fault) async throws {
        try await withCut { log in
            try await log.database.owner.execute(SQL(stringLiteral: change))
            let found = await #expect(throws: AuditVerifier.Fault.self) { try await log.verify(.sunfield) }
            #expect(found == fault)
        }
    }

    /// A cut that was moved to hide what somebody deleted behind the right one.
    @Test func aForgedCutIsFound() async throws {
        try await withCut { log in
            let line = try #require(
                try await AuditReader(database: log.database).lines(of: .sunfield, after: 3, upTo: 4).first
            )
            try await log.database.owner.execute("DELETE FROM audit_log WHERE id <= 4")
            // With the old signature.
            try await log.database.owner.execute("UPDATE audit_cuts SET entries = 4, hash = \(line.hash)")
            let forged = await #expect(throws: CheckpointFile.Fault.self) { try await log.verify(.sunfield) }
            #expect(forged?.description == "the signature of the cut at 4 is wrong")
            // With that of a checkpoint at the same place.
            let checkpoint = AuditCheckpoint(
                tenant: .sunfield,
                entries: 4,
                hash: line.hash,
                at: Date(),
                kid: log.cuts.key.kid
            )
            let signature = try log.cuts.key.sign(checkpoint).signature
            try await log.database.owner.execute(
                "UPDATE audit_cuts SET at = \(checkpoint.at), signature = \(signature)"
            )
            await #expect(throws: CheckpointFile.Fault.self) { try await log.verify(.sunfield) }
            // With a key of one's own.
            let other = AuditKey.generate(at: Date())
            let head = AuditHead(entries: 4, hash: line.hash, recordedAt: line.record.recordedAt)
            var cut = try #require(AuditCut(tenant: .sunfield, after: head, at: Date(), kid: log.cuts.key.kid))
            #expect(
                !SignedCut(cut: cut, publicKey: other.publicKey, signature: try other.sign(cut).signature).isGenuine
            )
            // Even the right key can't make a cut that comes too early: these entries are younger.
            cut.recordedAt = Self.ago(months: 3)
            let early = cut
            #expect(!early.isDue)
            #expect(throws: AuditVerifier.Fault.cutTooEarly(entries: 4)) {
                try AuditVerifier(.sunfield, after: early, checkpoints: [])
            }
        }
    }

    /// Two entries were dropped, four are left: two of them a month too young, and two of today.
    private func withCut(_ body: (Log) async throws -> Void) async throws {
        try await withLog { log in
            try await log.append(2, monthsAgo: Self.overdue)
            try await log.append(2, monthsAgo: Self.overdue - 1)
            try await log.append(2, monthsAgo: 0)
            try await log.checkpoints.signGrown(at: Date())
            #expect(try await log.cuts.dropExpired(at: Date()).dropped == 1)
            #expect(try await log.verify(.sunfield).begin == 2)
            for table in try await log.partitions().union(["audit_log", "audit_cuts"]) {
                try await log.database.owner.execute(SQL(stringLiteral: "ALTER TABLE \(table) DISABLE TRIGGER USER"))
            }
            try await body(log)
        }
    }
}
