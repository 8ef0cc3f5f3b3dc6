import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// Service levels and the clocks of work orders in PostgreSQL. A work order is locked before its clocks, by whoever works them out anew: so each of
/// their stages is told once.
struct ServiceLevelStore: Sendable {
    let database: Database

    func levels(of tenant: TenantID) async throws -> ServiceLevels {
        try await database.of(tenant).first(Self.levels(of: tenant))?.decode() ?? ServiceLevels()
    }

    static func levels(of tenant: TenantID) -> SQL { "SELECT * FROM service_levels WHERE tenant_id = \(tenant)" }

    func set(_ change: SetServiceLevels, seen: Int64?, by act: Act, _ tx: Transaction) async throws -> ServiceLevels {
        guard let tenant = act.tenant else { throw EventRefused("service levels need a tenant") }
        // Two first ones at the same moment: the second waits for the first one's row.
        try await tx.execute(
            """
            INSERT INTO service_levels (tenant_id, levels, sites, paused_by, updated_at, version, is_settled)
            VALUES (\(tenant), '[]', '[]', '{}', \(act.time), 0, true) ON CONFLICT DO NOTHING
            """
        )
        let row = try await tx.first("\(sql: Self.levels(of: tenant)) FOR UPDATE")
        let before: ServiceLevels = try row?.decode() ?? ServiceLevels()
        let levels = try change.levels(after: before, seen: seen)
        try await requireSites(levels.sites.map(\.site), tenant, tx)
        tx.later(
            """
            UPDATE service_levels SET levels = \(try JSONB(of: levels.levels)), hours = \(try JSONB(of: levels.hours)),
                sites = \(try JSONB(of: levels.sites)), paused_by = \(PostgresArray(levels.pausedBy)),
                version = \(levels.version)
            WHERE tenant_id = \(tenant)
            """
        )
        tx.later(Self.unsettle(tenant))
        try tx.record(Change("SERVICE_LEVELS_SET", "service-levels", tenant, before: before, after: levels), by: act)
        return levels
    }

    private func requireSites(_ sites: [SiteID], _ tenant: TenantID, _ tx: Transaction) async throws {
        guard !sites.isEmpty else { return }
        let known = try await tx.query(
            "SELECT id FROM sites WHERE id = ANY(\(PostgresArray(sites))) AND tenant_id = \(tenant)"
        ).map { try $0["id"] as SiteID }
        if let unknown = sites.firstIndex(where: { !known.contains($0) }) {
            throw ServiceLevelRefusal.unknownSite(at: unknown)
        }
    }

    // MARK: - Clocks

    /// Works the clocks of a work order out anew, which the transaction has locked, and tells what they have reached. What was decided about it comes
    /// before: its history is read.
    func follow(_ order: WorkOrder, by act: Act, _ tx: Transaction) async throws {
        // Levels that are set at this moment take work to them that they see, and they don't see new work before it is stored.
        let lock: SQL = order.version == 1 ? "FOR SHARE" : ""
        let found = try await tx.pipeline([
            "\(sql: Self.levels(of: order.tenant)) \(sql: lock)",
            "SELECT time_zone FROM sites WHERE id = \(order.site) AND tenant_id = \(order.tenant)",
            """
            SELECT * FROM work_order_state_history
            WHERE work_order_id = \(order.id) AND tenant_id = \(order.tenant) ORDER BY version
            """,
            "SELECT * FROM service_clocks WHERE work_order_id = \(order.id) AND tenant_id = \(order.tenant)",
        ])
        guard let levels: ServiceLevels = try found[0].first?.decode() else { return }
        let known: [StoredClock] = try found[3].decode()
        let clocks = levels.clocks(
            of: order,
            in: TimeZone(known: try found[1].first?["time_zone"]),
            history: try found[2].decode()
        )
        var events: [any Event] = []
        for kind in ServiceClockKind.allCases {
            let before = known.first { $0.kind == kind }
            let clock = clocks.first { $0.kind == kind }
            guard clock != nil || before != nil else { continue }
            var after = StoredClock(clock, kind, told: before)
            for (stage, at) in clock?.stages(by: act.time) ?? [] where after.tell(stage, at: act.time) {
                events.append(WorkOrderServiceLevelReached(order, kind, stage, limit: after.limitMinutes ?? 0, at: at))
            }
            if after != before { tx.later(try after.put(of: order)) }
        }
        try tx.publish(events, by: act)
    }
}

