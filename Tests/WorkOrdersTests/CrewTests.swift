import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// Who works together, and what is given to them.
@Suite struct CrewTests {
    /// Carla leads, and Anna is in it.
    static func crew(_ site: LaborSite, _ code: String = "NIGHT-1", _ members: [UserID] = [.carla, .anna]) async throws
        -> String
    {
        let created = try await site.client.send(
            .post,
            "/api/v1/crews",
            [
                "siteId": AssetReplica.inverter.site.description, "code": code, "name": "Night shift",
                "members": members.enumerated().map {
                    ["userId": $1.description, "role": $0 == 0 ? "lead" : "technician"]
                },
            ]
        )
        return try #require(created["id"], "\(created.text)")
    }

    private func acting(as user: UserID, _ grants: [Grant], _ site: LaborSite) async throws -> ServiceClient {
        site.client.authority.grant("narrow", grants)
        return try await site.client.acting(as: user, of: .sunfield, roles: ["narrow"])
    }

    @Test func aCrewHasALeaderAndNotTooManyMembers() async throws {
        try await withLabor { site in
            let member = ["userId": UserID.anna.description]
            let base: [String: Any] = [
                "siteId": AssetReplica.inverter.site.description, "code": "A", "name": "Alpha",
            ]
            for (change, code, field) in [
                (["members": [Any]()], "invalid_fields", "members"),
                (["members": [member]], "crew_leader_missing", "members"),
                (["members": [member, member]], "invalid_fields", "members"),
                (
                    ["members": [["userId": UserID.dan.description, "role": "lead"]]], "unknown_person",
                    "members[0].userId"
                ),
                (["members": [member], "supervisorId": UserID.dan.description], "unknown_person", "supervisorId"),
                (
                    ["members": [member, ["userId": UserID.bo.description, "role": "lead"]], "maxMembers": 1],
                    "crew_full", "members"
                ),
                (
                    [
                        "members": [["userId": UserID.bo.description, "role": "lead"]],
                        "siteId": SiteID.sample(31).description,
                    ], "unknown_site", "siteId"
                ),
            ] as [([String: Any], String, String)] {
                let answer = try await site.client.send(.post, "/api/v1/crews", base.merging(change) { $1 })
                #expect(answer.status == .badRequest, "\(answer.text)")
                #expect((answer["code"], answer.wrongFields) == (code, [field]), "\(answer.text)")
            }
            let body = base.merging(["members": [member], "supervisorId": UserID.bo.description]) { $1 }
            let created = try await site.client.send(.post, "/api/v1/crews", body)
            #expect((created.status, created.number("maxMembers")) == (.created, 10), "\(created.text)")
            let taken = try await site.client.send(.post, "/api/v1/crews", body.merging(["code": "a"]) { $1 })
            #expect((taken.status, taken["code"]) == (.conflict, "crew_code_taken"), "\(taken.text)")
            let path = "/api/v1/crews/\(try #require(created["id"]))"
            #expect(try await site.client.send(.get, path)["code"] == "A")
            #expect(try await site.client.all("/api/v1/crews?userId=\(UserID.anna)", limit: 1).count == 1)
            #expect(try await site.client.all("/api/v1/crews?userId=\(UserID.bo)", limit: 1).isEmpty)
            let archived = try await site.client.send(.patch, path, ["isArchived": true], headers: [.ifMatch: "\"1\""])
            #expect(archived.number("version") == 2, "\(archived.text)")
            #expect(try await site.client.all("/api/v1/crews", limit: 10).isEmpty)
            let stale = try await site.client.send(.patch, path, ["name": "Beta"], headers: [.ifMatch: "\"1\""])
            #expect((stale.status, stale["code"]) == (.conflict, "stale_version"))
        }
    }

