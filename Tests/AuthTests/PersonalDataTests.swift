import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// What says who a person is stands in no event but the state of users, and in the audit log only under that person's key.
@Suite struct PersonalDataTests {
    private static let canaries = [
        "canary-one", "canary-two", "canaryname", "newcanaryname", "15550199", "15550188", "198.51.100.77",
        "canaryagent",
    ]

    private static func found(in text: String) -> [String] {
        canaries.filter { text.lowercased().contains($0) }
    }

    @Test func namesAddressesAndPhonesAreInNoOtherEventAndNoEntry() async throws {
        try await withCompany { company in
            let database = company.database
            let created = try await company.admin.send(
                .post,
                "/api/v1/users",
                [
                    "email": "Canary-One@example.com", "displayName": "Canaryname", "phone": "+15550199",
                    "roles": ["viewer"], "password": "correct horse battery",
                ]
            )
            let id = try #require(created["id"].flatMap(UserID.init))
            let changed = try await company.admin.send(
                .patch,
                "/api/v1/users/\(id)",
                ["displayName": "Newcanaryname", "phone": "+15550188"]
            )
            #expect(changed.status == .ok)
            for email in ["canary-one@example.com", "canary-two@example.com"] {
                _ = try await RouteTests.login(company.anonymous, email: email, password: "wrong horse battery")
            }
            #expect(try await RouteTests.login(company.anonymous, email: "canary-one@example.com").status == .ok)
            for action in ["unlock", "deactivate", "activate"] {
                #expect(try await company.admin.send(.post, "/api/v1/users/\(id)/\(action)", [:]).status.code < 300)
            }
            for event in try await database.outbox() {
                let isOfUsers = event.topic == Topic.authUsers.name
                let found = Self.found(in: String(decoding: event.value ?? [], as: UTF8.self))
                #expect(isOfUsers || found.isEmpty, "\(event.topic): \(found)")
            }
            // Each entry as a person's own service sends it.
            for var entry in try await database.outbox(of: AuditRecorded.self) {
                guard let tenant = entry.tenant else { continue }
                (entry.address, entry.userAgent) = entry.user == nil ? (nil, nil) : ("198.51.100.77", "Canaryagent/1")
                try await database.handle(entry, of: tenant, by: AuditConsumer().handle)
            }
            let rows: [String] = try await database.owner.query("SELECT l::text AS line FROM audit_log l").map {
                try $0["line"]
            }
            #expect(rows.count > 8)
            for row in rows { #expect(Self.found(in: row).isEmpty, "\(row)") }
            // Who may read the log sees them.
            let query = "/api/v1/audit?resourceType=user&resourceId=\(id)"
            let list = try await company.admin.send(.get, query).text
            let seen = Set(Self.found(in: list))
            #expect(seen == Set(Self.canaries).subtracting(["canary-two"]))
        }
    }

    @Test func withoutTheKeyNothingIsLeftAndTheChainIsIntact() async throws {
        try await withAuth { client, _, database in
            var entry = AuditRecorded.sample(1)
            (entry.user, entry.resourceType, entry.resourceID) = (.bo, "user", UserID.bo.description)
            (entry.address, entry.userAgent) = ("198.51.100.77", "Canaryagent/1")
            entry.changes = #"{"displayName":["Canaryname",null],"roles":[["viewer"],["admin"]]}"#
            try await database.handle(entry, by: AuditConsumer().handle)
            let auditor = try await client.acting(as: .anna, of: .sunfield)
            let before = try #require(try await auditor.send(.get, "/api/v1/audit").items.first)
            #expect(before["address"] as? String == "198.51.100.77")
            try await database.of(.sunfield).transaction { try await PersonKeys.destroy(.bo, of: .sunfield, $0) }
            // A late event makes no new key.
            try await database.handle(entry, by: AuditConsumer().handle)
            for erased in try await auditor.send(.get, "/api/v1/audit").items {
                #expect(erased["address"] as? String == "erased")
                #expect(erased["userAgent"] as? String == "erased")
                let changes = try #require(erased["changes"] as? [String: [Any]])
                #expect(changes["displayName"]?.first as? String == "erased")
                #expect(changes["roles"]?.first as? [String] == ["viewer"])
            }
            #expect(try await AuditVerifier.verify(.sunfield, in: database).head.entries == 2)
        }
    }

    /// A sealed text of one person can't be passed off as one of another person.
    @Test func aSealIsOfOnePerson() throws {
        let key = PersonalSeal.newKey()
        let sealed = try PersonalSeal.seal("Anna", of: .anna, key)
        #expect(try PersonalSeal.seal("Anna", of: .anna, key) != sealed)
        #expect(PersonalSeal.open(sealed, of: .anna, key) == "Anna")
        #expect(PersonalSeal.open(sealed, of: .bo, key) == "erased")
        #expect(PersonalSeal.open(sealed, of: .anna, PersonalSeal.newKey()) == "erased")
        #expect(PersonalSeal.open(sealed, of: .anna, nil) == "erased")
        #expect(try PersonalSeal.seal("Anna", of: .anna, nil) == "erased")
        #expect(PersonalSeal.open("Anna", of: .anna, nil) == "Anna")
    }
}
