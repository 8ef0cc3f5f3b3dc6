import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// What is planned, who is there, and how much everybody has to do.
@Suite struct ScheduleTests {
    /// Anna and Carla belong to the site.
    private func withSchedule(_ body: @escaping @Sendable (LaborSite) async throws -> Void) async throws {
        try await withLabor { site in
            let store = WorkOrderStore(database: site.database)
            try await site.database.of(.sunfield).transaction { tx in
                for (user, name) in [(UserID.anna, "Anna"), (.carla, "Carla")] {
                    var state = UserState.sample(user, of: .sunfield, roles: [])
                    (state.sites, state.displayName, state.version) = ([AssetReplica.inverter.site], name, 2)
                    try await store.put(state, tx)
                }
            }
            try await body(site)
        }
    }

    private func plan(_ start: String, _ end: String, _ site: LaborSite) async throws -> String {
        let path = try await site.order()
        let planned = try await site.client.send(
            .post,
            "\(path)/transitions/schedule",
            ["scheduledStart": start, "scheduledEnd": end]
        )
        return try #require(planned["number"], "\(planned.text)")
    }

    private static let path = "/api/v1/schedule?from=2026-06-01T00:00:00Z&to=2026-06-08T00:00:00Z"

    @Test func whatIsPlannedComesWithItsPeopleAndConflicts() async throws {
        try await withSchedule { site in
            let shift = try await ShiftTests.shift(site)
            _ = try await ShiftTests.put(.anna, on: shift, from: "2026-06-05", site)
            let first = try await plan("2026-06-02T06:00:00Z", "2026-06-02T10:00:00Z", site)
            let second = try await plan("2026-06-02T09:00:00Z", "2026-06-02T11:00:00Z", site)
            _ = try await plan("2026-06-08T00:00:00Z", "2026-06-08T01:00:00Z", site)
            let schedule = try await site.client.send(.get, "\(Self.path)&siteId=\(AssetReplica.inverter.site)")
            #expect(schedule.items.map { $0["number"] as? String } == [first, second], "\(schedule.text)")
            let conflicts = schedule.items.map { ($0["conflicts"] as? [[String: Any]])?.first?["number"] as? String }
            #expect(conflicts == [second, first])
            let people = schedule.object["people"] as? [[String: Any]] ?? []
            #expect(people.map { $0["name"] as? String } == ["Anna", "Carla"])
            // Friday, 8 to 16 in Paris.
            let hours = people.first?["shifts"] as? [[String: Any]] ?? []
            #expect(hours.map { $0["start"] as? String } == ["2026-06-05T06:00:00.000Z"])
            #expect(hours.map { $0["end"] as? String } == ["2026-06-05T14:00:00.000Z"])
            // Without a site, only those who have something to do.
            let all = try await site.client.send(.get, Self.path)
            #expect((all.object["people"] as? [Any])?.count == 1)
            let carlas = try await site.client.send(.get, "\(Self.path)&assignedTo=\(UserID.carla)")
            #expect(carlas.items.isEmpty)
        }
    }

    @Test func workloadIsPlannedHoursOfThoseThatAreThere() async throws {
        try await withSchedule { site in
            let shift = try await ShiftTests.shift(site)
            _ = try await ShiftTests.put(.anna, on: shift, site)
            _ = try await plan("2026-06-02T06:00:00Z", "2026-06-02T10:00:00Z", site)
            // From Thursday to the next Tuesday: two of her days are in the week.
            _ = try await plan("2026-06-04T06:00:00Z", "2026-06-09T14:00:00Z", site)
            let carla = try await site.client.acting(as: .carla, of: .sunfield, roles: ["all"])
            let asked = try await site.client.send(
                .post,
                "/api/v1/time-off",
                ["first": "2026-06-01", "last": "2026-06-01"]
            )
            let approved = try await carla.send(.post, "/api/v1/time-off/\(try #require(asked["id"]))/approval")
            #expect(approved.status == .ok, "\(approved.text)")
            let path = "/api/v1/schedule/workload?week=2026-06-03&siteId=\(AssetReplica.inverter.site)"
            let load = try await site.client.send(.get, path)
            #expect(load["week"] == "2026-06-01", "\(load.text)")
            #expect(load.items.map { $0["name"] as? String } == ["Anna", "Carla"])
            #expect(load.items.map { $0["plannedMinutes"] as? Int } == [20 * 60, 0])
            #expect(load.items.map { $0["availableMinutes"] as? Int } == [32 * 60, nil])
            #expect(load.items.map { $0["percent"] as? Int } == [63, nil])
        }
    }

    @Test func grantsCountByPlaceAndPerson() async throws {
        try await withSchedule { site in
            _ = try await plan("2026-06-02T06:00:00Z", "2026-06-02T10:00:00Z", site)
            let authority = site.client.authority
            authority.grant("assigned", [Grant(.scheduleRead, .assigned)])
            authority.grant("sites", [Grant(.scheduleRead, .sites), Grant(.utilizationRead, .sites)])
            func count(_ user: UserID, _ role: String, _ path: String) async throws -> Int {
                let client = try await site.client.acting(as: user, of: .sunfield, roles: [role])
                return try await client.send(.get, path).items.count
            }
            #expect(try await count(.anna, "assigned", Self.path) == 1)
            #expect(try await count(.carla, "assigned", Self.path) == 0)
            let workload = "/api/v1/schedule/workload?week=2026-06-03&siteId=\(AssetReplica.inverter.site)"
            authority.place(.bo, of: .sunfield, Membership(sites: [.sample(31)]))
            #expect(try await count(.bo, "sites", workload) == 0)
            authority.place(.bo, of: .sunfield, Membership(sites: [AssetReplica.inverter.site]))
            #expect(try await count(.bo, "sites", workload) == 2)
            #expect(try await count(.bo, "sites", Self.path) == 1)
        }
    }

    @Test func aScheduleHasAtMostTwoMonths() async throws {
        try await withSchedule { site in
            let long = try await site.client.send(
                .get,
                "/api/v1/schedule?from=2026-06-01T00:00:00Z&to=2026-08-02T00:00:01Z"
            )
            #expect((long.status, long.wrongFields) == (.badRequest, ["to"]), "\(long.text)")
            let reversed = try await site.client.send(
                .get,
                "/api/v1/schedule?from=2026-06-01T00:00:00Z&to=2026-05-02T00:00:00Z"
            )
            #expect((reversed.status, reversed.wrongFields) == (.badRequest, ["to"]))
        }
    }
}
