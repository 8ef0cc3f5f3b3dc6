import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import Sealing
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// Where a request came from is sealed from the service that got it to the audit log.
@Suite struct OriginTests {
    private static let headers: HTTPFields = [.forwardedFor: "198.51.100.77", .userAgent: "Canaryagent/1"]

    @Test func theOutboxHasTheAddressOnlySealedAndTheLogShowsIt() async throws {
        try await withCompany { company in
            let database = company.database
            let body = ["email": "tina@example.com", "displayName": "Tina", "roles": ["viewer"]] as [String: Any]
            #expect(
                try await company.admin.send(.post, "/api/v1/users", body, headers: Self.headers).status == .created
            )
            // Somebody whom nobody knows.
            let unknown = ["email": "nobody@example.com", "password": "wrong horse battery"]
            _ = try await company.anonymous.send(.post, "/api/v1/auth/login", unknown, headers: Self.headers)
            let entries = try await database.outbox(of: AuditRecorded.self)
            for action in ["USER_CREATED", "LOGIN_FAILED"] {
                let entry = try #require(entries.last { $0.action == action })
                let address = try #require(entry.address)
                #expect(Letterbox.isSealed(address) && entry.userAgent == nil)
                let opened = entry.opened(with: [LetterboxKey(), company.admin.authority.letterbox])
                #expect((opened.address, opened.userAgent) == ("198.51.100.77", "Canaryagent/1"))
                // It is of one person.
                var stolen = entry
                stolen.user = .bo
                #expect(stolen.opened(with: [company.admin.authority.letterbox]).address == "unreadable")
            }
            for event in try await database.outbox() {
                let text = String(decoding: event.value ?? [], as: UTF8.self)
                #expect(!text.contains("198.51.100.77") && !text.contains("Canaryagent"), "\(event.topic)")
            }
            let entry = try #require(entries.last { $0.action == "USER_CREATED" })
            let consumer = AuditConsumer(keys: [company.admin.authority.letterbox])
            try await database.handle(entry, of: company.tenant, by: consumer.handle)
            let read = try #require(try await company.admin.send(.get, "/api/v1/audit?action=USER_CREATED").items.first)
            #expect(read["address"] as? String == "198.51.100.77" && read["userAgent"] as? String == "Canaryagent/1")
        }
    }

    /// A service of the version before, or an entry that waited in the log.
    @Test func whatWasNotSealedIsTakenAsItIs() async throws {
        var entry = AuditRecorded.sample(1)
        (entry.address, entry.userAgent) = ("198.51.100.77", "Canaryagent/1")
        #expect(entry.opened(with: [LetterboxKey()]) == entry)
        #expect(AuditRecorded.sample(2).opened(with: []).address == nil)
    }

    @Test func severalInstancesHaveOneLetterboxWhichIsPublished() async throws {
        try await withDatabase(.all) { database in
            async let one = LetterboxKeys(database: database).prepare(at: .noon)
            async let other = LetterboxKeys(database: database).prepare(at: .noon + 1)
            let names = try await [one, other].map { $0.map(\.letterbox.name) }
            #expect(names[0] == names[1] && names[0].count == 1)
            let states = try await database.outbox(of: LetterboxState.self)
            #expect(Set(states.map(\.id)) == Set(names[0]) && states.count == 2)
            let error = await #expect(throws: PostgresError.self) {
                try await database.execute("DELETE FROM letterbox_keys")
            }
            #expect(error?.sqlState == "42501")
        }
    }
}
