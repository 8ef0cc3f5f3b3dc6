import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// Signed checkpoints of the audit log, and the proof of the log in the database.
@Suite struct AuditCheckpointTests {
    @Test func aCheckpointIsMadeOnDemandAndVerifiedWithThePublishedKey() async throws {
        try await withAuth { client, _, database in
            for number in 1...3 { try await database.handle(.sample(number), by: AuditConsumer().handle) }
            try await database.handle(.sample(1, of: .windward), of: .windward, by: AuditConsumer().handle)
            let auditor = try await client.acting(as: .anna, of: .sunfield)
            let created = try await auditor.send(.post, "/api/v1/audit/checkpoints", [:])
            #expect(created.status == .created)
            #expect((created.number("entries"), created["tenantId"]) == (3, TenantID.sunfield.description))
            let head = try await AuditReader(database: database).head(of: .sunfield)
            #expect(created["hash"] == head.hash.hex)
            let page = try JSONReader.decode(
                Page<CheckpointResponse>.self,
                from: Array(try await auditor.send(.get, "/api/v1/audit/checkpoints").text.utf8)
            )
            let signed = try #require(page.items.first?.signed)
            #expect(signed.isGenuine)
            let key = try #require(try await auditor.send(.get, "/api/v1/audit/keys").items.first)
            #expect(key["kid"] as? String == signed.checkpoint.kid)
            #expect(key["publicKey"] as? String == created["publicKey"])
            #expect(!(try await auditor.send(.get, "/api/v1/audit/keys")).text.contains("private"))
            // Each thing that is signed.
            for change in [
                { $0.checkpoint.entries += 1 }, { $0.checkpoint.hash[0] ^= 1 }, { $0.checkpoint.tenant = .windward },
                { $0.checkpoint.tenant = nil }, { $0.checkpoint.at += 1 }, { $0.signature[0] ^= 1 },
                { $0.checkpoint.kid = "" }, { $0.publicKey[0] ^= 1 },
            ] as [(inout SignedCheckpoint) -> Void] {
                var other = signed
                change(&other)
                #expect(!other.isGenuine)
            }
            // Another tenant sees nothing of it.
            let foreign = try await client.acting(as: .anna, of: .windward)
            #expect(try await foreign.send(.get, "/api/v1/audit/checkpoints").items.isEmpty)
        }
    }

    @Test func checkpointsNeedThePermissionForTheWholeTenant() async throws {
        try await withAuth { client, _, _ in
            client.authority.grantEverything("own", .own)
            for roles in [["registrar"], ["own"]] {
                let person = try await client.acting(as: .bo, of: .sunfield, roles: roles)
                #expect(try await person.send(.get, "/api/v1/audit/checkpoints").status == .forbidden)
                #expect(try await person.send(.post, "/api/v1/audit/checkpoints", [:]).status == .forbidden)
            }
        }
    }

    @Test func eachChainThatHasGrownIsSignedEveryHour() async throws {
        try await withDatabase(.all) { database in
            let key = try await AuditCheckpoints.key(database, at: .noon)
            #expect(try await AuditCheckpoints.key(database, at: .noon).kid == key.kid)
            let checkpoints = AuditCheckpoints(database: database, key: key)
            for tenant in [TenantID.sunfield, .windward] {
                try await database.handle(.sample(1, of: tenant), of: tenant, by: AuditConsumer().handle)
            }
            var nobodys = AuditRecorded.sample(1)
            nobodys.tenant = nil
            try await database.with(.noTenant).transaction { [nobodys] tx in
                try await AuditLog.append(nobodys, id: .new(), at: Date(), tx)
            }
            // Two instances, and an hour in which nothing happens.
            async let one: Void = checkpoints.signGrown(at: .noon)
            async let other: Void = checkpoints.signGrown(at: .noon + 1)
            _ = try await (one, other)
            try await checkpoints.signGrown(at: .noon + 3600)
            for tenant in [TenantID.sunfield, .windward, nil] {
                let found = try await AuditCheckpoints.list(database, of: tenant, limit: 10)
                #expect(found.map(\.checkpoint.entries) == [1])
                let areGenuine = found.map(\.isGenuine)
                #expect(areGenuine == [true])
            }
            try await database.handle(.sample(2), by: AuditConsumer().handle)
            try await checkpoints.signGrown(at: .noon + 7200)
            #expect(
                try await AuditCheckpoints.list(database, of: .sunfield, limit: 10).map(\.checkpoint.entries) == [2, 1]
            )
            #expect(try await AuditCheckpoints.list(database, of: .windward, limit: 10).count == 1)
            for tenant in try await AuditReader(database: database).chains() {
                let verified = try await AuditVerifier.verify(tenant, in: database, key: key.kid)
                #expect(verified.confirmed == verified.head.entries)
            }
        }
    }

    @Test(arguments: [
        "UPDATE audit_checkpoints SET entries = 0", "DELETE FROM audit_checkpoints", "TRUNCATE audit_checkpoints",
        "DROP TABLE audit_checkpoints", "UPDATE audit_keys SET private_key = public_key", "DELETE FROM audit_keys",
        "TRUNCATE audit_keys CASCADE", "ALTER TABLE audit_keys DISABLE TRIGGER ALL", "TRUNCATE audit_chains",
    ])
    func theServicesRoleOnlyAddsCheckpointsAndKeys(_ statement: String) async throws {
        try await withDatabase(.all) { database in
            _ = try await AuditCheckpoints.key(database, at: .noon)
            let error = await #expect(throws: PostgresError.self) {
                try await database.of(.sunfield).execute(SQL(stringLiteral: statement))
            }
            #expect(error?.sqlState == "42501", "\(String(reflecting: error))")
        }
    }

    /// What somebody does who has got the owner's password.
    @Test(arguments: [
        ("UPDATE audit_log SET action = 'B' WHERE id = 3", AuditVerifier.Fault.changed(id: 3)),
        ("DELETE FROM audit_log WHERE id = 3", .missing(id: 3, found: 4)),
        ("DELETE FROM audit_log WHERE id >= 3", .truncated(from: 3, to: 5)),
        ("DELETE FROM audit_log WHERE id = 5", .truncated(from: 5, to: 5)),
        ("UPDATE audit_log SET id = 7 - id WHERE id IN (3, 4)", .changed(id: 3)),
        (
            """
            WITH d AS (DELETE FROM audit_log WHERE id = 5 RETURNING 1)
            UPDATE audit_chains SET entries = 4, hash = (SELECT hash FROM audit_log WHERE id = 4)
            """, .truncated(from: 5, to: 5)
        ),
    ])
    func theDatabaseIsVerified(_ change: String, _ fault: AuditVerifier.Fault) async throws {
        try await withDatabase(.all) { database in
            let key = try await AuditCheckpoints.key(database, at: .noon)
            for number in 1...5 { try await database.handle(.sample(number), by: AuditConsumer().handle) }
            try await AuditCheckpoints(database: database, key: key).signGrown(at: .noon)
            #expect(try await AuditVerifier.verify(.sunfield, in: database).head.entries == 5)
            for table in ["audit_log", try await database.partition()] {
                try await database.owner.execute(SQL(stringLiteral: "ALTER TABLE \(table) DISABLE TRIGGER ALL"))
            }
            try await database.owner.execute(SQL(stringLiteral: change))
            let found = await #expect(throws: AuditVerifier.Fault.self) {
                try await AuditVerifier.verify(.sunfield, in: database)
            }
            #expect(found == fault)
        }
    }
}
