import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Auth

/// The audit log as a file.
@Suite struct AuditExportTests {
    @Test func anExportIsVerifiedAgainstACheckpoint() async throws {
        try await withAuth { client, _, database in
            for number in 1...25 { try await database.handle(.sample(number), by: AuditConsumer().handle) }
            try await database.handle(.sample(1, of: .windward), of: .windward, by: AuditConsumer().handle)
            let auditor = try await client.acting(as: .anna, of: .sunfield)
            let answer = try await auditor.send(.get, "/api/v1/audit/export")
            #expect(answer.headers[.contentType] == "application/jsonl; charset=utf-8")
            let head = try await AuditReader(database: database).head(of: .sunfield)
            let checkpoint = AuditCheckpoint(
                tenant: .sunfield,
                entries: head.entries,
                hash: head.hash,
                at: .noon,
                kid: ""
            )
            var verifier = try AuditVerifier(.sunfield, checkpoints: [checkpoint])
            for line in answer.text.split(separator: "\n") {
                try verifier.check(try #require(Array(line.utf8).withUnsafeBufferPointer { AuditLine($0) }))
            }
            try verifier.finish()
            #expect(verifier.confirmed == 25)
            let noted = try #require(try await database.outbox(of: AuditRecorded.self).last)
            #expect((noted.action, noted.user, noted.tenant) == ("AUDIT_EXPORTED", .anna, .sunfield))
            #expect(noted.changes?.contains(#""upTo":[null,25]"#) == true)
        }
    }

    @Test func anExportHasTheFiltersAndTheScopeOfTheList() async throws {
        try await withAuth { client, _, database in
            for number in 1...4 {
                var entry = AuditRecorded.sample(number)
                if number > 2 { entry.user = .bo }
                try await database.handle(entry, by: AuditConsumer().handle)
            }
            let auditor = try await client.acting(as: .anna, of: .sunfield)
            func ids(_ query: String, _ client: ServiceClient) async throws -> [String] {
                let answer = try await client.send(.get, "/api/v1/audit/export?format=csv&\(query)")
                #expect(answer.headers[.contentType] == "text/csv; charset=utf-8")
                return answer.text.split(separator: "\n").dropFirst().map { String($0.prefix { $0 != "," }) }
            }
            #expect(try await ids("userId=\(UserID.bo)", auditor) == ["3", "4"])
            #expect(try await ids("resourceType=asset&resourceId=2", auditor) == ["2"])
            client.authority.grantEverything("own", .own)
            let bo = try await client.acting(as: .bo, of: .sunfield, roles: ["own"])
            #expect(try await ids("action=A3", bo) == ["3"])
            #expect(try await ids("action=A1", bo) == [])
            // Whoever is there for safety sees what was done for it.
            for (number, type) in [(5, "permit"), (6, "incident"), (7, "safety-document")] {
                var entry = AuditRecorded.sample(number)
                entry.resourceType = type
                try await database.handle(entry, by: AuditConsumer().handle)
            }
            let limited = [Permission.auditRead, .auditExport].map { Grant($0, .tenant, if: .safetyEvents) }
            client.authority.grant("safety", limited)
            let officer = try await client.acting(as: .bo, of: .sunfield, roles: ["safety"])
            #expect(try await ids("", officer) == ["5", "6", "7"])
            #expect(try await ids("resourceType=asset", officer) == [])
            let listed = try await officer.send(.get, "/api/v1/audit").items.compactMap {
                $0["resourceType"] as? String
            }
            #expect(listed == ["safety-document", "incident", "permit"])
            let registrar = try await client.acting(as: .bo, of: .sunfield, roles: ["registrar"])
            #expect(try await registrar.send(.get, "/api/v1/audit/export").status == .forbidden)
            let refused = try await auditor.send(.get, "/api/v1/audit/export?format=xml")
            #expect((refused.status, refused.wrongFields) == (.badRequest, ["format"]))
        }
    }

    /// Bodies that are sent in parts: no more than one batch is in memory.
    @Test func anExportIsSentInParts() async throws {
        let sizes = Mutex<[Int]>([])
        let lines = AuditVerificationTests.chain(12).lines
        let export = AuditExport(format: .jsonl) { after in
            // What was asked for before has been sent.
            #expect(sizes.withLock(\.count) == Int(after) / 4)
            return Array(lines.dropFirst(Int(after)).prefix(4))
        }
        try await export.write { part in sizes.withLock { $0.append(part.count) } }
        #expect(sizes.withLock(\.count) == 3)
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@A1", "'@A1"), ("\t=1", "'\t=1"), ("a,b", "\"a,b\""),
        ("=\"a\"", "\"'=\"\"a\"\"\""), ("\r=1", "\"'\r=1\""), ("a=1", "a=1"), ("a\nb", "\"a\nb\""),
    ])
    func noCellIsAFormula(_ text: String, _ cell: String) {
        var line = AuditVerificationTests.chain(1).lines[0]
        line.record.userAgent = text
        var bytes: [UInt8] = []
        line.writeCSV(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self).contains(",\(cell),2026-"))
    }
}
