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

@testable import WorkOrders

/// Service levels over HTTP, and what the watch tells of them, with real PostgreSQL.
@Suite struct ServiceLevelTests {
    private static let path = "/api/v1/workorders/service-levels"
    /// An hour to begin, four hours to complete.
    private static var levels: [String: Any] {
        [
            "levels": [["priority": "high", "respondMinutes": 60, "restoreMinutes": 240]],
            "pausedBy": ["waiting_for_parts"],
        ]
    }

    private static func watch(_ site: LaborSite) -> ServiceLevelWatch {
        ServiceLevelWatch(
            store: ServiceLevelStore(database: site.database),
            logger: Daemon.forTests("work-orders", site.client.authority).logger,
            now: { site.clock.now }
        )
    }

    private static func told(_ site: LaborSite) async throws -> [String] {
        try await site.database.outbox(of: WorkOrderServiceLevelReached.self).map {
            "\($0.clock.rawValue) \($0.stage.rawValue) \(Int($0.at.timeIntervalSince(.noon) / 60))"
        }
    }

    private static func set(_ levels: [String: Any] = levels, on site: LaborSite) async throws {
        let answer = try await site.client.send(.put, path, levels)
        #expect(answer.status == .ok, "\(answer.text)")
    }

    /// Runs the watch until nothing is left to do.
    private static func lookAfter(_ site: LaborSite) async throws {
        while try await watch(site).lookAfterBatch() > 0 {}
    }

    private static func at(_ minute: Int, _ site: LaborSite) { site.clock.set(.noon + TimeInterval(minute * 60)) }

    private static func level(_ answer: ServiceAnswer) -> [String] {
        let level = answer.object["serviceLevel"] as? [String: Any]
        let clocks = level?["clocks"] as? [[String: Any]] ?? []
        return ([level?["standing"]] + clocks.flatMap { [$0["state"], $0["dueAt"]] }).map { $0 as? String ?? "-" }
    }

    // MARK: - The levels

