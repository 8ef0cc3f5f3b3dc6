import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// Machines use the API with keys.
@Suite struct APIKeyTests {
    @Test func aKeyIsShownOnceAndDoesWhatItsRolesPermit() async throws {
        try await withCompany { company in
            let (machine, answer) = try await company.machine(["viewer"])
            let id = try #require(answer["id"])
            #expect(try await machine.send(.get, "/api/v1/tenant").status == .ok)
            #expect(try await machine.send(.get, "/api/v1/users").status == .forbidden)
            let listed = try #require(try await company.admin.send(.get, "/api/v1/api-keys").items.first)
            #expect((listed["id"] as? String, listed["name"] as? String) == (id, "SCADA"))
            #expect(listed["key"] == nil)
            // What is stored and published is a hash.
            let state = try #require(try await company.database.outbox(of: APIKeyState.self).last)
            #expect(Array(state.hash) == APIKeyText(machine.token)?.hash)
        }
    }

    @Test func aRevokedOrExpiredKeyIsRefused() async throws {
        try await withCompany { company in
            let (machine, answer) = try await company.machine(["viewer"])
            let id = try #require(answer["id"])
            let later = Date() + 7200
            await #expect(throws: Problem.self) {
                try await company.authenticator.authenticate(machine.token, at: later)
            }
            #expect(try await company.admin.send(.delete, "/api/v1/api-keys/\(id)").status == .noContent)
            try await company.learn()
            let refused = try await machine.send(.get, "/api/v1/tenant")
            #expect((refused.status, refused["code"]) == (.unauthorized, "api_key_invalid"))
            #expect(try await company.admin.send(.get, "/api/v1/api-keys").items.isEmpty)
            let gone = try await company.admin.send(.delete, "/api/v1/api-keys/\(id)")
            #expect(gone.status == .notFound)
        }
    }

    @Test func everyOtherTextIsRefused() async throws {
        try await withCompany { company in
            let (machine, _) = try await company.machine(["viewer"])
            let text = machine.token
            var client = company.anonymous
            for index in text.indices {
                var changed = text
                changed.replaceSubrange(index...index, with: text[index] == "0" ? "1" : "0")
                client.token = changed
                #expect(try await client.send(.get, "/api/v1/tenant").status == .unauthorized, "\(changed)")
            }
            for changed in [String(text.dropLast()), text + "0", "dcmms_", String(text.prefix(39))] {
                client.token = changed
                #expect(try await client.send(.get, "/api/v1/tenant").status == .unauthorized)
            }
        }
    }

    @Test func nobodyMakesAKeyThatMayDoMoreThanTheyMay() async throws {
        try await withCompany { company in
            let site = SiteID.sample(30)
            let clerk = try await company.staff(
                "clerk",
                [.init(.apiKeyManage, .sites), .init(.siteRead, .sites)],
                sites: [site]
            )
            func make(_ roles: [String], _ sites: [SiteID]) async throws -> ServiceAnswer {
                try await clerk.send(.post, "/api/v1/api-keys", Company.keyBody(roles, sites))
            }
            #expect(try await make(["admin"], [site])["code"] == "role_exceeds_granter")
            #expect(try await make(["clerk"], [.sample(31)])["code"] == "permission_too_narrow")
            #expect(try await make(["nonsense"], [site])["code"] == "unknown_role")
            #expect(try await make(["clerk"], [site]).status == .created)
            // A key of the whole tenant is not theirs to revoke.
            let (_, answer) = try await company.machine(["viewer"])
            let refused = try await clerk.send(.delete, "/api/v1/api-keys/\(try #require(answer["id"]))")
            #expect(refused.status == .forbidden)
        }
    }

    @Test func aKeyEndsInTimeAndATenantHasABoundedNumber() async throws {
        try await withCompany { company in
            for expiresAt in [Date() - 1, Date() + APIKey.longestLife + 60] {
                let refused = try await company.admin.send(
                    .post,
                    "/api/v1/api-keys",
                    Company.keyBody(["viewer"], [], expiresAt: expiresAt)
                )
                #expect((refused.status, refused.wrongFields) == (.badRequest, ["expiresAt"]))
            }
            let keys = APIKeys(database: company.database)
            let act = Act(service: "auth", tenant: company.tenant, time: .noon)
            try await company.database.transaction(for: act) { tx in
                for _ in 0..<APIKey.most {
                    try await keys.create(.sample(.new(), of: company.tenant), hash: [1], by: act, tx)
                }
            }
            let full = try await company.admin.send(.post, "/api/v1/api-keys", Company.keyBody(["viewer"], []))
            #expect((full.status, full["code"]) == (.conflict, "too_many_api_keys"))
            // Expired ones are listed for a month, and then deleted everywhere.
            let end = APIKey.sample(.new()).expiresAt
            #expect(try await keys.prune(at: end + 29 * 86_400) == 0)
            while try await keys.prune(at: end + 31 * 86_400) > 0 {}
            #expect(try await company.admin.send(.get, "/api/v1/api-keys").items.isEmpty)
            #expect(
                try await company.database.count(
                    "SELECT count(*) FROM outbox WHERE topic = 'auth.api-keys' AND value IS NULL"
                ) == APIKey.most
            )
        }
    }

    @Test func theLastUseIsNoted() async throws {
        try await withCompany { company in
            let (_, answer) = try await company.machine(["viewer"])
            let id = try #require(answer["id"].flatMap { UserID($0) })
            let consumer = APIKeyConsumer(keys: APIKeys(database: company.database))
            for time in [Date.noon + 60, .noon] {
                let use = APIKeyUsed(id: id, tenant: company.tenant, at: time)
                try await company.database.handle(use, of: company.tenant, by: consumer.handle)
            }
            let listed = try #require(try await company.admin.send(.get, "/api/v1/api-keys").items.first)
            #expect(listed["lastUsedAt"] as? String == "2026-06-01T12:01:00.000Z")
        }
    }
}

extension APIKey {
    static func sample(_ id: UserID, of tenant: TenantID = .sunfield) -> APIKey {
        APIKey(
            id: id,
            tenant: tenant,
            name: "SCADA",
            roles: ["viewer"],
            sites: [],
            assets: [],
            createdBy: .anna,
            createdAt: .noon,
            expiresAt: .noon + 3600
        )
    }
}

extension Company {
    static func keyBody(_ roles: [String], _ sites: [SiteID], expiresAt: Date = Date() + 3600) -> [String: Any] {
        [
            "name": "SCADA", "roles": roles, "siteIds": sites.map { "\($0)" },
            "expiresAt": expiresAt.formatted(.iso8601),
        ]
    }

    /// A machine of the tenant with its key.
    fileprivate func machine(_ roles: [String]) async throws -> (ServiceClient, ServiceAnswer) {
        let answer = try await admin.send(.post, "/api/v1/api-keys", Self.keyBody(roles, []))
        var machine = anonymous
        machine.token = try #require(answer["key"], "\(answer.text)")
        try await learn()
        return (machine, answer)
    }
}
