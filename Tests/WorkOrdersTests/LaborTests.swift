import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import WorkOrders

/// The hours of those who do the work, over HTTP and by the moves of work orders.
@Suite struct LaborTests {
    // MARK: - Clocks

    @Test func theClockFollowsWhoDoesTheWork() async throws {
        try await withLabor { site in
            let order = try await site.order()
            let moments = [("start", 0), ("pause", 3600), ("resume", 7200), ("complete", 9000)]
            for (move, offset) in moments {
                site.clock.set(.noon + Double(offset))
                try await site.move(order, move)
            }
            let entries = try await site.entries(order)
            #expect(
                entries.map { $0["startedAt"] as? String } == ["2026-06-01T12:00:00.000Z", "2026-06-01T14:00:00.000Z"]
            )
            #expect(
                entries.map { $0["endedAt"] as? String } == ["2026-06-01T13:00:00.000Z", "2026-06-01T14:30:00.000Z"]
            )
            #expect(entries.allSatisfy { $0["userId"] as? String == UserID.anna.description })
            let actions = try await site.database.outbox(of: AuditRecorded.self).filter { $0.resourceType == "labor" }
            #expect(actions.map(\.action) == ["LABOR_CREATED", "LABOR_STOPPED", "LABOR_CREATED", "LABOR_STOPPED"])
        }
    }

    @Test func whoLetsOthersDoTheWorkHasNoClock() async throws {
        try await withLabor { site in
            let order = try await site.order()
            let bo = try await site.client.acting(as: .bo, of: .sunfield, roles: ["all"])
            let started = try await bo.send(.post, "\(order)/transitions/start")
            #expect(started.status == .ok)
            #expect(try await site.entries(order).isEmpty)
        }
    }

    @Test func cancellingStopsEverybodysClock() async throws {
        try await withLabor { site in
            let order = try await site.order()
            try await site.move(order, "start")
            let other = try await site.client.send(.post, "\(order)/labor", ["userId": UserID.carla.description])
            #expect(other.status == .created, "\(other.text)")
            site.clock.set(.noon + 600)
            try await site.move(order, "cancel")
            let entries = try await site.entries(order)
            #expect(entries.count == 2)
            #expect(entries.allSatisfy { $0["regularSeconds"] as? Int == 600 })
        }
    }

    @Test func aClockThatRunsElsewhereIsNamed() async throws {
        try await withLabor { site in
            let (first, second) = (try await site.order(), try await site.order())
            try await site.move(first, "start")
            // The work begins all the same, and the clock stays where it is.
            try await site.move(second, "start")
            #expect(try await site.entries(second).isEmpty)
            let refused = try await site.client.send(.post, "\(second)/labor", [:])
            let number = try #require(try await site.client.send(.get, first)["number"])
            #expect((refused.status, refused["code"]) == (.conflict, "clock_running"), "\(refused.text)")
            #expect(refused.parameters == ["number": number])
        }
    }

    @Test func aClockThatWasForgottenEndsAfterADay() async throws {
        try await withLabor { site in
            let order = try await site.order()
            try await site.move(order, "start")
            site.clock.set(.noon + 3 * 86_400)
            try await site.move(order, "complete")
            let entry = try #require(try await site.entries(order).first)
            #expect(entry["endedAt"] as? String == "2026-06-02T12:00:00.000Z")
        }
    }

    @Test func aClockRunsOnlyWhileWorkIsInProgress() async throws {
        try await withLabor { site in
            let order = try await site.order()
            let early = try await site.client.send(.post, "\(order)/labor", [:])
            #expect((early.status, early["code"]) == (.badRequest, "fields_fixed"), "\(early.text)")
            try await site.move(order, "start")
            try await site.move(order, "pause")
            let paused = try await site.client.send(.post, "\(order)/labor", [:])
            #expect((paused.status, paused["code"]) == (.conflict, "not_in_progress"), "\(paused.text)")
            // What was done before is written down all the same.
            #expect(try await site.record(order, -7200, -3600).status == .created)
            try await site.move(order, "resume")
            let entry = try #require(try await site.entries(order).last?["id"] as? String)
            site.clock.set(.noon + 60)
            let stopped = try await site.client.send(.post, "\(order)/labor/\(entry)/stop", ["note": "Done"])
            #expect((stopped.status, stopped["note"]) == (.ok, "Done"))
            let again = try await site.client.send(.post, "\(order)/labor/\(entry)/stop")
            #expect((again.status, again["code"]) == (.conflict, "clock_stopped"))
        }
    }

    /// What was done on a device counts from when it was done.
    @Test func aClockStartsWhenADeviceSaysSo() async throws {
        try await withLabor { site in
            let order = try await site.order()
            let consumer = SyncConsumer(
                store: WorkOrderStore(database: site.database),
                authenticator: site.client.authority.authenticator,
                now: { site.clock.now }
            )
            for (move, moment) in [("start", -7200.0), ("pause", -3600)] {
                let change = SyncChangeProposed.moving(order, move, at: .noon + moment)
                try await site.database.handle(change, by: consumer.handle)
                let decided = try #require(try await site.database.outbox(of: SyncChangeDecided.self).last)
                #expect(decided.verdict == .accepted, "\(decided.reason ?? "-")")
            }
            let entry = try #require(try await site.entries(order).first)
            #expect(entry["startedAt"] as? String == "2026-06-01T10:00:00.000Z")
            #expect(entry["endedAt"] as? String == "2026-06-01T11:00:00.000Z")
        }
    }

    // MARK: - Writing down

    @Test(
        arguments: [
            (["startedAt": 0, "endedAt": 60], "endedAt", "in_future"), (["startedAt": 60], "startedAt", "in_future"),
            (["startedAt": -90_000, "endedAt": -60], "endedAt", "labor_too_long"),
            (["startedAt": -90_000], "startedAt", "labor_too_long"),
            (["startedAt": -60, "endedAt": -60], "endedAt", "not_after"),
            (["endedAt": -60], "startedAt", "only_with_other"),
            (["startedAt": -3600, "endedAt": -60, "breakMinutes": 60], "breakMinutes", "break_too_long"),
            (["breakMinutes": 60], "breakMinutes", "only_with_other"),
        ] as [([String: Int], String, String)]
    )
    func whatCanNotBeIsRefused(fields: [String: Int], field: String, code: String) async throws {
        try await withLabor { site in
            let order = try await site.order(started: true)
            var body: [String: Any] = [:]
            for (name, value) in fields { body[name] = name == "breakMinutes" ? value : site.text(value) }
            let answer = try await site.client.send(.post, "\(order)/labor", body)
            #expect(answer.status == .badRequest && answer.wrongFields == [field], "\(answer.text)")
            #expect(answer.text.contains("\"\(code)\""), "\(answer.text)")
        }
    }

    @Test func timeOfOnePersonNeverOverlaps() async throws {
        try await withLabor { site in
            let (first, second) = (try await site.order(started: true), try await site.order(started: true))
            #expect(try await site.record(first, -7200, -3600).status == .created)
            for (start, end) in [(-7200, -3600), (-9000, -7199), (-3601, -60), (-9000, -60), (-5000, -4000)] {
                let answer = try await site.record(second, start, end)
                #expect((answer.status, answer["code"]) == (.conflict, "labor_overlaps"), "\(start): \(answer.text)")
            }
            #expect(try await site.record(second, -9000, -7200).status == .created)
            #expect(try await site.record(second, -3600, -60).status == .created)
            // Other people are elsewhere.
            #expect(try await site.record(second, -7200, -3600, of: .carla).status == .created)
        }
    }

    @Test func twoAtTheSameMomentAreOne() async throws {
        try await withLabor { site in
            var paths: [String] = []
            for _ in 0..<4 { paths.append(try await site.order(started: true)) }
            for round in 0..<5 {
                let offset = -4000 * (round + 1)
                let orders = paths
                let answers = try await withThrowingTaskGroup(of: ServiceAnswer.self) { group in
                    for (index, order) in orders.enumerated() {
                        group.addTask {
                            try await site.record(order, offset + index * 100, offset + 1000 + index * 100)
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.count { $0.status == .created } == 1, "\(answers.map(\.text))")
                #expect(answers.count { $0["code"] == "labor_overlaps" } == 3)
            }
            let clocks = try await withThrowingTaskGroup(of: ServiceAnswer.self) { group in
                for order in paths { group.addTask { try await site.client.send(.post, "\(order)/labor", [:]) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(clocks.count { $0.status == .created } == 1, "\(clocks.map(\.text))")
        }
    }

    @Test func whatWasWrittenDownLaterMakesOvertimeOfTheRest() async throws {
        try await withLabor { site in
            // 5 hours in the afternoon; then 6 in the morning come to light, on another work order.
            site.clock.set(.noon + 18_000)
            let (first, second) = (try await site.order(started: true), try await site.order(started: true))
            let afternoon = try await site.record(first, 0, 18_000)
            #expect(
                (afternoon.object["regularSeconds"] as? Int, afternoon.object["overtimeSeconds"] as? Int) == (18_000, 0)
            )
            let morning = try await site.record(second, -21_600, 0)
            #expect(morning.object["regularSeconds"] as? Int == 21_600, "\(morning.text)")
            var entry = try #require(try await site.entries(first).first { $0["id"] as? String == afternoon["id"] })
            #expect((entry["regularSeconds"] as? Int, entry["overtimeSeconds"] as? Int) == (7200, 10_800))
            let gone = try await site.client.send(
                .post,
                "\(second)/labor/\(morning["id"] ?? "")/removal",
                ["reason": "It was the day before"]
            )
            #expect(gone.status == .ok, "\(gone.text)")
            entry = try #require(try await site.entries(first).first { $0["id"] as? String == afternoon["id"] })
            #expect((entry["regularSeconds"] as? Int, entry["overtimeSeconds"] as? Int) == (18_000, 0))
            #expect(try await site.entries(second).isEmpty)
        }
    }

    @Test func daysAreThoseOfTheSite() async throws {
        try await withLabor { site in
            // At noon of Sunday at Greenwich, Monday begins there.
            try await site.database.of(.sunfield).transaction {
                try await WorkOrderStore(database: site.database).put(SiteState.sample("Pacific/Auckland"), $0)
            }
            let order = try await site.order(started: true)
            let entry = try await site.record(order, -88_200, -84_600)
            #expect(entry.object["weekendSeconds"] as? Int == 1800, "\(entry.text)")
            #expect(entry.object["regularSeconds"] as? Int == 1800)
        }
    }

    @Test func aCorrectionSaysWhyAndKeepsWhatWas() async throws {
        try await withLabor { site in
            let order = try await site.order(started: true)
            let entry = try await site.record(order, -7200, -3600)
            let path = "\(order)/labor/\(try #require(entry["id"]))"
            let unsaid = try await site.client.send(.patch, path, ["breakMinutes": 10])
            #expect((unsaid.status, unsaid.wrongFields) == (.badRequest, ["reason"]))
            let body: [String: Any] = ["breakMinutes": 10, "reason": "Lunch", "version": 1]
            let corrected = try await site.client.send(.patch, path, body)
            #expect(corrected.status == .ok, "\(corrected.text)")
            #expect((corrected.object["corrections"] as? Int, corrected["correctionReason"]) == (1, "Lunch"))
            #expect(corrected.object["regularSeconds"] as? Int == 3000)
            let stale = try await site.client.send(.patch, path, body)
            #expect((stale.status, stale["code"]) == (.conflict, "stale_version"))
            let audit = try #require(try await site.database.outbox(of: AuditRecorded.self).last)
            #expect(audit.action == "LABOR_CORRECTED" && audit.changes?.contains(#""breakMinutes":[0,10]"#) == true)
            // To where somebody else's entry is: their own.
            #expect(try await site.record(order, -10_000, -8000).status == .created)
            let moved = try await site.client.send(.patch, path, ["startedAt": site.text(-9000), "reason": "Earlier"])
            #expect((moved.status, moved["code"]) == (.conflict, "labor_overlaps"))
        }
    }

    @Test func pagesHoldEverything() async throws {
        try await withLabor { site in
            let order = try await site.order(started: true)
            for index in 1...5 {
                #expect(try await site.record(order, -1000 * index, -1000 * index + 500).status == .created)
            }
            let found = try await site.client.all("\(order)/labor", limit: 2)
            let starts = found.compactMap { $0["startedAt"] as? String }
            #expect(starts.count == 5 && starts == starts.sorted())
            let ofCarla = try await site.client.all("\(order)/labor?userId=\(UserID.carla)", limit: 10)
            #expect(ofCarla.isEmpty)
        }
    }

    // MARK: - Who

    /// "Assigned" is enough for one's own hours where the work is assigned to one, and for nobody else's.
    @Test func peopleRecordTheirOwnHours() async throws {
        try await withLabor { site in
            let order = try await site.order(started: true)
            site.client.authority.grant("technician", [Grant(.laborRecord, .assigned), Grant(.workOrderRead)])
            site.client.authority.grant("supervisor", [Grant(.laborRecord, .sites), Grant(.workOrderRead)])
            let anna = try await site.client.acting(as: .anna, of: .sunfield, roles: ["technician"])
            let carla = try await site.client.acting(as: .carla, of: .sunfield, roles: ["technician"])
            let bo = try await site.client.acting(as: .bo, of: .sunfield, roles: ["supervisor"])
            let own = try await site.record(order, -3600, -1800, by: anna)
            #expect(own.status == .created, "\(own.text)")
            for (who, person) in [(anna, UserID.carla), (carla, .carla), (bo, .anna)] {
                let refused = try await site.record(order, -9000, -8000, of: person, by: who)
                #expect((refused.status, refused["code"]) == (.forbidden, "permission_too_narrow"), "\(refused.text)")
            }
            site.client.authority.place(.bo, of: .sunfield, Membership(sites: [AssetReplica.inverter.site]))
            let ofCarla = try await site.record(order, -9000, -8000, of: .carla, by: bo)
            #expect(ofCarla.status == .created, "\(ofCarla.text)")
            let entry = "\(order)/labor/\(try #require(ofCarla["id"]))"
            let body: [String: Any] = ["breakMinutes": 1, "reason": "A test"]
            #expect(try await anna.send(.patch, entry, body)["code"] == "permission_too_narrow")
            #expect(try await bo.send(.patch, entry, body).status == .ok)
            let unknown = try await site.record(order, -9000, -8000, of: .sample(77), by: bo)
            #expect((unknown.status, unknown["code"]) == (.badRequest, "unknown_person"))
        }
    }

    @Test func whoHasRecordedHoursDoesNotVerify() async throws {
        try await withLabor { site in
            let policy = ["approval": ["when": "never"], "verification": ["when": "always"]]
            #expect(try await site.client.send(.put, "/api/v1/workorders/policy", policy).status == .ok)
            let order = try await site.order(started: true)
            #expect(try await site.record(order, -3600, -1800, of: .carla).status == .created)
            try await site.move(order, "complete")
            let carla = try await site.client.acting(as: .carla, of: .sunfield, roles: ["all"])
            let refused = try await carla.send(.post, "\(order)/transitions/verify")
            #expect((refused.status, refused["code"]) == (.forbidden, "verifies_own_work"), "\(refused.text)")
        }
    }

    @Test func thePolicyAsksForHours() async throws {
        try await withLabor { site in
            let policy: [String: Any] = [
                "approval": ["when": "never"], "verification": ["when": "never"],
                "labor": ["when": "types", "types": ["corrective"]],
            ]
            let set = try await site.client.send(.put, "/api/v1/workorders/policy", policy)
            #expect(set.text.contains(#""labor":{"when":"types","types":["corrective"]}"#), "\(set.text)")
            let order = try await site.order()
            let bo = try await site.client.acting(as: .bo, of: .sunfield, roles: ["all"])
            #expect(try await bo.send(.post, "\(order)/transitions/start").status == .ok)
            let refused = try await site.client.send(.post, "\(order)/transitions/complete")
            #expect((refused.status, refused["code"]) == (.badRequest, "labor_missing"), "\(refused.text)")
            #expect(try await site.record(order, -3600, -1800).status == .created)
            try await site.move(order, "complete")
            // As the console of the version before sends it.
            let old = try await site.client.send(
                .put,
                "/api/v1/workorders/policy",
                ["approval": ["when": "never"], "verification": ["when": "never"]]
            )
            #expect(old.text.contains(#""labor":{"when":"never"}"#), "\(old.text)")
        }
    }

    // MARK: - Storage

    @Test func queriesReadAnIndex() async throws {
        try await withLabor { site in
            let (tenant, order, user) = (TenantID.sunfield, WorkOrderID.new(), UserID.anna)
            let plans = [
                try await site.database.owner.plan(
                    """
                    SELECT * FROM labor_entries WHERE work_order_id = \(order) AND tenant_id = \(tenant) AND removed_at IS NULL
                    ORDER BY started_at, id LIMIT 51
                    """
                ),
                try await site.database.owner.plan(
                    """
                    SELECT * FROM labor_entries WHERE user_id = \(user) AND tenant_id = \(tenant) AND removed_at IS NULL
                        AND started_at BETWEEN \(Date.noon) AND \(Date.noon + 1)
                    """
                ),
            ]
            #expect(plans[0].contains("labor_by_work_order") && !plans[0].contains("Sort"), "\(plans[0])")
            #expect(plans[1].contains("labor_by_person"), "\(plans[1])")
        }
    }
}
