import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// Lockout and tagout: two people, an order, and one lock at one place.
@Suite struct IsolationTests {
    // MARK: - Every history

    /// Whatever people try in whatever order: nothing is over while a lock is on, nobody verifies their own lock, locks go on in the order of the plan and
    /// off in the reverse one, and work goes on only where everything is locked and verified. What was refused changes nothing.
    @Test(.serialized, arguments: [3, 44, 1974]) func everyHistoryKeepsTheRules(seed: UInt64) throws {
        var random = Seeded(seed)
        let people: [UserID] = [.anna, .bo, .carla]
        var seen: Set<PermitStatus> = []
        var states: Set<Isolation.State> = []
        for _ in 0..<80 {
            // From anywhere: a whole way is long.
            let start = [PermitStatus.draft, .approved, .active].randomElement(using: &random) ?? .draft
            let count = Int.random(in: 1...4, using: &random)
            let state = start == .active ? Isolation.State.verified : .planned
            var permit = Permit.sample(start, isolations: Array(repeating: state, count: count))
            var (locked, released): ([Int], [Int]) = (start == .active ? Array(1...count) : [], [])
            var now = Date.noon - 7200
            for _ in 0..<60 {
                now += Double(Int.random(in: 0...900, using: &random))
                let before = permit
                let user = people.randomElement(using: &random) ?? .anna
                let terms = PermitTerms.by(user, at: now)
                let point = permit.isolations.randomElement(using: &random) ?? .sample(.planned, at: 1)
                do {
                    switch Int.random(in: 0..<10, using: &random) {
                    case 0...2:
                        // More often what leads on.
                        let moves: [PermitMove] = [.submit, .approve, .activate] + PermitMove.allCases
                        let move = moves.filter { $0 != .cancel || random.oneIn(8) }.randomElement(using: &random)
                        let body = MovePermit(reason: "A test", areaRestored: random.oneIn(2))
                        permit = try permit.moved(move ?? .submit, body, seen: nil, terms)
                    case 3...4:
                        permit = try permit.locking(point.id, LockIsolation(lockNumber: "L"), seen: nil, terms)
                        locked.append(point.position)
                    case 5...6:
                        permit = try permit.verifying(point.id, VerifyIsolation(measurement: "0 V"), seen: nil, terms)
                    // Most locks go off after the work.
                    case 7 where permit.status != .approved || random.oneIn(10):
                        permit = try permit.releasing(
                            point.id,
                            ReleaseIsolation(reason: random.oneIn(2) ? "They are ill" : nil),
                            mayApprove: random.oneIn(2),
                            seen: nil,
                            terms
                        )
                        released.append(point.position)
                    case 7...8:
                        permit =
                            try permit.checked(1, CheckItem(isChecked: !random.oneIn(4)), seen: nil, terms) ?? permit
                    default:
                        permit = permit.expired(at: now) ?? permit
                    }
                } catch {
                    if !(error is PermitRefusal || error is Refusal) || permit != before { Issue.record(error) }
                }
                // One check a step: thousands of expectations take longer than all that they look at.
                let isBegun = permit.status != before.status && permit.status == .active
                let broken = [
                    "over with a lock on": permit.isOver && !permit.locked.isEmpty,
                    "begun without its conditions": isBegun
                        && !(permit.isIsolated && permit.checklist.allSatisfy(\.isChecked) && now < permit.validUntil),
                    "verified by who has locked": permit.isolations.contains {
                        $0.verifiedBy != nil && $0.verifiedBy == $0.lockedBy
                    },
                    "taken off by another without a reason": permit.isolations.contains {
                        $0.releasedBy != nil && $0.releasedBy != $0.lockedBy && $0.releaseReason == nil
                    },
                    "approved by who has asked": permit.approvals.contains {
                        $0.decision == .approved && $0.by == permit.createdBy
                    },
                    "locked out of order": locked != Array((1...4).prefix(locked.count)),
                    "released out of order": released != Array(locked.reversed().prefix(released.count)),
                    "changed without a version": permit.version != before.version + (permit == before ? 0 : 1),
                ].filter(\.value).keys.sorted()
                if !broken.isEmpty { Issue.record("\(broken): \(permit)") }
                seen.insert(permit.status)
                states.formUnion(permit.isolations.map(\.state))
            }
            // From the last that is on to the first, without one in between that is still on.
            let on = permit.isolations.map(\.isOn)
            let isOff = permit.isolations.map { $0.state == .released }
            if let first = isOff.firstIndex(of: true) { #expect(!on[first...].contains(true)) }
        }
        #expect(seen == Set(PermitStatus.allCases))
        #expect(states == Set(Isolation.State.allCases))
    }

    @Test func everyStepNamesWhatIsInItsWay() throws {
        let lock = LockIsolation(lockNumber: "L-1")
        let found = VerifyIsolation(measurement: "0 V")
        func id(_ position: Int) -> IsolationID { .sample(UInt8(90 + position)) }
        for status in PermitStatus.allCases where status != .approved {
            let permit = Permit.sample(status, isolations: [.planned])
            #expect(throws: PermitRefusal.notBeforeWork(status)) {
                try permit.locking(id(1), lock, seen: nil, .by(.anna))
            }
            let locked = Permit.sample(status, isolations: [.locked])
            #expect(throws: PermitRefusal.notBeforeWork(status)) {
                try locked.verifying(id(1), found, seen: nil, .by(.bo))
            }
        }
        let plan = Permit.sample(.approved, isolations: [.planned, .planned])
        #expect(throws: PermitRefusal.outOfOrder("Breaker Q1")) { try plan.locking(id(2), lock, seen: nil, .by(.anna)) }
        #expect(throws: PermitRefusal.unknownIsolation) { try plan.locking(.new(), lock, seen: nil, .by(.anna)) }
        #expect(throws: PermitRefusal.unknownPhoto) {
            try plan.locking(id(1), LockIsolation(lockNumber: "L", photoId: .new()), seen: nil, .by(.anna))
        }
        #expect(throws: PermitRefusal.isolationIs(.planned, "Breaker Q1")) {
            try plan.verifying(id(1), found, seen: nil, .by(.bo))
        }
        let locked = Permit.sample(.approved, isolations: [.locked])
        #expect(throws: PermitRefusal.isolationIs(.locked, "Breaker Q1")) {
            try locked.locking(id(1), lock, seen: nil, .by(.anna))
        }
        #expect(throws: PermitRefusal.verifiesOwnLock) { try locked.verifying(id(1), found, seen: nil, .by(.anna)) }
        #expect(throws: PermitRefusal.stale(current: 3)) { try locked.verifying(id(1), found, seen: 2, .by(.bo)) }
        let isolated = Permit.sample(.active)
        #expect(throws: PermitRefusal.outOfOrder("Breaker Q2")) {
            try isolated.releasing(id(1), ReleaseIsolation(), mayApprove: true, seen: nil, .by(.anna))
        }
        #expect(throws: PermitRefusal.lockOfAnother) {
            try isolated.releasing(id(2), ReleaseIsolation(reason: "x"), mayApprove: false, seen: nil, .by(.bo))
        }
        #expect(throws: Refusal.reasonMissing) {
            try isolated.releasing(id(2), ReleaseIsolation(reason: " "), mayApprove: true, seen: nil, .by(.bo))
        }
        let other = try isolated.releasing(
            id(2),
            ReleaseIsolation(reason: "Anna is ill"),
            mayApprove: true,
            seen: nil,
            .by(.bo)
        )
        #expect((other.isolations[1].state, other.isolations[1].releasedBy) == (.released, .bo))
        #expect(throws: PermitRefusal.isolationIs(.released, "Breaker Q2")) {
            try other.releasing(id(2), ReleaseIsolation(), mayApprove: true, seen: nil, .by(.anna))
        }
    }

    // MARK: - Over HTTP

    @Test func aLockIsAtOnePlaceAtATime() async throws {
        try await withPermits { permits in
            let (one, other) = (
                try await permits.approved(permits.site.order()), try await permits.approved(permits.site.order())
            )
            let points = [try await permits.points(one)[0], try await permits.points(other)[0]]
            #expect(try await permits.anna.send(.post, "\(points[0])/lock", ["lockNumber": "L-7"]).status == .ok)
            let used = try await permits.bo.send(.post, "\(points[1])/lock", ["lockNumber": "l-7"])
            #expect((used.status, used["code"]) == (.badRequest, "lock_in_use"), "\(used.text)")
            #expect(used.wrongFields == ["lockNumber"])
            #expect(try await permits.anna.send(.post, "\(points[0])/release").status == .ok)
            #expect(try await permits.bo.send(.post, "\(points[1])/lock", ["lockNumber": "l-7"]).status == .ok)
        }
    }

    /// Twenty people, one point: one of them locks it. And one lock, put on at two places at the same moment, is on at one.
    @Test func exactlyOneWins() async throws {
        try await withPermits { permits in
            let permit = try await permits.approved(permits.site.order())
            let point = try await permits.points(permit)[0]
            let answers = try await withThrowingTaskGroup(of: ServiceAnswer.self) { group in
                for number in 0..<20 {
                    group.addTask { try await permits.anna.send(.post, "\(point)/lock", ["lockNumber": "L-\(number)"]) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0.status == .ok } == 1)
            #expect(Set(answers.filter { $0.status != .ok }.map { $0["code"] }) == ["isolation_not_ready"])
            var points: [String] = []
            for _ in 0..<6 { points.append(try await permits.points(permits.approved(permits.site.order()))[0]) }
            let same = try await withThrowingTaskGroup(of: ServiceAnswer.self) { [points] group in
                for point in points {
                    group.addTask { try await permits.anna.send(.post, "\(point)/lock", ["lockNumber": "SAME"]) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(same.count { $0.status == .ok } == 1, "\(same.map(\.text))")
            #expect(Set(same.filter { $0.status != .ok }.map { $0["code"] }) == ["lock_in_use"])
        }
    }

    /// Who takes a lock off has just proved who they are; another one than its owner may also approve the permit, and says why.
    @Test func takingALockOffNeedsAProof() async throws {
        try await withPermits { permits in
            let site = permits.site
            let permit = try await permits.active(try await site.order())
            let point = try await permits.points(permit)[1]
            var old = site.client
            old.token = try await site.client.authority.token(.anna, of: .sunfield, roles: ["all"], provedAgo: 301)
            let unproved = try await old.send(.post, "\(point)/release")
            #expect((unproved.status, unproved["code"]) == (.unauthorized, "step_up_required"), "\(unproved.text)")
            site.client.authority.grant("crew", [Grant(.workOrderRead), Grant(.checklistComplete)])
            let carla = try await site.client.acting(as: .carla, of: .sunfield, roles: ["crew"])
            let others = try await carla.send(.post, "\(point)/release", ["reason": "I need it"])
            #expect((others.status, others["code"]) == (.forbidden, "lock_of_another"), "\(others.text)")
            let silent = try await permits.bo.send(.post, "\(point)/release")
            #expect(silent["code"] == "reason_missing", "\(silent.text)")
            let released = try await permits.bo.send(.post, "\(point)/release", ["reason": "Anna is ill"])
            #expect(released.status == .ok, "\(released.text)")
            let audit = try await site.database.outbox(of: AuditRecorded.self).last
            #expect(audit?.action == "ISOLATION_RELEASED" && audit?.user == .bo)
            // A permit of which a lock is off protects nobody: work is not begun under it.
            #expect(
                try await site.client.send(
                    .patch,
                    String(try await order(of: permit, site)),
                    ["requiredPermits": ["electrical_loto"]]
                ).status == .ok
            )
            let start = try await site.client.send(.post, "\(try await order(of: permit, site))/transitions/start")
            #expect(start["code"] == "permit_not_in_force", "\(start.text)")
        }
    }

    private func order(of permit: String, _ site: LaborSite) async throws -> String {
        "/api/v1/workorders/\(try #require(try await site.client.send(.get, permit)["workOrderId"]))"
    }

    @Test func aPhotoIsAnImageOfTheWorkOrder() async throws {
        try await withPermits { permits in
            let site = permits.site
            let order = try await site.order()
            let permit = try await permits.approved(order)
            let point = try await permits.points(permit)[0]
            let (photo, paper) = (AttachmentID.new(), AttachmentID.new())
            let id = try #require(WorkOrderID(String(order.split(separator: "/").last ?? "")))
            for (file, type) in [(photo, "image/jpeg"), (paper, "application/pdf")] {
                try await site.database.of(.sunfield).execute(
                    """
                    INSERT INTO work_order_attachments (id, tenant_id, work_order_id, name, size, sha256, kind, category, state,
                        content_type, created_at, created_by, completed_at)
                    VALUES (\(file), \(TenantID.sunfield), \(id), 'lock', 1, \(String(repeating: "0", count: 64)), 'other', 'before',
                        'available', \(type), now(), \(UserID.anna), now())
                    """
                )
            }
            let wrong = try await permits.anna.send(
                .post,
                "\(point)/lock",
                ["lockNumber": "L-1", "photoId": paper.description]
            )
            #expect((wrong.status, wrong.wrongFields) == (.badRequest, ["photoId"]), "\(wrong.text)")
            let locked = try await permits.anna.send(
                .post,
                "\(point)/lock",
                ["lockNumber": "L-1", "photoId": photo.description]
            )
            #expect(locked.status == .ok && locked.text.contains(photo.description), "\(locked.text)")
        }
    }

    /// The table says it once more: whatever writes it, nobody verifies their own lock, and nobody takes somebody else's off without a word.
    @Test func theTableKeepsTwoPeopleApart() async throws {
        try await withPermits { permits in
            let permit = try await permits.active(permits.site.order())
            let id = try #require(PermitID(String(permit.split(separator: "/").last ?? "")))
            for change: SQL in [
                "verified_by = locked_by", "lock_number = NULL", "state = 'released'",
                "state = 'released', released_at = now(), released_by = gen_random_uuid()",
            ] {
                await #expect(throws: PostgresError.self) {
                    try await permits.site.database.of(.sunfield).execute(
                        "UPDATE permit_isolations SET \(sql: change) WHERE permit_id = \(id)"
                    )
                }
            }
        }
    }
}
