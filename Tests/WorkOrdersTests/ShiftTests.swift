import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// When people work, and when they don't.
@Suite struct ShiftTests {
    /// Monday to Friday, 8 to 16 in Paris.
    static func shift(_ site: LaborSite, _ change: [String: Any] = [:]) async throws -> String {
        let body: [String: Any] = [
            "siteId": AssetReplica.inverter.site.description, "name": "Early",
            "hours": [
                "days": ["monday", "tuesday", "wednesday", "thursday", "friday"], "from": "08:00", "until": "16:00",
            ] as [String: Any],
        ]
        let created = try await site.client.send(.post, "/api/v1/shifts", body.merging(change) { $1 })
        return "/api/v1/shifts/\(try #require(created["id"], "\(created.text)"))"
    }

    static func put(_ user: UserID, on shift: String, from first: String = "2026-06-01", _ site: LaborSite) async throws
        -> String
    {
        let turn = try await site.client.send(.post, "\(shift)/turns", ["userId": user.description, "first": first])
        return "\(shift)/turns/\(try #require(turn["id"], "\(turn.text)"))"
    }

    private static func timeOff(of user: UserID, _ first: String, _ last: String, _ site: LaborSite) async throws
        -> String
    {
        let client = try await site.client.acting(as: user, of: .sunfield, roles: ["all"])
        let asked = try await client.send(.post, "/api/v1/time-off", ["first": first, "last": last])
        return "/api/v1/time-off/\(try #require(asked["id"], "\(asked.text)"))"
    }

    private static func reasons(_ order: String, _ user: UserID, _ site: LaborSite) async throws -> [String] {
        let found = try await site.client.send(.get, "\(order)/candidates")
        let candidate = found.items.first { $0["userId"] as? String == user.description }
        return (candidate?["reasons"] as? [[String: Any]] ?? []).compactMap { $0["code"] as? String }
    }

    @Test func peopleAndCrewsAreOnShifts() async throws {
        try await withLabor { site in
            let shift = try await Self.shift(site)
            let crew = try await CrewTests.crew(site)
            let turn = try await Self.put(.bo, on: shift, site)
            let both = try await site.client.send(
                .post,
                "\(shift)/turns",
                ["userId": UserID.bo.description, "crewId": crew, "first": "2026-06-01"]
            )
            #expect((both.status, both.wrongFields) == (.badRequest, ["userId"]), "\(both.text)")
            let ended = try await site.client.send(.patch, turn, ["last": "2026-06-30"])
            #expect(ended["last"] == "2026-06-30", "\(ended.text)")
            let reversed = try await site.client.send(.patch, turn, ["last": "2026-05-30"])
            #expect((reversed.status, reversed.wrongFields) == (.badRequest, ["last"]))
            let whole = try await site.client.send(.post, "\(shift)/turns", ["crewId": crew, "first": "2026-06-01"])
            #expect(whole.status == .created, "\(whole.text)")
            #expect(try await site.client.send(.get, "\(shift)/turns").items.count == 2)
            #expect(try await site.client.send(.delete, turn).status == .noContent)
            #expect(try await site.client.send(.delete, turn).status == .notFound)
            #expect(try await site.client.send(.get, "\(shift)/turns").items.count == 1)
            let changed = try await site.client.send(.patch, shift, ["isArchived": true], headers: [.ifMatch: "\"1\""])
            #expect(changed.number("version") == 2, "\(changed.text)")
            let late = try await site.client.send(.post, "\(shift)/turns", ["crewId": crew, "first": "2026-06-01"])
            #expect((late.status, late["code"]) == (.conflict, "shift_archived"))
            #expect(try await site.client.all("/api/v1/shifts", limit: 10).isEmpty)
        }
    }

    /// What is outside of shifts, next to other work or too much is warned of, and possible.
    @Test func candidatesAreWarnedOf() async throws {
        try await withLabor { site in
            let shift = try await Self.shift(site)
            _ = try await Self.put(.anna, on: shift, site)
            let first = try await site.order()
            // 8 to 16 in Paris, then 16 to 18.
            for (order, start, end) in [
                (first, "2026-06-02T06:00:00Z", "2026-06-02T14:00:00Z"),
                (try await site.order(), "2026-06-02T12:00:00Z", "2026-06-02T16:00:00Z"),
            ] {
                let planned = ["scheduledStart": start, "scheduledEnd": end]
                #expect(try await site.client.send(.post, "\(order)/transitions/schedule", planned).status == .ok)
            }
            #expect(try await Self.reasons(first, .anna, site) == ["double_booked"])
            #expect(try await Self.reasons(first, .bo, site) == [])
            let long = ["scheduledStart": "2026-06-03T06:00:00Z", "scheduledEnd": "2026-06-06T06:00:00Z"]
            let other = try await site.order()
            let planned = try await site.client.send(.post, "\(other)/transitions/schedule", long)
            #expect(planned.status == .ok, "\(planned.text)")
            // 24 of her hours, and 12 of the others: 40 are hers in the week.
            #expect(try await Self.reasons(other, .anna, site) == [])
            let more = try await site.order()
            let evening = ["scheduledStart": "2026-06-01T14:00:00Z", "scheduledEnd": "2026-06-01T19:00:00Z"]
            #expect(try await site.client.send(.post, "\(more)/transitions/schedule", evening).status == .ok)
            #expect(try await Self.reasons(more, .anna, site) == ["outside_shift", "overloaded"])
        }
    }