    @Test func whatWasSetIsReadAndAudited() async throws {
        try await withLabor { site in
            #expect(
                try await site.client.send(.get, Self.path).text
                    == #"{"levels":[],"sites":[],"pausedBy":[],"version":0}"#
            )
            var body = Self.levels
            body["hours"] = ["days": ["friday", "monday"], "from": "08:00", "until": "17:00"]
            body["sites"] = [["siteId": AssetReplica.inverter.site.description]]
            let answer = try await site.client.send(.put, Self.path, body)
            #expect(answer.status == .ok, "\(answer.text)")
            #expect(answer.text.contains(#""days":["monday","friday"],"from":"08:00","until":"17:00""#))
            #expect(answer.text.contains(#""isAroundTheClock":false"#))
            #expect(try await site.client.send(.get, Self.path).text == answer.text)
            let audit = try await site.database.outbox(of: AuditRecorded.self)
            #expect(audit.map(\.action) == ["SERVICE_LEVELS_SET"])
            let other = try await site.client.acting(as: .bo, of: .windward, roles: ["all"])
            #expect(try await other.send(.get, Self.path).text.contains(#""version":0"#))
        }
    }

    @Test func whoHasSeenOthersSetsNothing() async throws {
        try await withLabor { site in
            var body = Self.levels
            body["version"] = 0
            #expect(try await site.client.send(.put, Self.path, body).status == .ok)
            let old: HTTPFields = [.ifMatch: "\"4\""]
            let none = HTTPFields()
            for (body, headers) in [(body, none), (Self.levels, old)] {
                let answer = try await site.client.send(.put, Self.path, body, headers: headers)
                #expect((answer.status, answer["code"]) == (.conflict, "stale_version"))
                #expect(answer.number("currentVersion") == 1)
            }
            #expect(
                try await site.client.send(.put, Self.path, Self.levels, headers: [.ifMatch: "\"1\""]).status == .ok
            )
        }
    }

    @Test func levelsThatMakeNoSenseAreRefusedByField() async throws {
        try await withLabor { site in
            let office: [String: Any] = ["days": ["monday"], "from": "08:00", "until": "09:00"]
            for (change, field, code) in [
                (["levels": [["priority": "high"]]], "levels[0].restoreMinutes", "required"),
                (
                    ["levels": ["low", "low"].map { ["priority": $0, "respondMinutes": 5] }], "levels",
                    "duplicate"
                ),
                (["levels": [["priority": "high", "respondMinutes": 0]]], "levels[0].respondMinutes", "out_of_range"),
                (
                    [
                        "levels": [["priority": "high", "respondMinutes": 52 * 60 + 1]],
                        "sites": [["siteId": AssetReplica.inverter.site.description, "hours": office]],
                    ], "levels[0].respondMinutes", "longer_than_a_year"
                ),
                (["hours": ["days": ["monday"], "from": "08:00", "until": "08:00"]], "hours.until", "same_as_other"),
                (
                    ["hours": ["days": ["monday"], "from": "24:00", "until": "08:00"]], "hours.from",
                    "not_a_time_of_day"
                ),
                (["sites": [["siteId": SiteID.new().description]]], "sites[0].siteId", "unknown_site"),
                (["pausedBy": ["holidays"]], "pausedBy[0]", "not_one_of"),
            ] as [([String: Any], String, String)] {
                let answer = try await site.client.send(.put, Self.path, Self.levels.merging(change) { $1 })
                let error = (answer.object["errors"] as? [[String: Any]])?.first
                #expect(answer.status == .badRequest, "\(answer.text)")
                #expect((error?["field"] as? String, error?["code"] as? String) == (field, code), "\(answer.text)")
            }
        }
    }

    @Test func onlyWhoSetsTheWholeOrganizationSetsThem() async throws {
        try await withLabor { site in
            site.client.authority.grant("settings", [Grant(.tenantUpdate, .sites)])
            site.client.authority.place(.anna, of: .sunfield, Membership(sites: [AssetReplica.inverter.site]))
            let anna = try await site.client.acting(as: .anna, of: .sunfield, roles: ["settings"])
            let answer = try await anna.send(.put, Self.path, Self.levels)
            #expect((answer.status, answer["code"]) == (.forbidden, "permission_too_narrow"), "\(answer.text)")
        }
    }

    // MARK: - The clocks

    @Test func answersSayWhenWorkIsDue() async throws {
        try await withLabor { site in
            let before = try await site.order()
            #expect(try await site.client.send(.get, before).object["serviceLevel"] == nil)
            try await Self.set(on: site)
            let order = try await site.order()
            let (hour, four) = ("2026-06-01T13:00:00.000Z", "2026-06-01T16:00:00.000Z")
            #expect(
                Self.level(try await site.client.send(.get, order)) == ["on_time", "running", hour, "running", four]
            )
            Self.at(50, site)
            #expect(
                Self.level(try await site.client.send(.get, order)) == ["at_risk", "running", hour, "running", four]
            )
            let started = try await site.client.send(.post, "\(order)/transitions/start")
            #expect(Self.level(started) == ["on_time", "stopped", "-", "running", four], "\(started.text)")
            let paused = try await site.client.send(
                .post,
                "\(order)/transitions/pause",
                ["reason": "The fan has not come", "holdReason": "waiting_for_parts"]
            )
            #expect(Self.level(paused) == ["on_time", "stopped", "-", "paused", "-"])
            #expect(paused.text.contains(#""remainingMinutes":190"#), "\(paused.text)")
            let history = try await site.client.send(.get, "\(order)/history")
            #expect(history.items.last?["holdReason"] as? String == "waiting_for_parts")
            let event = try await site.database.outbox(of: WorkOrderStateChanged.self).last
            #expect(event?.holdReason == .waitingForParts)
            Self.at(1000, site)
            let resumed = try await site.client.send(.post, "\(order)/transitions/resume")
            #expect(Self.level(resumed) == ["on_time", "stopped", "-", "running", "2026-06-02T07:50:00.000Z"])
            // Another priority has no level.
            let changed = try await site.client.send(.patch, order, ["priority": "low"])
            #expect(changed.status == .ok && changed.object["serviceLevel"] == nil)
        }
    }

    /// Each standing in SQL is the standing in Swift.
    @Test func theListFindsEachStanding() async throws {
        try await withLabor { site in
            _ = try await site.order()
            try await Self.set(on: site)
            let order = try await site.order()
            let paused = try await site.order(started: true)
            Self.at(200, site)
            let pause = try await site.client.send(
                .post,
                "\(paused)/transitions/pause",
                ["reason": "No fan", "holdReason": "waiting_for_parts"]
            )
            #expect(pause.status == .ok)
            for minute in [0, 47, 48, 59, 60, 191, 192, 239, 240, 5000] {
                Self.at(minute, site)
                var found: [String: String] = [:]
                for standing in ServiceStanding.allCases {
                    let list = try await site.client.all(
                        "/api/v1/workorders?serviceLevel=\(standing.rawValue)",
                        limit: 10
                    )
                    for item in list {
                        let level = item["serviceLevel"] as? [String: Any]
                        #expect(level?["standing"] as? String == standing.rawValue)
                        found[item["id"] as? String ?? ""] = standing.rawValue
                    }
                }
                let standings = [order, paused].map { found[String($0.split(separator: "/").last ?? "")] }
                #expect(found.count == 2)
                let late = minute < 48 ? "on_time" : minute < 60 ? "at_risk" : "breached"
                // It was started at once, and has run for 200 minutes.
                #expect(standings == [late, minute < 192 ? "on_time" : "at_risk"], "\(minute)")
            }
        }
    }

    // MARK: - What is told

    @Test func eachStageIsToldOnce() async throws {
        try await withLabor { site in
            try await Self.set(on: site)
            let watch = Self.watch(site)
            _ = try await watch.lookAfterBatch()
            _ = try await site.order()
            for (minute, told) in [
                (47, [String]()), (48, ["respond at_risk 48"]), (59, []), (70, ["respond breached 60"]), (191, []),
                (500, ["restore at_risk 192", "restore breached 240"]), (501, []),
            ] {
                Self.at(minute, site)
                let before = try await Self.told(site)
                // Another instance, and one that has just started.
                for _ in 0..<2 { _ = try await Self.watch(site).lookAfterBatch() }
                #expect(try await Self.told(site) == before + told, "\(minute)")
            }
            #expect(try await watch.lookAfterBatch() == 0)
        }
    }

    @Test func twoWatchesTellEachStageOnce() async throws {
        try await withLabor { site in
            try await Self.set(on: site)
            for _ in 0..<20 { _ = try await site.order() }
            Self.at(300, site)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask { try await Self.lookAfter(site) }
                }
                try await group.waitForAll()
            }
            try await Self.lookAfter(site)
            let told = try await site.database.outbox(of: WorkOrderServiceLevelReached.self)
            #expect(told.count == 80)
            #expect(Set(told.map { "\($0.workOrder) \($0.clock) \($0.stage)" }).count == 80)
        }
    }

    /// Whoever makes the move tells what was reached before it, also if the watch has not run.
    @Test func aMoveTellsWhatWasReachedBeforeIt() async throws {
        try await withLabor { site in
            try await Self.set(on: site)
            let order = try await site.order()
            Self.at(70, site)
            try await site.move(order, "start")
            #expect(try await Self.told(site) == ["respond at_risk 48", "respond breached 60"])
            Self.at(200, site)
            try await site.move(order, "complete")
            #expect(try await Self.told(site).suffix(1) == ["restore at_risk 192"])
            Self.at(900, site)
            try await Self.lookAfter(site)
            #expect(try await Self.told(site).count == 3)
        }
    }

    @Test func aPauseWithoutItsReasonDoesNotStopTheClock() async throws {
        try await withLabor { site in
            try await Self.set(on: site)
            let order = try await site.order(started: true)
            try await site.move(order, "pause")
            Self.at(240, site)
            try await Self.lookAfter(site)
            #expect(try await Self.told(site) == ["restore at_risk 192", "restore breached 240"])
        }
    }

    @Test func whatIsReopenedIsToldOnceAllTheSame() async throws {
        try await withLabor { site in
            try await Self.set(on: site)
            let verified = ["approval": ["when": "never"], "verification": ["when": "always"]]
            #expect(try await site.client.send(.put, "/api/v1/workorders/policy", verified).status == .ok)
            let order = try await site.order(started: true)
            Self.at(200, site)
            try await site.move(order, "complete")
            #expect(try await Self.told(site) == ["restore at_risk 192"])
            Self.at(1000, site)
            try await site.move(order, "reopen")
            Self.at(1041, site)
            try await Self.lookAfter(site)
            #expect(try await Self.told(site) == ["restore at_risk 192", "restore breached 1040"])
        }
    }

    @Test func newLevelsCountForWorkThatIsNotDone() async throws {
        try await withLabor { site in
            let order = try await site.order()
            let done = try await site.order(started: true)
            try await site.move(done, "complete")
            Self.at(10, site)
            try await Self.set(on: site)
            try await Self.lookAfter(site)
            #expect(Self.level(try await site.client.send(.get, order)).first == "on_time")
            #expect(try await site.client.send(.get, done).object["serviceLevel"] == nil)
            Self.at(61, site)
            try await Self.lookAfter(site)
            #expect(try await Self.told(site) == ["respond at_risk 48", "respond breached 60"])
            // Longer times make good what was late, and what was told is not told again.
            for minutes in [600, 65] {
                try await Self.set(["levels": [["priority": "high", "respondMinutes": minutes]]], on: site)
                try await Self.lookAfter(site)
                let level = Self.level(try await site.client.send(.get, order))
                #expect(level.first == (minutes == 600 ? "on_time" : "at_risk"), "\(level)")
            }
            Self.at(700, site)
            try await Self.lookAfter(site)
            #expect(try await Self.told(site).count == 2)
            // None at all: nothing is due any more.
            try await Self.set(["levels": [[String: Any]]()], on: site)
            try await Self.lookAfter(site)
            #expect(try await site.client.send(.get, order).object["serviceLevel"] == nil)
        }
    }

    /// Whoever has lost the projection works it out again, and tells of it what is to be told.
    @Test func theClocksFollowFromTheHistoryAlone() async throws {
        try await withLabor { site in
            try await Self.set(on: site)
            var orders: [String] = []
            let moves = ["start", "pause", "resume", "complete"]
            for count in 0...moves.count {
                Self.at(0, site)
                let order = try await site.order()
                for (index, move) in moves.prefix(count).enumerated() {
                    Self.at(40 * (index + 1), site)
                    let body = ["reason": "A test", "holdReason": "waiting_for_parts"]
                    #expect(try await site.client.send(.post, "\(order)/transitions/\(move)", body).status == .ok)
                }
                orders.append(order)
            }
            Self.at(200, site)
            var before: [String] = []
            for order in orders { before.append(try await site.client.send(.get, order).text) }
            try await site.database.of(.sunfield).execute("DELETE FROM service_clocks")
            try await Self.set(on: site)
            try await Self.lookAfter(site)
            // The last one is done: it keeps what it had, which is nothing now.
            for (order, text) in zip(orders, before).dropLast() {
                #expect(try await site.client.send(.get, order).text == text)
            }
        }
    }

    /// More work than one batch, of which some is created while the levels are set.
    @Test func allWorkIsTakenToNewLevelsInBatches() async throws {
        try await withLabor { site in
            let order = try await site.order()
            let id = try #require(WorkOrderID(String(order.split(separator: "/").last ?? "")))
            // Copies of it, with their histories.
            try await site.database.of(.sunfield).transaction { tx in
                try await tx.execute(
                    """
                    INSERT INTO work_orders (id, tenant_id, number, title, type, priority, status, site_id, asset_id,
                        assigned_to, origin, created_at, created_by, updated_at, version)
                    SELECT gen_random_uuid(), tenant_id, 'C-' || n, title, type, priority, status, site_id, asset_id,
                        assigned_to, origin, created_at, created_by, updated_at, version
                    FROM work_orders, generate_series(1, 250) n WHERE id = \(id)
                    """
                )
                try await tx.execute(
                    """
                    INSERT INTO work_order_state_history (work_order_id, tenant_id, from_status, to_status, transition,
                        transitioned_at, version)
                    SELECT w.id, h.tenant_id, h.from_status, h.to_status, h.transition, h.transitioned_at, h.version
                    FROM work_order_state_history h, work_orders w WHERE h.work_order_id = \(id) AND w.id <> \(id)
                    """
                )
            }
            try await Self.set(on: site)
            try await Self.lookAfter(site)
            let count: SQL = "SELECT count(*) AS count FROM service_clocks WHERE state = 'running'"
            #expect(try await site.database.of(.sunfield).count(count) == 502)
            let settled: SQL = "SELECT count(*) AS count FROM service_levels WHERE is_settled AND settled_to IS NULL"
            #expect(try await site.database.of(.sunfield).count(settled) == 1)
        }
    }

    @Test func aSiteWithAnotherClockHasOtherHours() async throws {
        try await withLabor { site in
            var body = Self.levels
            body["hours"] = ["days": ["monday", "tuesday"], "from": "08:00", "until": "16:00"]
            try await Self.set(body, on: site)
            let order = try await site.order()
            // 14:00 in Paris: two hours are left.
            let read = try await site.client.send(.get, order)
            #expect(Self.level(read).last == "2026-06-02T08:00:00.000Z", "\(read.text)")
            let store = WorkOrderStore(database: site.database)
            try await site.database.of(.sunfield).transaction { tx in
                var state = SiteState.sample("America/Denver")
                state.version = 2
                try await store.put(state, tx)
            }
            try await Self.lookAfter(site)
            // 6:00 in Denver: the day has not begun.
            #expect(Self.level(try await site.client.send(.get, order)).last == "2026-06-01T18:00:00.000Z")
        }
    }

    /// A site's clock is changed while its work is taken to new levels: that is done once more, from the beginning.
    @Test func whatChangesInTheMeantimeBeginsAnew() async throws {
        try await withLabor { site in
            _ = try await site.order()
            try await Self.set(on: site)
            let store = ServiceLevelStore(database: site.database)
            let before = try #require(try await store.unsettled())
            try await site.database.of(.sunfield).execute(ServiceLevelStore.unsettle(.sunfield))
            try await store.settle(before, to: nil)
            let after = try #require(try await store.unsettled())
            #expect(after.since > before.since)
            try await store.settle(after, to: nil)
            #expect(try await store.unsettled() == nil)
        }
    }

    @Test func whatAnAlertAsksForHasClocks() async throws {
        try await withLabor { site in
            try await Self.set(["levels": [["priority": "critical", "respondMinutes": 15]]], on: site)
            let request = WorkOrderRequested(
                request: .new(),
                tenant: .sunfield,
                site: AssetReplica.inverter.site,
                asset: AssetReplica.inverter.id,
                title: "Inverter overheating",
                description: nil,
                type: .emergency,
                priority: .critical,
                origin: .alert,
                originID: "a",
                requestedAt: .noon
            )
            let consumer = RequestConsumer(
                store: WorkOrderStore(database: site.database),
                now: { site.clock.now }
            )
            try await site.database.handle(request, of: .sunfield, by: consumer.handle)
            Self.at(15, site)
            try await Self.lookAfter(site)
            #expect(try await Self.told(site) == ["respond at_risk 12", "respond breached 15"])
        }
    }

    @Test func tenantsHaveTheirOwnLevelsAndClocks() async throws {
        try await withLabor { site in
            try await Self.set(on: site)
            _ = try await site.order()
            Self.at(60, site)
            try await Self.lookAfter(site)
            let told = try await site.database.outbox(of: WorkOrderServiceLevelReached.self)
            #expect(told.allSatisfy { $0.tenant == .sunfield } && told.count == 2)
            let other = try await site.client.acting(as: .bo, of: .windward, roles: ["all"])
            for standing in ServiceStanding.allCases {
                let path = "/api/v1/workorders?serviceLevel=\(standing.rawValue)"
                #expect(try await other.all(path, limit: 10).isEmpty)
            }
            for table in ["service_levels", "service_clocks"] as [SQL] {
                let count: SQL = "SELECT count(*) AS count FROM \(sql: table)"
                #expect(try await site.database.of(.windward).count(count) == 0)
            }
        }
    }

    /// The watch runs every few seconds: however much work there is, it reads what is due.
    @Test func theWatchReadsAnIndex() async throws {
        try await withDatabase(.all) { database in
            let plan = try await database.ofEveryTenant.query(
                """
                EXPLAIN SELECT work_order_id AS id, tenant_id FROM service_clocks WHERE next_at <= \(Date.noon)
                ORDER BY next_at LIMIT 100
                """
            ).map { try $0["QUERY PLAN"] as String }.joined(separator: "\n")
            #expect(plan.contains("service_clocks_due"), "\(plan)")
        }
    }
}
