import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// Permits to work: what they need, and what they hold back.
@Suite struct PermitTests {
    // MARK: - The table

    /// Written out once more: from, move, to.
    private static let legal: [(PermitStatus, PermitMove, PermitStatus)] = [
        (.draft, .submit, .pendingApproval), (.draft, .cancel, .cancelled),
        (.pendingApproval, .withdraw, .draft), (.pendingApproval, .approve, .approved),
        (.pendingApproval, .reject, .draft), (.pendingApproval, .cancel, .cancelled),
        (.approved, .activate, .active), (.approved, .cancel, .cancelled),
        (.active, .suspend, .suspended), (.active, .close, .closed),
        (.suspended, .resume, .active), (.suspended, .close, .closed), (.suspended, .cancel, .cancelled),
        (.expired, .close, .closed),
    ]
    private static let whole = MovePermit(reason: "A test", areaRestored: true)

    @Test func everyMoveFollowsTheTable() throws {
        for status in PermitStatus.allCases {
            for move in PermitMove.allCases {
                let step = "\(move) from \(status)"
                // What ends it needs that no lock is on.
                let isEnd = move == .close || move == .cancel
                let permit = Permit.sample(status, isolations: isEnd ? [.released] : nil)
                if let target = Self.legal.first(where: { $0.0 == status && $0.1 == move })?.2 {
                    let moved = try permit.moved(move, Self.whole, seen: 3, .by(.bo))
                    #expect(moved.status == target, "\(step)")
                    #expect((moved.version, moved.updatedAt) == (4, .noon), "\(step)")
                    // Who did it, and why, stays with the permit.
                    let kept = Permit.Step.Move(rawValue: move.rawValue).map {
                        Permit.Step(move: $0, by: .bo, at: .noon, reason: Self.whole.reason)
                    }
                    #expect(moved.steps == [kept].compactMap(\.self), "\(step)")
                } else {
                    #expect(throws: PermitRefusal.illegalMove(move, from: status), "\(step)") {
                        try permit.moved(move, Self.whole, seen: nil, .by(.bo))
                    }
                }
            }
            let expected = Set(Self.legal.filter { $0.0 == status }.map(\.1))
            #expect(Set(PermitMove.allowed(from: status)) == expected, "\(status)")
            let expires: Set<PermitStatus> = [.pendingApproval, .approved, .active, .suspended]
            let expired = Permit.sample(status).expired(at: .noon + 18_000)
            #expect(expired?.status == (expires.contains(status) ? .expired : nil), "\(status)")
            #expect(Permit.sample(status).expired(at: .noon + 17_999) == nil)
        }
    }

    /// A list that is full holds back what goes on, and never what stops the work.
    @Test func howOftenItGoesOnHasABound() throws {
        var permit = Permit.sample(.suspended)
        var count = 0
        while permit.approvals.count + permit.suspensions.count + permit.steps.count < Permit.maximumMoves {
            permit = try permit.moved(.resume, Self.whole, seen: nil, .by(.bo))
            permit = try permit.moved(.suspend, Self.whole, seen: nil, .by(.bo))
            count += 1
            try #require(count <= Permit.maximumMoves)
        }
        #expect(throws: PermitRefusal.tooMany) { try permit.moved(.resume, Self.whole, seen: nil, .by(.bo)) }
        var running = permit
        running.status = .active
        #expect(try running.moved(.suspend, Self.whole, seen: nil, .by(.bo)).status == .suspended)
        for index in permit.isolations.indices { permit.isolations[index].state = .released }
        #expect(try permit.moved(.close, Self.whole, seen: nil, .by(.bo)).status == .closed)
    }

    @Test func eachMoveNamesWhatIsMissing() throws {
        func refused(
            _ status: PermitStatus,
            _ move: PermitMove,
            _ with: MovePermit = Self.whole,
            by user: UserID = .bo,
            at now: Date = .noon,
            in phase: WorkOrderPhase = .assigned,
            _ change: (inout Permit) -> Void = { _ in }
        ) -> (any Error)? {
            var permit = Permit.sample(status)
            change(&permit)
            do {
                _ = try permit.moved(move, with, seen: nil, .by(user, at: now, in: phase))
                return nil
            } catch {
                return error
            }
        }
        func check(_ error: (any Error)?, _ expected: PermitRefusal) { #expect(error as? PermitRefusal == expected) }
        check(
            refused(.draft, .submit) {
                $0.hazards.removeAll()
                $0.checklist.removeAll()
                $0.workers.removeAll()
                $0.isolations.removeAll()
            },
            .incomplete(["hazards", "checklist", "workers", "isolations"])
        )
        check(refused(.draft, .submit) { $0.isolations.removeAll() }, .incomplete(["isolations"]))
        var hotWork = Permit.sample(.draft, kind: .hotWork, isolations: [])
        #expect(try hotWork.moved(.submit, Self.whole, seen: nil, .by(.anna)).status == .pendingApproval)
        hotWork.validUntil = .noon
        #expect(throws: PermitRefusal.timeOver(.noon)) { try hotWork.moved(.submit, Self.whole, seen: nil, .by(.anna)) }
        for move in [(PermitStatus.pendingApproval, PermitMove.approve), (.approved, .activate), (.suspended, .resume)]
        {
            check(refused(move.0, move.1, at: .noon + 18_000), .timeOver(.noon + 18_000))
            check(refused(move.0, move.1, in: .closed), .workOver(.closed))
        }
        check(refused(.approved, .activate, at: .noon - 7201), .notYetValid(.noon - 7200))
        for move in [(PermitStatus.approved, PermitMove.activate), (.suspended, .resume)] {
            check(
                refused(move.0, move.1) { $0.checklist[0].isChecked = false },
                .checklistOpen(["Earthing is in place"])
            )
            for state in [Isolation.State.planned, .locked, .released] {
                check(
                    refused(move.0, move.1) { $0.isolations[1] = .sample(state, at: 2) },
                    .notIsolated(["Breaker Q2"])
                )
            }
        }
        for status in [PermitStatus.active, .suspended] {
            #expect(refused(status, .close) as? Refusal == .isolationsOpen(["Breaker Q1", "Breaker Q2"]))
            check(
                refused(status, .close, MovePermit(reason: "Done")) { $0.isolations = [] },
                .areaNotRestored
            )
        }
        for status in [PermitStatus.approved, .suspended] {
            #expect(refused(status, .cancel) as? Refusal == .isolationsOpen(["Breaker Q1", "Breaker Q2"]))
        }
        for (status, move) in [
            (PermitStatus.pendingApproval, PermitMove.reject), (.active, .suspend), (.suspended, .resume),
            (.draft, .cancel),
        ] {
            for reason in [nil, "", " \n"] {
                #expect(refused(status, move, MovePermit(reason: reason)) as? Refusal == .reasonMissing, "\(move)")
            }
        }
        for user in [UserID.anna, .carla] {
            let error = refused(.pendingApproval, .approve, by: user) { $0.submittedBy = .carla }
            #expect(error as? Refusal == .samePerson(.approval))
        }
        #expect(throws: PermitRefusal.stale(current: 3)) {
            try Permit.sample(.draft).moved(.submit, Self.whole, seen: 2, .by(.anna))
        }
    }

    // MARK: - Over HTTP

    @Test func fromTheRequestToTheClosure() async throws {
        try await withPermits { permits in
            let site = permits.site
            let order = try await site.order()
            let required = try await site.client.send(
                .patch,
                order,
                ["requiredPermits": ["electrical_loto", "electrical_loto"]]
            )
            #expect(required.object["requiredPermits"] as? [String] == ["electrical_loto"], "\(required.text)")
            let missing = try await site.client.send(.post, "\(order)/transitions/start")
            #expect((missing.status, missing["code"]) == (.badRequest, "permit_missing"), "\(missing.text)")
            #expect((missing.object["parameters"] as? [String: String])?["permitKind"] == "electrical_loto")

            let permit = try await permits.draft(order)
            let number = try #require(try await site.client.send(.get, order)["number"])
            #expect(try await site.client.send(.get, permit)["number"] == "\(number)/P1")
            try await permits.move(permit, "submit")
            let own = try await site.client.send(.post, "\(permit)/transitions/approve")
            #expect((own.status, own["code"]) == (.forbidden, "approves_own_request"), "\(own.text)")
            try await permits.move(permit, "approve", by: permits.bo)
            for (move, status) in [("start", "permit_not_in_force")] {
                let early = try await site.client.send(.post, "\(order)/transitions/\(move)")
                #expect(early["code"] == status && early.text.contains("approved"), "\(early.text)")
            }
            let open = try await site.client.send(.post, "\(permit)/transitions/activate")
            #expect(open["code"] == "checklist_open", "\(open.text)")
            try await permits.isolate(permit)
            #expect(try await site.client.send(.put, "\(permit)/checklist/1", ["isChecked": true]).status == .ok)
            try await permits.move(permit, "activate")
            try await site.move(order, "start")

            // The locks go first, and the work is over only then.
            for path in ["\(order)/transitions/complete", "\(order)/transitions/cancel", "\(permit)/transitions/close"]
            {
                let body: [String: Any] = path.hasSuffix("close") ? ["areaRestored": true] : ["reason": "A test"]
                let locked = try await site.client.send(.post, path, body)
                #expect((locked.status, locked["code"]) == (.badRequest, "isolations_open"), "\(locked.text)")
            }
            let points = try await permits.points(permit)
            let early = try await site.client.send(.post, "\(points[0])/release")
            #expect((early.status, early["code"]) == (.conflict, "isolation_out_of_order"), "\(early.text)")
            #expect(early.text.contains("Breaker Q2"))
            try await permits.release(permit)
            let untidy = try await site.client.send(.post, "\(permit)/transitions/close")
            #expect(untidy["code"] == "area_not_restored", "\(untidy.text)")
            try await permits.move(permit, "close")
            try await site.move(order, "complete")

            let read = try await site.client.send(.get, permit)
            #expect(read["status"] == "closed" && (read.object["closure"] as? [String: Any])?["by"] as? String != nil)
            let steps = read.object["steps"] as? [[String: Any]] ?? []
            #expect(steps.map { $0["move"] as? String } == ["submit", "activate"])
            #expect(steps.allSatisfy { $0["by"] as? String == UserID.anna.description && $0["at"] is String })
            let told = try await site.database.outbox(of: PermitChanged.self)
            #expect(told.map(\.to) == [.draft, .pendingApproval, .approved, .active, .closed])
            #expect(told.first?.from == nil && told.allSatisfy { $0.number == number && !$0.workPaused })
            #expect(told.map(\.by) == [.anna, .anna, .bo, .anna, .anna])
            let audit = try await site.database.outbox(of: AuditRecorded.self).filter { $0.resourceType == "permit" }
            #expect(
                audit.map(\.action) == [
                    "PERMIT_CREATED", "PERMIT_STATUS_CHANGED", "PERMIT_STATUS_CHANGED", "ISOLATION_LOCKED",
                    "ISOLATION_VERIFIED",
                    "ISOLATION_LOCKED", "ISOLATION_VERIFIED", "PERMIT_ITEM_CHECKED", "PERMIT_STATUS_CHANGED",
                    "ISOLATION_RELEASED", "ISOLATION_RELEASED", "PERMIT_STATUS_CHANGED",
                ]
            )
            let late = try await site.client.send(.post, "\(order)/permits", permits.body())
            #expect((late.status, late["code"]) == (.conflict, "permit_work_over"), "\(late.text)")
        }
    }

    /// Twice, by two instances: it ends once, and the work is paused once.
    @Test func workIsOnHoldWhenItsPermitEnds() async throws {
        try await withPermits { permits in
            let site = permits.site
            let order = try await site.order()
            #expect(try await site.client.send(.patch, order, ["requiredPermits": ["hot_work"]]).status == .ok)
            let permit = try await permits.active(order, permits.body("hot_work", points: []))
            try await site.move(order, "start")
            site.clock.set(.noon + 17_999)
            #expect(try await permits.watch.endBatch() == 0)
            site.clock.set(.noon + 18_000)
            // Nobody has noticed yet, and its time counts all the same.
            try await site.move(order, "pause")
            let over = try await site.client.send(.post, "\(order)/transitions/resume")
            #expect(over["code"] == "permit_not_in_force" && over.text.contains("expired"), "\(over.text)")
            #expect(over.text.contains("/P1 (hot_work)"))
            site.clock.set(.noon + 17_000)
            try await site.move(order, "resume")
            site.clock.set(.noon + 18_000)
            async let one = permits.watch.endBatch()
            async let other = permits.watch.endBatch()
            let counts = try await [one, other]
            #expect(counts.reduce(0, +) + (try await permits.watch.endBatch()) == 1)
            #expect(try await permits.watch.endBatch() == 0)

            #expect(try await permits.status(permit) == "expired")
            let paused = try await site.client.send(.get, order)
            #expect(paused["status"] == "on_hold")
            let history = try await site.client.send(.get, "\(order)/history").object["items"] as? [[String: Any]]
            let last = try #require(history?.last)
            #expect(last["transition"] as? String == "pause" && last["holdReason"] as? String == "safety")
            #expect((last["reason"] as? String)?.contains("/P1 has expired") == true && last["by"] == nil, "\(last)")
            #expect(try await site.entries(order).allSatisfy { $0["endedAt"] != nil })
            let told = try await site.database.outbox(of: PermitChanged.self).filter { $0.to == .expired }
            #expect(told.map(\.workPaused) == [true] && told.first?.by == nil)
            let audit = try await site.database.outbox(of: AuditRecorded.self).map(\.action)
            #expect(audit.count { $0 == "PERMIT_EXPIRED" } == 1)

            let again = try await site.client.send(.post, "\(order)/transitions/resume")
            #expect(again["code"] == "permit_not_in_force", "\(again.text)")
            // Another one of its kind renews it.
            var body = permits.body("hot_work", points: [])
            body["validUntil"] = site.text(36_000)
            _ = try await permits.active(order, body)
            try await site.move(order, "resume")
            // Somebody restores the place all the same.
            try await permits.move(permit, "close")
        }
    }

    @Test func aPermitThatIsRenewedInTimeStopsNothing() async throws {
        try await withPermits { permits in
            let site = permits.site
            let order = try await site.order()
            _ = try await permits.active(order, permits.body("hot_work", points: []))
            var longer = permits.body("hot_work", points: [])
            longer["validUntil"] = site.text(36_000)
            _ = try await permits.active(order, longer)
            try await site.move(order, "start")
            site.clock.set(.noon + 18_000)
            #expect(try await permits.watch.endBatch() == 1)
            #expect(try await site.client.send(.get, order)["status"] == "in_progress")
            #expect(try await site.database.outbox(of: PermitChanged.self).last?.workPaused == false)
        }
    }

    @Test func aSuspendedPermitStopsTheWork() async throws {
        try await withPermits { permits in
            let site = permits.site
            let order = try await site.order()
            let permit = try await permits.active(order, permits.body("working_at_height", points: []))
            try await site.move(order, "start")
            let unsaid = try await site.client.send(.post, "\(permit)/transitions/suspend")
            #expect(unsaid["code"] == "reason_missing", "\(unsaid.text)")
            try await permits.move(permit, "suspend", ["reason": "Lightning within 10 km"])
            #expect(try await site.client.send(.get, order)["status"] == "on_hold")
            #expect(try await site.database.outbox(of: PermitChanged.self).last?.workPaused == true)
            // The work does not ask for this kind, and goes on only when it is safe again.
            let refused = try await site.client.send(.post, "\(order)/transitions/resume")
            #expect(refused["code"] == "permit_not_in_force" && refused.text.contains("suspended"), "\(refused.text)")
            try await permits.move(permit, "resume", ["reason": "It has passed"], by: permits.bo)
            try await site.move(order, "resume")
            let told = try await site.client.send(.get, permit).object["suspensions"] as? [[String: Any]]
            #expect(told?.first?["resumedBecause"] as? String == "It has passed")
            #expect(told?.first?["resumedBy"] as? String == UserID.bo.description)
        }
    }

    @Test func moreTimeIsGivenBySomebodyElse() async throws {
        try await withPermits { permits in
            let site = permits.site
            let order = try await site.order()
            let permit = try await permits.active(order, permits.body("hot_work", points: []))
            func ask(_ until: Int) async throws -> ServiceAnswer {
                try await site.client.send(
                    .post,
                    "\(permit)/extensions",
                    ["until": site.text(until), "reason": "The weld was thicker"]
                )
            }
            for until in [0, 18_000, 32 * 86_400] {
                let refused = try await ask(until)
                #expect((refused.status, refused.wrongFields) == (.badRequest, ["until"]), "\(refused.text)")
            }
            let none = try await permits.bo.send(.post, "\(permit)/extensions/decision", ["decision": "approved"])
            #expect((none.status, none["code"]) == (.conflict, "extension_missing"))
            #expect(try await ask(25_200).status == .ok)
            let twice = try await ask(28_800)
            #expect((twice.status, twice["code"]) == (.conflict, "extension_open"))
            let own = try await site.client.send(.post, "\(permit)/extensions/decision", ["decision": "approved"])
            #expect((own.status, own["code"]) == (.forbidden, "approves_own_request"))
            let rejected = try await permits.bo.send(
                .post,
                "\(permit)/extensions/decision",
                ["decision": "rejected", "comment": "It is dark"]
            )
            #expect(rejected["validUntil"] == "2026-06-01T17:00:00.000Z", "\(rejected.text)")
            #expect(try await ask(25_200).status == .ok)
            let given = try await permits.bo.send(.post, "\(permit)/extensions/decision", ["decision": "approved"])
            #expect(given["validUntil"] == "2026-06-01T19:00:00.000Z", "\(given.text)")
            site.clock.set(.noon + 18_000)
            #expect(try await permits.watch.endBatch() == 0)
            site.clock.set(.noon + 25_200)
            #expect(try await permits.watch.endBatch() == 1)
            let late = try await ask(28_800)
            #expect((late.status, late["code"]) == (.conflict, "permit_not_extendable"), "\(late.text)")
        }
    }

    /// Two crews on one inverter know of one another, or the second does not begin.
    @Test func otherWorkOnTheSameEquipmentIsNamed() async throws {
        try await withPermits { permits in
            let site = permits.site
            let store = WorkOrderStore(database: site.database)
            let (parent, cousin) = (AssetID.sample(21), AssetID.sample(22))
            try await site.database.of(.sunfield).transaction { tx in
                for (id, code, below) in [
                    (parent, "ST-1", nil), (cousin, "INV-9", nil), (AssetReplica.inverter.id, "INV-2", parent),
                ] as [(AssetID, String, AssetID?)] {
                    try await store.put(AssetState.sample(id, code, below: below), tx)
                }
            }
            func order(on asset: AssetID) async throws -> String {
                let body: [String: Any] = [
                    "assetId": asset.description, "title": "Work", "type": "corrective", "priority": "high",
                    "assignedTo": UserID.anna.description,
                ]
                let made = try await site.client.send(.post, "/api/v1/workorders", body)
                let path = "/api/v1/workorders/\(try #require(made["id"], "\(made.text)"))"
                try await site.move(path, "submit")
                return path
            }
            let first = try await permits.active(try await order(on: AssetReplica.inverter.id), locks: "A")
            func activate(on asset: AssetID, _ locks: String, _ points: [[String: Any]]) async throws -> (
                String, ServiceAnswer
            ) {
                var body = permits.body(points: [])
                body["isolations"] = points
                let permit = try await permits.approved(try await order(on: asset), body)
                try await permits.isolate(permit, locks: locks)
                #expect(try await site.client.send(.put, "\(permit)/checklist/1", ["isChecked": true]).status == .ok)
                return (permit, try await site.client.send(.post, "\(permit)/transitions/activate"))
            }
            let free = try await activate(on: cousin, "B", [["energy": "electrical", "place": "Q9"]])
            #expect(free.1.status == .ok, "\(free.1.text)")
            // The station is above the inverter; and what is cut off elsewhere can be the inverter.
            let fan: [String: Any] = [
                "energy": "electrical", "place": "Q7", "equipmentId": AssetReplica.inverter.id.description,
            ]
            let number = try #require(try await site.client.send(.get, first)["number"])
            for (asset, locks, point) in [
                (parent, "C", ["energy": "electrical", "place": "Q1"]), (cousin, "D", fan),
            ] as [(AssetID, String, [String: Any])] {
                let (permit, answer) = try await activate(on: asset, locks, [point])
                #expect((answer.status, answer["code"]) == (.conflict, "asset_under_permit"), "\(answer.text)")
                let parameters = answer.object["parameters"] as? [String: String]
                #expect(parameters?["permits"]?.contains(number) == true, "\(answer.text)")
                let ids = parameters?["ids"]?.components(separatedBy: ", ") ?? []
                try await permits.move(permit, "activate", ["coordinatedWith": ids])
                let read = try await site.client.send(.get, permit)
                #expect(Set(read.object["coordinatedWith"] as? [String] ?? []) == Set(ids), "\(read.text)")
            }
        }
    }

    @Test func onlyADraftIsChanged() async throws {
        try await withPermits { permits in
            let site = permits.site
            let permit = try await permits.draft(try await site.order())
            let change: [String: Any] = [
                "title": "Replace both breakers", "workers": [UserID.carla.description, UserID.carla.description],
                "isolations": [["energy": "gravitational", "place": "Rotor pin"]],
            ]
            let changed = try await site.client.send(.patch, permit, change, headers: [.ifMatch: "\"1\""])
            #expect((changed["title"], changed.number("version")) == ("Replace both breakers", 2), "\(changed.text)")
            #expect(changed.object["workers"] as? [String] == [UserID.carla.description])
            #expect((changed.object["isolations"] as? [[String: Any]])?.map { $0["place"] as? String } == ["Rotor pin"])
            // Nothing differs: nothing is written.
            #expect(try await site.client.send(.patch, permit, change).number("version") == 2)
            let stale = try await site.client.send(.patch, permit, ["title": "x"], headers: [.ifMatch: "\"1\""])
            #expect((stale.status, stale["code"]) == (.conflict, "stale_version"))
            for (body, fields) in [
                (["validUntil": site.text(-7200)], ["validUntil"]),
                (["validUntil": site.text(32 * 86_400)], ["validUntil"]),
                (["workers": [UserID.anna.description, UserID.new().description]], ["workers[1]"]),
                (
                    [
                        "isolations": [
                            ["energy": "electrical", "place": "Q1", "equipmentId": AssetID.new().description]
                        ]
                    ],
                    ["isolations[0].equipmentId"]
                ),
                (
                    ["isolations": [["energy": "electrical", "place": "Q1"], ["energy": "thermal", "place": "q1"]]],
                    ["isolations[1].place"]
                ),
                (
                    ["hazards": [["kind": "electrical", "severity": "huge", "mitigation": "x"]]],
                    ["hazards[0].severity"]
                ),
            ] as [([String: Any], [String])] {
                let answer = try await site.client.send(.patch, permit, body)
                #expect((answer.status, answer.wrongFields) == (.badRequest, fields), "\(answer.text)")
            }
            try await permits.move(permit, "submit")
            let late = try await site.client.send(.patch, permit, ["title": "x"])
            #expect((late.status, late["code"]) == (.conflict, "permit_not_a_draft"), "\(late.text)")
            try await permits.move(permit, "reject", by: permits.bo)
            #expect(try await site.client.send(.patch, permit, ["title": "x"]).status == .ok)
        }
    }

    /// What the matrix says: technicians ask, supervisors decide about isolation only, and all else is for those who may do all of it.
    @Test func grantsCountByTheirConditions() async throws {
        try await withPermits { permits in
            let site = permits.site
            let order = try await site.order()
            let see = Grant(.workOrderRead, .tenant)
            site.client.authority.grant("asks", [see, Grant(.permitRequest, .assigned, if: .request)])
            site.client.authority.grant("isolates", [see, Grant(.permitApprove, .tenant, if: .lotoOnly)])
            let anna = try await site.client.acting(as: .anna, of: .sunfield, roles: ["asks"])
            let carla = try await site.client.acting(as: .carla, of: .sunfield, roles: ["asks"])
            let bo = try await site.client.acting(as: .bo, of: .sunfield, roles: ["isolates"])
            let stranger = try await carla.send(.post, "\(order)/permits", permits.body())
            #expect((stranger.status, stranger["code"]) == (.forbidden, "permission_too_narrow"), "\(stranger.text)")
            for (kind, points, status) in [
                ("electrical_loto", ["Q1"], HTTPResponse.Status.ok), ("hot_work", [], .forbidden),
            ] as [(String, [String], HTTPResponse.Status)] {
                let made = try await anna.send(.post, "\(order)/permits", permits.body(kind, points: points))
                let permit = "/api/v1/permits/\(try #require(made["id"], "\(made.text)"))"
                #expect(try await anna.send(.post, "\(permit)/transitions/submit").status == .ok)
                let answer = try await bo.send(.post, "\(permit)/transitions/approve")
                #expect(answer.status == status, "\(kind): \(answer.text)")
                #expect(
                    try await anna.send(.post, "\(permit)/transitions/suspend", ["reason": "x"]).status == .forbidden
                )
            }
            // Whoever has asked takes it back; what somebody else has asked for stays.
            let own = try await anna.send(.post, "\(order)/permits", permits.body())
            let mine = "/api/v1/permits/\(own["id"] ?? "")"
            #expect(try await anna.send(.post, "\(mine)/transitions/cancel", ["reason": "x"]).status == .ok)
            let theirs = try await permits.bo.send(.post, "\(order)/permits", permits.body())
            let other = "/api/v1/permits/\(theirs["id"] ?? "")"
            #expect(try await anna.send(.post, "\(other)/transitions/cancel", ["reason": "x"]).status == .forbidden)
        }
    }

    @Test func boardsShowWhatIsOpen() async throws {
        try await withPermits { permits in
            let site = permits.site
            let order = try await site.order()
            var ids: [String] = []
            for number in 0..<5 {
                var body = permits.body("hot_work", points: ["Q\(number)"])
                body["validUntil"] = site.text(18_000 + 60 * (number / 2))
                ids.append(try await permits.draft(order, body))
            }
            let closed = ids.removeLast()
            try await permits.move(closed, "cancel")
            let board = try await site.client.all("/api/v1/permits", limit: 2)
            #expect(board.compactMap { $0["id"] as? String }.count == 4)
            #expect(
                board.compactMap { $0["validUntil"] as? String }
                    == board.compactMap { $0["validUntil"] as? String }.sorted()
            )
            #expect(try await site.client.all("/api/v1/permits?status=cancelled", limit: 9).count == 1)
            #expect(try await site.client.all("/api/v1/permits?kind=cold_work", limit: 9).isEmpty)
            #expect(try await site.client.all("/api/v1/permits?siteId=\(SiteID.new())", limit: 9).isEmpty)
            #expect(
                try await site.client.all("/api/v1/permits?siteId=\(AssetReplica.inverter.site)", limit: 9).count == 4
            )
            #expect(try await site.client.send(.get, "\(order)/permits").items.count == 5)
            for permit in ids {
                try await permits.move(permit, "submit")
                try await permits.move(permit, "approve", by: permits.bo)
                try await permits.isolate(permit, locks: String(permit.suffix(12)))
            }
            let locked = try await site.client.all("/api/v1/isolations", limit: 3)
            #expect(Set(locked.compactMap { $0["permitId"] as? String }).count == 4)
            #expect(try await site.client.all("/api/v1/isolations?state=planned", limit: 9).isEmpty == false)
            // Who sees no work order sees none of it.
            site.client.authority.grant("here", [Grant(.workOrderRead, .assigned)])
            let carla = try await site.client.acting(as: .carla, of: .sunfield, roles: ["here"])
            let windward = try await site.client.acting(as: .bo, of: .windward, roles: ["all"])
            for other in [carla, windward] {
                #expect(try await other.all("/api/v1/permits", limit: 9).isEmpty)
                #expect(try await other.all("/api/v1/isolations", limit: 9).isEmpty)
                #expect(try await other.send(.get, ids[0]).status == .notFound)
                #expect(try await other.send(.get, "\(order)/permits").status == .notFound)
            }
        }
    }

    @Test func workThatIsCancelledNeedsNoPermits() async throws {
        try await withPermits { permits in
            let site = permits.site
            let order = try await site.order()
            let (draft, approved) = (try await permits.draft(order), try await permits.approved(order))
            try await site.move(order, "cancel")
            for permit in [draft, approved] { #expect(try await permits.status(permit) == "cancelled") }
            let told = try await site.database.outbox(of: PermitChanged.self).filter { $0.to == .cancelled }
            #expect(told.count == 2 && told.allSatisfy { $0.by == .anna })
        }
    }

    /// What two people must see at once is not for devices that are offline; what holds work back counts for them too.
    @Test func devicesThatAreOfflineDoNotTouchThem() async throws {
        try await withPermits { permits in
            let site = permits.site
            let order = try await site.order()
            let consumer = SyncConsumer(
                store: WorkOrderStore(database: site.database),
                authenticator: site.client.authority.authenticator
            )
            func decided(_ operation: SyncOperation, _ fields: String) async throws -> SyncChangeDecided {
                var change = SyncChangeProposed.moving(order, "start", at: .noon)
                (change.operation, change.fields) = (operation, fields)
                try await site.database.handle(change, of: .sunfield, by: consumer.handle)
                return try #require(try await site.database.outbox(of: SyncChangeDecided.self).last)
            }
            for fields in [#"{"permits":[]}"#, #"{"isolations":[{"state":"locked"}]}"#] {
                let refused = try await decided(.update, fields)
                #expect(refused.verdict == .refused && refused.problem?.contains("unknown_field") == true)
            }
            #expect(try await decided(.update, #"{"requiredPermits":["hot_work"]}"#).verdict == .accepted)
            let refused = try await decided(.transition, #"{"transition":"start"}"#)
            #expect(refused.verdict == .refused && refused.problem?.contains("permit_missing") == true)
            #expect(SyncEntity(rawValue: "permit") == nil && SyncEntity(rawValue: "isolation") == nil)
        }
    }

    @Test func aTemplateSaysWhichPermitsItsWorkNeeds() async throws {
        try await withLabor { site in
            let template = try await site.client.send(
                .post,
                "/api/v1/workorders/templates",
                ["name": "Service", "type": "preventive", "priority": "low", "requiredPermits": ["hot_work"]]
            )
            #expect(template.object["requiredPermits"] as? [String] == ["hot_work"], "\(template.text)")
            let made = try await site.client.send(
                .post,
                "/api/v1/workorders",
                ["assetId": AssetReplica.inverter.id.description, "templateId": try #require(template["id"])]
            )
            #expect(made.object["requiredPermits"] as? [String] == ["hot_work"], "\(made.text)")
        }
    }

    @Test func aWorkOrderHasNotTooMany() async throws {
        try await withPermits { permits in
            let order = try await permits.site.order()
            for _ in 0..<Permit.maximumCount {
                _ = try await permits.draft(order, permits.body("cold_work", points: []))
            }
            let full = try await permits.anna.send(.post, "\(order)/permits", permits.body())
            #expect((full.status, full["code"]) == (.conflict, "too_many_permits"), "\(full.text)")
        }
    }
}

extension AssetState {
    static func sample(_ id: AssetID, _ code: String, below parent: AssetID?) -> AssetState {
        AssetState(
            id: id,
            tenant: .sunfield,
            site: AssetReplica.inverter.site,
            siteCode: "S",
            code: code,
            name: code,
            type: "inverter",
            status: .operational,
            parent: parent,
            level: 1,
            ratedPowerKW: nil,
            tags: [],
            version: 2
        )
    }
}