    @Test func timeOffIsAskedForAndDecidedByOthers() async throws {
        try await withLabor { site in
            let path = try await Self.timeOff(of: .anna, "2026-06-08", "2026-06-12", site)
            let own = try await site.client.send(.post, "\(path)/approval")
            #expect((own.status, own["code"]) == (.forbidden, "decides_own_time_off"), "\(own.text)")
            let again = try await site.client.send(
                .post,
                "/api/v1/time-off",
                ["first": "2026-06-12", "last": "2026-06-12"]
            )
            #expect((again.status, again["code"]) == (.conflict, "time_off_overlaps"), "\(again.text)")
            let carla = try await site.client.acting(as: .carla, of: .sunfield, roles: ["all"])
            let approved = try await carla.send(.post, "\(path)/approval", headers: [.ifMatch: "\"1\""])
            #expect(
                (approved["status"], approved["decidedBy"]) == ("approved", UserID.carla.description),
                "\(approved.text)"
            )
            let refused = try await carla.send(.post, "\(path)/refusal", ["reason": "No"])
            #expect((refused.status, refused["code"]) == (.conflict, "time_off_decided"))
            // Anna can't be given work for then, and can't begin then.
            let order = try await site.order()
            let schedule = ["scheduledStart": "2026-06-12T20:00:00Z", "scheduledEnd": "2026-06-12T21:00:00Z"]
            let planned = try await site.client.send(.post, "\(order)/transitions/schedule", schedule)
            #expect((planned.status, planned["code"]) == (.conflict, "assignee_not_eligible"), "\(planned.text)")
            #expect(planned["detail"]?.contains("is off from 2026-06-08 to 2026-06-12") == true)
            site.clock.set(.noon + 7 * 86_400)
            #expect(try await site.client.send(.post, "\(order)/transitions/start").status == .conflict)
            let stranger = try await carla.send(.post, "\(path)/withdrawal")
            #expect(stranger.status == .forbidden, "\(stranger.text)")
            let withdrawn = try await site.client.send(.post, "\(path)/withdrawal")
            #expect(withdrawn["status"] == "withdrawn", "\(withdrawn.text)")
            #expect(try await site.client.send(.post, "\(order)/transitions/start").status == .ok)
        }
    }

    @Test func everybodySeesTheirOwnAndWhatTheyDecide() async throws {
        try await withLabor { site in
            let annas = try await Self.timeOff(of: .anna, "2026-06-08", "2026-06-09", site)
            _ = try await Self.timeOff(of: .bo, "2026-06-10", "2026-06-11", site)
            site.client.authority.grant("asking", [Grant(.timeOffRequest, .own)])
            site.client.authority.grant("deciding", [Grant(.timeOffApprove, .team), Grant(.timeOffRequest, .tenant)])
            site.client.authority.place(.carla, of: .sunfield, Membership(team: .sample(60)))
            try await site.database.of(.sunfield).execute(
                "UPDATE users SET team_id = \(TeamID.sample(60)) WHERE id = \(UserID.bo)"
            )
            func seen(_ user: UserID, _ role: String) async throws -> [String?] {
                let client = try await site.client.acting(as: user, of: .sunfield, roles: [role])
                return try await client.all("/api/v1/time-off", limit: 1).map { $0["first"] as? String }
            }
            #expect(try await seen(.anna, "asking") == ["2026-06-08"])
            #expect(try await seen(.carla, "deciding") == ["2026-06-10"])
            #expect(try await seen(.carla, "asking") == [])
            let carla = try await site.client.acting(as: .carla, of: .sunfield, roles: ["deciding"])
            #expect(try await carla.send(.post, "\(annas)/approval").status == .notFound)
            let anna = try await site.client.acting(as: .anna, of: .sunfield, roles: ["asking"])
            #expect(try await anna.send(.post, "\(annas)/approval").status == .forbidden)
        }
    }

    @Test func whatIsNotPossibleIsNamed() async throws {
        try await withLabor { site in
            for (body, field) in [
                (["first": "2026-06-09", "last": "2026-06-08"], "last"),
                (["first": "x", "last": "2026-06-08"], "first"),
                (["first": "2026-01-01", "last": "2027-06-08"], "last"),
            ] {
                let answer = try await site.client.send(.post, "/api/v1/time-off", body)
                #expect((answer.status, answer.wrongFields) == (.badRequest, [field]), "\(answer.text)")
            }
            let site31 = ["siteId": SiteID.sample(31).description]
            let body: [String: Any] = [
                "name": "X", "hours": ["days": ["monday"], "from": "08:00", "until": "09:00"] as [String: Any],
            ]
            let unknown = try await site.client.send(.post, "/api/v1/shifts", body.merging(site31) { $1 })
            #expect((unknown.status, unknown["code"]) == (.badRequest, "unknown_site"), "\(unknown.text)")
        }
    }
}