/// A clock as it is stored, with what was told of it.
struct StoredClock: Codable, Hashable, Sendable {
    var kind: ServiceClockKind
    /// `nil` when nothing is promised.
    var state: ServiceClockState?
    var limitMinutes: Int64?
    var atRiskAt: Date?
    var dueAt: Date?
    var endedAt: Date?
    var remaining: Int64?
    var atRiskToldAt: Date?
    var breachedToldAt: Date?
}

extension StoredClock {
    fileprivate init(_ clock: ServiceClock?, _ kind: ServiceClockKind, told before: StoredClock?) {
        self.init(
            kind: kind,
            state: clock?.state,
            limitMinutes: clock?.limitMinutes,
            atRiskAt: clock?.atRiskAt,
            dueAt: clock?.dueAt,
            endedAt: clock?.endedAt,
            remaining: clock?.remaining,
            atRiskToldAt: before?.atRiskToldAt,
            breachedToldAt: before?.breachedToldAt
        )
    }

    /// - Returns: Whether it was not told before.
    fileprivate mutating func tell(_ stage: ServiceStage, at now: Date) -> Bool {
        switch stage {
        case .atRisk:
            guard atRiskToldAt == nil else { return false }
            atRiskToldAt = now
        case .breached:
            guard breachedToldAt == nil else { return false }
            breachedToldAt = now
        case .unknown: return false
        }
        return true
    }

    fileprivate func put(of order: WorkOrder) throws -> SQL {
        let insertion = try SQL.insert(
            "service_clocks",
            self,
            adding: ["work_order_id": order.id, "tenant_id": order.tenant]
        )
        return """
            \(sql: insertion) ON CONFLICT (work_order_id, kind) DO UPDATE SET state = excluded.state,
                limit_minutes = excluded.limit_minutes, at_risk_at = excluded.at_risk_at, due_at = excluded.due_at,
                ended_at = excluded.ended_at, remaining = excluded.remaining,
                at_risk_told_at = excluded.at_risk_told_at, breached_told_at = excluded.breached_told_at
            """
    }

    /// The clock, if something is promised.
    var clock: ServiceClock? {
        guard let state, let limitMinutes else { return nil }
        return ServiceClock(
            kind: kind,
            state: state,
            limitMinutes: limitMinutes,
            atRiskAt: atRiskAt,
            dueAt: dueAt,
            endedAt: endedAt,
            remaining: remaining
        )
    }
}

extension StoredClock: Record {}

extension ServiceLevels: RowReadable {
    init(from row: inout RowReader) throws {
        self.init(
            levels: try row.read("levels", as: JSONB.self).decoded(),
            hours: try row.read("hours", as: JSONB.self)?.decoded(),
            sites: try row.read("sites", as: JSONB.self).decoded(),
            pausedBy: try row.read("paused_by"),
            version: try row.read("version")
        )
    }
}

extension WorkOrderServiceLevelReached {
    fileprivate init(
        _ order: WorkOrder,
        _ clock: ServiceClockKind,
        _ stage: ServiceStage,
        limit: Int64,
        at moment: Date
    ) {
        self.init(
            workOrder: order.id,
            tenant: order.tenant,
            site: order.site,
            asset: order.asset,
            number: order.number,
            priority: order.priority,
            clock: clock,
            stage: stage,
            limitMinutes: limit,
            assignedTo: order.assignedTo,
            at: moment
        )
    }
}
