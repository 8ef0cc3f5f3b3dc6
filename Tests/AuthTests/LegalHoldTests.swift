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

/// What must not be deleted is held, and released, over HTTP.
@Suite struct LegalHoldTests {
    @Test func aHoldIsPlacedListedAndReleasedOnce() async throws {
        try await withCompany { company in
            let placed = try await company.admin.send(.post, "/api/v1/legal-holds", ["reason": "Case 2026-113"])
            let id = try #require(placed["id"])
            #expect(placed.status == .created && placed.object["everyTenant"] as? Bool == false)
            let listed = try #require(try await company.admin.send(.get, "/api/v1/legal-holds").items.first)
            #expect(listed["id"] as? String == id && listed["releasedAt"] == nil)
            let path = "/api/v1/legal-holds/\(id)/release"
            let released = try await company.admin.send(.post, path, ["reason": "The case is closed"])
            #expect((released.status, released["releaseReason"]) == (.ok, "The case is closed"))
            let again = try await company.admin.send(.post, path, ["reason": "Once more"])
            #expect((again.status, again["code"]) == (.conflict, "legal_hold_released"))
            let list = try await company.admin.send(.get, "/api/v1/legal-holds").items
            #expect(list.count == 1 && list[0]["releasedAt"] is String)
            let entries = try await company.database.outbox(of: AuditRecorded.self).filter {
                $0.resourceType == "legal-hold"
            }
            #expect(entries.map(\.action) == ["LEGAL_HOLD_CREATED", "LEGAL_HOLD_RELEASED"])
            #expect(entries.allSatisfy { $0.resourceID == id && $0.changes?.contains("ase") == true })
            let strange = try await company.admin.send(.post, "/api/v1/legal-holds/\(UUID())/release", ["reason": "x"])
            #expect(strange.status == .notFound)
            let blank = try await company.admin.send(.post, "/api/v1/legal-holds", ["reason": " "])
            #expect(blank.wrongFields == ["reason"])
        }
    }

    @Test(arguments: [false, true]) func nobodyIsErasedWhileAHoldCoversTheTenant(_ everyTenant: Bool) async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let hold = try await company.admin.send(
                .post,
                "/api/v1/legal-holds",
                ["reason": "Case 2026-113", "everyTenant": everyTenant]
            )
            let path = "/api/v1/users/\(tina.id)/erase"
            let refused = try await company.admin.send(.post, path, [:])
            #expect((refused.status, refused["code"]) == (.conflict, "legal_hold"))
            let id = try #require(hold["id"])
            _ = try await company.admin.send(.post, "/api/v1/legal-holds/\(id)/release", ["reason": "closed"])
            #expect(try await company.admin.send(.post, path, [:]).status == .ok)
        }
    }

    @Test func aHoldOfEveryTenantIsForThoseWhoRunTheInstallation() async throws {
        try await withCompany { company in
            let grants = [Grant(.legalHoldRead), Grant(.legalHoldManage)]
            let officer = try await company.staff("officer", grants)
            let refused = try await officer.send(
                .post,
                "/api/v1/legal-holds",
                ["reason": "Case", "everyTenant": true]
            )
            #expect((refused.status, refused["permission"]) == (.forbidden, "platform:manage"))
            let hold = try await company.admin.send(
                .post,
                "/api/v1/legal-holds",
                ["reason": "Case", "everyTenant": true]
            )
            let id = try #require(hold["id"])
            // Everybody sees what holds their entries, and only those above the tenants release it.
            #expect(try await officer.send(.get, "/api/v1/legal-holds").items.first?["everyTenant"] as? Bool == true)
            let foreign = try await company.anonymous.acting(as: .bo, of: .windward)
            #expect(try await foreign.send(.get, "/api/v1/legal-holds").items.count == 1)
            let kept = try await officer.send(.post, "/api/v1/legal-holds/\(id)/release", ["reason": "closed"])
            #expect((kept.status, kept["permission"]) == (.forbidden, "platform:manage"))
            // A tenant's own hold is nobody else's business.
            _ = try await officer.send(.post, "/api/v1/legal-holds", ["reason": "Case 2"])
            #expect(try await foreign.send(.get, "/api/v1/legal-holds").items.count == 1)
            let reader = try await company.staff("reader", [Grant(.legalHoldRead)])
            #expect(try await reader.send(.post, "/api/v1/legal-holds", ["reason": "Case"]).status == .forbidden)
            let local = try await company.staff("local", grants.map { Grant($0.permission, .sites) })
            #expect(try await local.send(.post, "/api/v1/legal-holds", ["reason": "Case"]).status == .forbidden)
            #expect(try await local.send(.get, "/api/v1/legal-holds").status == .forbidden)
        }
    }

    @Test func holdsAreBounded() async throws {
        try await withCompany { company in
            try await company.database.owner.execute(
                """
                INSERT INTO legal_holds (id, tenant_id, reason, placed_at)
                SELECT gen_random_uuid(), \(company.tenant), 'Case ' || n, now() FROM generate_series(1, 100) n
                """
            )
            let refused = try await company.admin.send(.post, "/api/v1/legal-holds", ["reason": "One more"])
            #expect((refused.status, refused["code"]) == (.conflict, "too_many_legal_holds"))
        }
    }
}
