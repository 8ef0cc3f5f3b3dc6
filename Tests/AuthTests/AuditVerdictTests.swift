import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// The server verifies a tenant's chain for whoever asks, in parts.
@Suite struct AuditVerdictTests {
    private static let path = "/api/v1/audit/verification"

    @Test func anIntactChainIsFoundIntact() async throws {
        try await withChains { (client, database) async throws in
            let auditor = try await client.acting(as: .anna, of: .sunfield)
            let answer = try await auditor.send(.get, Self.path)
            #expect(answer.status == .ok && answer.object["isIntact"] as? Bool == true, "\(answer.text)")
            #expect((answer.number("entries"), answer.number("lastEntry"), answer.number("total")) == (5, 5, 5))
            #expect(answer.object["fault"] == nil && answer["nextCursor"] == nil)
            let key = try await AuditCheckpoints.key(database, at: .noon)
            let checkpoint = try #require(answer.object["checkpoint"] as? [String: Any])
            #expect(checkpoint["entries"] as? Int == 3 && checkpoint["kid"] as? String == key.kid)
            let lines = try await AuditReader(database: database).lines(of: .sunfield, after: 0, upTo: 5)
            #expect(answer["from"] == lines.first?.record.recordedAt.rfc3339)
            #expect(answer["to"] == lines.last?.record.recordedAt.rfc3339)
        }
    }

    @Test(
        arguments: [
            ("UPDATE audit_log SET action = 'B' WHERE $T AND id = 4", "changed", 4, nil, 3),
            ("DELETE FROM audit_log WHERE $T AND id = 2", "missing", 2, nil, 1),
            ("DELETE FROM audit_log WHERE $T AND id IN (2, 3)", "missing", 2, 3, 1),
            ("DELETE FROM audit_log WHERE $T AND id >= 4", "truncated", 4, 5, 3),
            ("UPDATE audit_checkpoints SET signature = hash WHERE entries = 3", "forged-checkpoint", 3, nil, 0),
            ("UPDATE audit_chains SET hash = sha256('') WHERE entries = 5", "changed", 5, nil, 5),
            (
                """
                WITH d AS (DELETE FROM audit_log WHERE $T AND id >= 3)
                UPDATE audit_chains SET entries = 2, hash = (SELECT hash FROM audit_log WHERE $T AND id = 2) WHERE entries = 5
                """, "truncated", 3, nil, 2
            ),
        ] as [(String, String, Int, Int?, Int)]
    )
    func whereAChainIsBrokenIsNamed(_ change: String, _ kind: String, _ entry: Int, _ last: Int?, _ good: Int)
        async throws
    {
        try await withChains { (client, database) async throws in
            try await database.tamper(change)
            let auditor = try await client.acting(as: .anna, of: .sunfield)
            let answer = try await auditor.send(.get, Self.path)
            #expect(answer.status == .ok && answer.object["isIntact"] as? Bool == false, "\(answer.text)")
            let fault = try #require(answer.object["fault"] as? [String: Any])
            #expect(fault["kind"] as? String == kind && fault["entry"] as? Int == entry, "\(answer.text)")
            #expect(fault["lastEntry"] as? Int == last && answer.number("lastEntry") == Double(good), "\(answer.text)")
            #expect(answer["nextCursor"] == nil)
            // In parts it is the same, whichever it is in.
            let parts = try await Self.parts(of: 1, database)
            #expect(parts.last?.fault?.kind.rawValue == kind && parts.last?.fault?.entry == Int64(entry))
            // What is wrong with one chain is nothing to another tenant.
            let stranger = try await client.acting(as: .bo, of: .windward)
            let other = try await stranger.send(.get, Self.path)
            #expect(other.object["isIntact"] as? Bool == true && other.number("entries") == 2, "\(other.text)")
        }
    }

    /// Whoever makes the hashes anew behind an entry that they have changed can't sign a checkpoint.
    @Test func aChainThatWasMadeAnewDisagreesWithItsCheckpoint() async throws {
        try await withChains { (client, database) async throws in
            var lines = try await AuditReader(database: database).lines(of: .sunfield, after: 0, upTo: 5)
            lines[1].record.action = "B"
            var previous = lines[0].hash
            for line in lines.dropFirst() {
                let hash = AuditChain.hash(line.record, after: previous)
                previous = hash
                try await database.tamper(
                    """
                    UPDATE audit_log SET hash = '\\x\(hash.hex)', action = '\(line.record.action)'
                    WHERE $T AND id = \(line.record.id)
                    """
                )
            }
            let auditor = try await client.acting(as: .anna, of: .sunfield)
            let answer = try await auditor.send(.get, Self.path)
            let fault = try #require(answer.object["fault"] as? [String: Any], "\(answer.text)")
            #expect(fault["kind"] as? String == "checkpoint")
            #expect(fault["entry"] as? Int == 1 && fault["lastEntry"] as? Int == 3)
            #expect(answer.object["checkpoint"] == nil)
        }
    }

