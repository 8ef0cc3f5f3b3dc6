import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Logging
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

extension Permit {
    /// A permit of Anna's, at a site in Paris from ten to five, in this status: everything that its moves need is there.
    static func sample(
        _ status: PermitStatus,
        kind: PermitType = .electricalLoto,
        isolations states: [Isolation.State]? = nil
    ) -> Permit {
        let id = PermitID.sample(90)
        let isBefore = [.draft, .pendingApproval].contains(status)
        let isDone = [.closed, .expired].contains(status)
        let usual: Isolation.State = isBefore ? .planned : isDone ? .released : .verified
        return Permit(
            id: id,
            tenant: .sunfield,
            workOrder: .sample(40),
            site: AssetReplica.inverter.site,
            asset: AssetReplica.inverter.id,
            number: "WO-2026-000001/P1",
            kind: kind,
            status: status,
            title: "Replace the DC breaker",
            hazards: [Hazard(kind: .electrical, severity: .high, mitigation: "Lockout and tagout")],
            ppe: [],
            precautions: [],
            workers: [.anna],
            validFrom: .noon - 7200,
            validUntil: .noon + 18_000,
            checklist: [Check(item: "Earthing is in place", isChecked: !isBefore)],
            approvals: [],
            extensions: [],
            suspensions: status == .suspended ? [Suspension(reason: "Lightning", by: .anna, at: .noon - 60)] : [],
            steps: [],
            coordinatedWith: [],
            closure: status == .closed ? Closure(by: .anna, at: .noon, workCompleted: true) : nil,
            createdAt: .noon - 86_400,
            createdBy: .anna,
            submittedBy: isBefore && status == .draft ? nil : .anna,
            updatedAt: .noon - 7200,
            version: 3,
            isolations: (states ?? [usual, usual]).enumerated().map { Isolation.sample($1, at: $0 + 1, of: id) }
        )
    }
}

extension Isolation {
    static func sample(_ state: State, at position: Int, of permit: PermitID = .sample(90)) -> Isolation {
        var point = Isolation(
            id: .sample(UInt8(90 + position)),
            permit: permit,
            position: position,
            energy: .electrical,
            place: "Breaker Q\(position)",
            equipment: nil,
            state: state
        )
        guard state != .planned else { return point }
        (point.lockNumber, point.lockedBy, point.lockedAt) = ("L-\(position)", .anna, .noon - 3600)
        guard state != .locked else { return point }
        (point.measurement, point.verifiedBy, point.verifiedAt) = ("0 V", .bo, .noon - 1800)
        guard state == .released else { return point }
        (point.releasedBy, point.releasedAt) = (.anna, .noon - 60)
        return point
    }
}

extension PermitTerms {
    static func by(_ user: UserID, at now: Date = .noon, in phase: WorkOrderPhase = .assigned) -> PermitTerms {
        PermitTerms(user: user, now: now, order: .sample(in: phase))
    }
}

/// What people do with permits, over HTTP.
struct PermitSite: Sendable {
    let site: LaborSite
    /// Somebody else than Anna, whom `site.client` is.
    let bo: ServiceClient
    var anna: ServiceClient { site.client }

    init(_ site: LaborSite) async throws {
        self.site = site
        bo = try await site.client.acting(as: .bo, of: .sunfield, roles: ["all"])
    }

    func body(_ kind: String = "electrical_loto", points: [String] = ["Breaker Q1", "Breaker Q2"]) -> [String: Any] {
        [
            "kind": kind, "title": "Replace the DC breaker", "validFrom": site.text(-7200),
            "validUntil": site.text(18_000),
            "hazards": [["kind": "electrical", "severity": "high", "mitigation": "Lockout and tagout"]],
            "workers": [UserID.anna.description], "checklist": ["Earthing is in place"],
            "isolations": points.map { ["energy": "electrical", "place": $0] },
        ]
    }

    /// A draft of Anna's.
    func draft(_ order: String, _ body: [String: Any]? = nil) async throws -> String {
        let made = try await anna.send(.post, "\(order)/permits", body ?? self.body())
        #expect(made.status == .created, "\(made.text)")
        return "/api/v1/permits/\(try #require(made["id"], "\(made.text)"))"
    }

    func approved(_ order: String, _ body: [String: Any]? = nil) async throws -> String {
        let permit = try await draft(order, body)
        try await move(permit, "submit")
        try await move(permit, "approve", by: bo)
        return permit
    }

    /// Locked by Anna, tried by Bo.
    func isolate(_ permit: String, locks prefix: String = "L") async throws {
        for (index, point) in try await points(permit).enumerated() {
            try await done(anna.send(.post, "\(point)/lock", ["lockNumber": "\(prefix)-\(index)"]))
            try await done(bo.send(.post, "\(point)/verify", ["measurement": "0 V between all phases"]))
        }
    }

    func active(_ order: String, _ body: [String: Any]? = nil, locks prefix: String = "L") async throws -> String {
        let permit = try await approved(order, body)
        try await isolate(permit, locks: prefix)
        try await done(anna.send(.put, "\(permit)/checklist/1", ["isChecked": true]))
        try await move(permit, "activate")
        return permit
    }

    /// The places of its isolations, in the order of locking.
    func points(_ permit: String) async throws -> [String] {
        let read = try await anna.send(.get, permit)
        let points = try #require(read.object["isolations"] as? [[String: Any]], "\(read.text)")
        return points.map { "\(permit)/isolations/\($0["id"] ?? "")" }
    }

    func release(_ permit: String) async throws {
        for point in try await points(permit).reversed() { try await done(anna.send(.post, "\(point)/release")) }
    }

    func move(
        _ permit: String,
        _ move: String,
        _ body: [String: Any] = ["reason": "A test", "areaRestored": true],
        by who: ServiceClient? = nil
    ) async throws {
        try await done((who ?? anna).send(.post, "\(permit)/transitions/\(move)", body))
    }

    func status(_ permit: String) async throws -> String? { try await anna.send(.get, permit)["status"] }

    private func done(_ answer: ServiceAnswer) { #expect(answer.status == .ok, "\(answer.text)") }

    var watch: PermitWatch {
        PermitWatch(
            store: PermitStore(orders: WorkOrderStore(database: site.database)),
            logger: Logger(label: "test"),
            now: { site.clock.now }
        )
    }
}

func withPermits(_ body: @escaping @Sendable (PermitSite) async throws -> Void) async throws {
    try await withLabor { try await body(try await PermitSite($0)) }
}