    /// Whoever is in the crew finds, sees and does its work.
    @Test func workOfACrewIsEverybodysInIt() async throws {
        try await withLabor { site in
            let crew = try await Self.crew(site)
            let path = try await site.order()
            let given = try await site.client.send(.post, "\(path)/transitions/assign", ["crewId": crew])
            // It was Anna's: the move says all.
            #expect(given["crewId"] == crew && given["assignedTo"] == nil, "\(given.text)")
            #expect(given.object["crewMembers"] as? [String] == [UserID.carla, .anna].map(\.description))
            let assigned = try #require(try await site.database.outbox(of: WorkOrderAssigned.self).last)
            // Anna had it already.
            #expect(assigned.assignedTo == .carla && assigned.crew?.description == crew)
            let grants = [Grant(.workOrderRead, .assigned), Grant(.workOrderExecute, .assigned)]
            let carla = try await acting(as: .carla, grants, site)
            #expect(try await carla.all("/api/v1/workorders", limit: 5).count == 1)
            #expect(try await carla.all("/api/v1/workorders?assignedTo=\(UserID.carla)", limit: 5).count == 1)
            #expect(try await site.client.all("/api/v1/workorders?crewId=\(crew)", limit: 5).count == 1)
            #expect(try await site.client.all("/api/v1/workorders?unassigned=true", limit: 5).isEmpty)
            let bo = try await acting(as: .bo, grants, site)
            #expect(try await bo.send(.get, path).status == .notFound)
            let started = try await carla.send(.post, "\(path)/transitions/start")
            #expect(started["phase"] == "in_progress", "\(started.text)")
            // Everybody in it has worked on it: none of them verifies it. Carla's clock runs.
            #expect(
                Set(started.object["workedBy"] as? [String] ?? []) == Set([UserID.carla, .anna].map(\.description))
            )
            let entries = try await site.entries(path)
            #expect(entries.map { $0["userId"] as? String } == [UserID.carla.description])
        }
    }

    @Test func theMoveSaysWhoDoesIt() async throws {
        try await withLabor { site in
            let crew = try await Self.crew(site)
            let path = try await site.order()
            #expect(try await site.client.send(.patch, path, ["assignedTo": NSNull()]).status == .ok)
            let schedule = ["scheduledStart": "2026-06-02T08:00:00Z"]
            #expect(try await site.client.send(.post, "\(path)/transitions/schedule", schedule)["phase"] == "scheduled")
            let nobody = try await site.client.send(.post, "\(path)/transitions/assign")
            #expect((nobody.status, nobody["code"]) == (.badRequest, "not_assigned"), "\(nobody.text)")
            let move = ["crewId": crew, "assignedTo": UserID.bo.description]
            let assigned = try await site.client.send(.post, "\(path)/transitions/assign", move)
            #expect((assigned["phase"], assigned["crewId"]) == ("assigned", crew), "\(assigned.text)")
            #expect(assigned["assignedTo"] == UserID.bo.description)
            let unknown = try await site.client.send(.patch, path, ["crewId": CrewID.new().description])
            #expect((unknown.status, unknown["code"]) == (.badRequest, "unknown_crew"), "\(unknown.text)")
            let created = try await site.client.send(
                .post,
                "/api/v1/workorders",
                [
                    "assetId": AssetReplica.inverter.id.description, "title": "Both", "type": "corrective",
                    "priority": "high", "crewId": crew,
                ]
            )
            #expect((created.status, created["crewId"]) == (.created, crew), "\(created.text)")
        }
    }

    @Test func unfinishedWorkFollowsTheCrew() async throws {
        try await withLabor { site in
            let crew = try await Self.crew(site)
            let (open, done) = (try await site.order(), try await site.order())
            for order in [open, done] {
                #expect(try await site.client.send(.patch, order, ["crewId": crew]).status == .ok)
            }
            for move in ["start", "complete"] { try await site.move(done, move) }
            let before = try #require(try await site.client.send(.get, open).number("version"))
            let path = "/api/v1/crews/\(crew)"
            let archived = try await site.client.send(.patch, path, ["isArchived": true])
            #expect((archived.status, archived["code"]) == (.conflict, "crew_has_work"), "\(archived.text)")
            let changed = try await site.client.send(
                .patch,
                path,
                ["members": [["userId": UserID.bo.description, "role": "lead"]]]
            )
            #expect(changed.status == .ok, "\(changed.text)")
            let after = try await site.client.send(.get, open)
            #expect(after.object["crewMembers"] as? [String] == [UserID.bo.description])
            #expect(after.number("version") == before + 1)
            let state = try #require(try await site.database.outbox(of: WorkOrderState.self).last)
            #expect(state.crewMembers == [.bo])
            let told = try #require(try await site.database.outbox(of: WorkOrderAssigned.self).last)
            #expect(told.assignedTo == .bo)
            // What was done stays theirs who have done it.
            let finished = try await site.client.send(.get, done)
            #expect(finished.object["crewMembers"] as? [String] == [UserID.carla, .anna].map(\.description))
            let carla = try await acting(as: .carla, [Grant(.workOrderRead, .assigned)], site)
            #expect(try await carla.send(.get, done).status == .ok)
            #expect(try await carla.send(.get, open).status == .notFound)
            // A change of something else leaves the work alone.
            #expect(try await site.client.send(.patch, path, ["name": "Night"]).status == .ok)
            #expect(try await site.client.send(.get, open).number("version") == before + 1)
        }
    }

    @Test func aCrewWithTooMuchWorkStaysAsItIs() async throws {
        try await withLabor { site in
            let crew = try #require(CrewID(try await Self.crew(site)))
            let path = try await site.order()
            #expect(try await site.client.send(.patch, path, ["crewId": crew.description]).status == .ok)
            try await site.database.of(.sunfield).execute(
                """
                INSERT INTO work_orders (id, tenant_id, number, title, type, priority, status, site_id, asset_id, crew_id,
                    crew_members, origin, created_at, updated_at, version)
                SELECT gen_random_uuid(), tenant_id, 'X-' || n, title, type, priority, 'draft', site_id, asset_id, crew_id,
                    crew_members, 'person', created_at, updated_at, 1
                FROM work_orders, generate_series(1, 500) n
                """
            )
            let changed = try await site.client.send(
                .patch,
                "/api/v1/crews/\(crew)",
                ["members": [["userId": UserID.bo.description, "role": "lead"]]]
            )
            #expect((changed.status, changed["code"]) == (.conflict, "crew_has_too_much_work"), "\(changed.text)")
        }
    }

    /// For each skill somebody of the crew is enough.
    @Test func theCrewTogetherIsQualified() async throws {
        try await withLabor { site in
            try await CertificateTests.setSkills(site)
            let crew = try await Self.crew(site)
            let path = try await site.order()
            let need = try await site.client.send(
                .patch,
                path,
                ["requiredSkills": ["high voltage"], "assignedTo": NSNull()]
            )
            #expect(need.status == .ok, "\(need.text)")
            let refused = try await site.client.send(.patch, path, ["crewId": crew])
            #expect((refused.status, refused["code"]) == (.conflict, "crew_not_qualified"), "\(refused.text)")
            #expect(refused.parameters == ["skill": "high voltage"])
            #expect((refused.object["errors"] as? [Any])?.count == 2)
            try await CertificateTests.add(.anna, until: nil, site)
            #expect(try await site.client.send(.patch, path, ["crewId": crew]).status == .ok)
        }
    }

    /// A technician sees the crews that they are in; a supervisor those of their sites.
    @Test func grantsCountByPlaceAndMembership() async throws {
        try await withLabor { site in
            let crew = try await Self.crew(site)
            let path = "/api/v1/crews/\(crew)"
            let carla = try await acting(as: .carla, [Grant(.scheduleRead, .assigned)], site)
            #expect(try await carla.send(.get, path).status == .ok)
            #expect(try await carla.send(.patch, path, ["name": "Hers"]).status == .forbidden)
            site.client.authority.place(.bo, of: .sunfield, Membership(sites: [.sample(31)]))
            let bo = try await acting(as: .bo, [Grant(.scheduleRead, .sites), Grant(.crewManage, .sites)], site)
            #expect(try await bo.send(.get, path).status == .notFound)
            #expect(try await bo.send(.patch, path, ["name": "His"]).status == .notFound)
        }
    }
}