    @Test(arguments: 1...6) func partsMakeAWhole(_ size: Int) async throws {
        try await withChains { (_, database) async throws in
            let parts = try await Self.parts(of: size, database)
            #expect(parts.map(\.lastEntry) == stride(from: size, to: 5, by: size).map(Int64.init) + [5])
            #expect(parts.allSatisfy { $0.isIntact && $0.total == 5 && $0.entries == $0.lastEntry })
            #expect(parts.map { $0.checkpoint?.entries } == parts.map { $0.lastEntry >= 3 ? 3 : nil })
            #expect(Set(parts.map(\.from)).count == 1)
        }
    }

    /// Months may be dropped between two parts: what is left begins behind the signed cut.
    @Test func whatWasDroppedMeanwhileIsNotMissing() async throws {
        try await withChains { (_, database) async throws in
            let key = try await AuditCheckpoints.key(database, at: .noon)
            let verification = AuditVerification(database: database, entries: 1)
            let first = try await verification.verify(.sunfield, from: nil)
            let line = try await AuditReader(database: database).lines(of: .sunfield, after: 2, upTo: 3)[0]
            func drop(recordedAt: Date) async throws {
                let cut = AuditCut(
                    tenant: .sunfield,
                    entries: 3,
                    hash: line.hash,
                    recordedAt: recordedAt,
                    at: Date(),
                    kid: key.kid
                )
                let signed = try key.sign(cut)
                try await database.owner.execute("DELETE FROM audit_cuts")
                try await database.owner.execute(
                    """
                    INSERT INTO audit_cuts (tenant_id, entries, hash, recorded_at, at, kid, signature)
                    VALUES (\(TenantID.sunfield), 3, \(cut.hash), \(cut.recordedAt), \(cut.at), \(cut.kid), \(signed.signature))
                    """
                )
            }
            try await database.tamper("DELETE FROM audit_log WHERE $T AND id <= 3")
            try await drop(recordedAt: line.record.recordedAt.addingTimeInterval(-8 * 366 * 86_400))
            let position = try AuditVerdict.Position(cursor: #require(first.nextCursor))
            let rest = try await verification.verify(.sunfield, from: position)
            #expect((rest.isIntact, rest.droppedEntries, rest.entries, rest.lastEntry) == (true, 3, 1, 4))
            #expect(rest.checkpoint?.entries == 3)
            let end = try await verification.verify(.sunfield, from: .init(cursor: #require(rest.nextCursor)))
            #expect((end.isIntact, end.entries, end.nextCursor) == (true, 2, nil))
            // What was dropped too early is a fault, and so is a cut that nobody has signed.
            try await drop(recordedAt: line.record.recordedAt)
            let early = try await verification.verify(.sunfield, from: nil)
            #expect(early.fault == .init(kind: .cutTooEarly, entry: 3))
            try await database.tamper("UPDATE audit_cuts SET signature = hash")
            #expect(try await verification.verify(.sunfield, from: nil).fault == .init(kind: .forgedCut, entry: 3))
        }
    }

    @Test func aCursorThatSomebodyMadeUpIsRefused() async throws {
        try await withChains { (client, database) async throws in
            let auditor = try await client.acting(as: .anna, of: .sunfield)
            let part = try await AuditVerification(database: database, entries: 2).verify(.sunfield, from: nil)
            let cursor = try #require(part.nextCursor)
            let text = String(decoding: try #require(Data(base64URL: cursor)), as: UTF8.self)
            let wrong = [
                text.replacing("\"entries\":2", with: "\"entries\":9223372036854775807"),
                text.replacing("\"entries\":2", with: "\"entries\":-1"),
                text.replacing("\"entries\":2", with: "\"entries\":6"),
                text.replacing(/"hash":"../, with: "\"hash\":\""), text.replacing(/"from":/, with: "\"from\":99"), "{}",
                "2",
            ]
            for wrong in wrong {
                #expect(wrong != text)
                let answer = try await auditor.send(.get, "\(Self.path)?cursor=\(Data(wrong.utf8).base64URL)")
                #expect((answer.status, answer.wrongFields) == (.badRequest, ["cursor"]), "\(wrong): \(answer.text)")
            }
            let next = try await auditor.send(.get, "\(Self.path)?cursor=\(Data(text.utf8).base64URL)")
            #expect(next.object["isIntact"] as? Bool == true && next.number("lastEntry") == 5)
            // Another hash to begin with proves nothing.
            let other = text.replacing(
                /"hash":"[0-9a-f]{64}"/,
                with: "\"hash\":\"\([UInt8](repeating: 7, count: 32).hex)\""
            )
            let broken = try await auditor.send(.get, "\(Self.path)?cursor=\(Data(other.utf8).base64URL)")
            #expect((broken.object["fault"] as? [String: Any])?["entry"] as? Int == 3)
        }
    }

    @Test func theWholeTenantsPermissionIsNeeded() async throws {
        try await withChains { (client, _) async throws in
            client.authority.grantEverything("own", .own)
            for roles in [["registrar"], ["own"]] {
                let person = try await client.acting(as: .bo, of: .sunfield, roles: roles)
                #expect(try await person.send(.get, Self.path).status == .forbidden)
            }
        }
    }

    @Test func aChainIsVerifiedForOneAtATime() async throws {
        try await withChains { (client, database) async throws in
            let auditor = try await client.acting(as: .anna, of: .sunfield)
            let stranger = try await client.acting(as: .bo, of: .windward)
            let (answers, answered) = AsyncStream<ServiceAnswer?>.makeStream()
            let first = try await database.owner.transaction { tx in
                // Whichever comes first waits here for its entries.
                try await tx.execute("LOCK TABLE audit_log IN ACCESS EXCLUSIVE MODE")
                for _ in 0..<2 { Task { answered.yield(try? await auditor.send(.get, Self.path)) } }
                return await answers.first { _ in true } ?? nil
            }
            #expect((first?.status, first?["code"]) == (.tooManyRequests, "verification_running"))
            #expect(first?.headers[.retryAfter] != nil)
            let second = await answers.first { _ in true } ?? nil
            #expect(second?.object["isIntact"] as? Bool == true, "\(second?.text ?? "")")
            // Later it can be verified again, and by others at any time.
            #expect(try await auditor.send(.get, Self.path).status == .ok)
            #expect(try await stranger.send(.get, Self.path).status == .ok)
        }
    }

    private static func parts(of size: Int, _ database: Database) async throws -> [AuditVerdict] {
        let verification = AuditVerification(database: database, entries: size)
        var parts = [try await verification.verify(.sunfield, from: nil)]
        while let cursor = parts.last?.nextCursor, parts.count < 20 {
            parts.append(try await verification.verify(.sunfield, from: AuditVerdict.Position(cursor: cursor)))
        }
        return parts
    }

    /// Five entries of one tenant, of which a checkpoint confirms three, and two of another.
    private func withChains(_ body: @escaping @Sendable (ServiceClient, Database) async throws -> Void) async throws {
        try await withAuth { client, _, database in
            let checkpoints = AuditCheckpoints(
                database: database,
                key: try await AuditCheckpoints.key(database, at: .noon)
            )
            for number in 1...3 { try await database.handle(.sample(number), by: AuditConsumer().handle) }
            try await checkpoints.signGrown(at: .noon)
            for number in 4...5 { try await database.handle(.sample(number), by: AuditConsumer().handle) }
            for number in 1...2 {
                try await database.handle(.sample(number, of: .windward), of: .windward, by: AuditConsumer().handle)
            }
            try await body(client, database)
        }
    }
}

extension Database {
    /// What somebody does who has got the owner's password. `$T` stands for one tenant's rows.
    fileprivate func tamper(_ change: String) async throws {
        for table in ["audit_log", try await partition(), "audit_checkpoints", "audit_cuts"] {
            try await owner.execute(SQL(stringLiteral: "ALTER TABLE \(table) DISABLE TRIGGER USER"))
        }
        let ofSunfield = "tenant_id = '\(TenantID.sunfield)'"
        try await owner.execute(SQL(stringLiteral: change.replacing("$T", with: ofSunfield)))
    }
}
