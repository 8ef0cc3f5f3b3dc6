import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// Incidents in PostgreSQL.
struct IncidentStore: Sendable {
    let orders: WorkOrderStore

    /// Where somebody may report, and which work they see.
    struct Places: Sendable {
        var sites: Reach
        var orders: Reach
    }

    func report(_ new: ReportIncident, within places: Places, by user: UserID, _ act: Act, _ tx: Transaction)
        async throws -> Incident
    {
        let tenant = try orders.tenant(of: act)
        try await requireKnown(new, within: places, tenant, tx)
        // Last, because the next number is locked until the transaction ends.
        let year = WorkOrderNumber.year(of: act.time)
        let row = try await tx.first(
            """
            INSERT INTO incident_numbers (tenant_id, year, last) VALUES (\(tenant), \(Int32(year)), 1)
            ON CONFLICT (tenant_id, year) DO UPDATE SET last = incident_numbers.last + 1
            RETURNING last
            """
        )
        let digits = String(try row?["last"] ?? Int64(0))
        let incident = try Incident.reported(
            new,
            id: .new(),
            number: "INC-\(year)-\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits)",
            of: tenant,
            by: user,
            at: act.time
        )
        try await requirePeople(incident, besides: nil, tx)
        try write(incident, before: nil, as: "INCIDENT_CREATED", by: act, tx)
        return incident
    }

    /// Changes an incident. `decide` returns `nil` when there is nothing to change.
    func change(
        _ id: IncidentID,
        within reach: ChangeReach,
        as action: String,
        by act: Act,
        _ tx: Transaction,
        decide: (Incident) throws -> Incident?
    ) async throws -> Incident {
        let tenant = try orders.tenant(of: act)
        let row = try await tx.first(
            """
            SELECT *, \(sql: reach.isWithin(.incidents)) AS is_within FROM incidents
            WHERE id = \(id) AND tenant_id = \(tenant)
                AND (\(sql: reach.isVisible(.incidents)) OR reported_by = \(act.user))
            FOR UPDATE
            """
        )
        guard let row else { throw IncidentRefusal.unknown }
        guard try row["is_within"] else { throw IncidentRefusal.outOfReach }
        let before: Incident = try row.decode()
        guard let after = try decide(before) else { return before }
        try await requirePeople(after, besides: before, tx)
        try write(after, before: before, as: action, by: act, tx)
        return after
    }

    // MARK: - Reading

    func find(_ id: IncidentID, tenant: TenantID, within reach: Reach, orReportedBy user: UserID) async throws
        -> Incident
    {
        let row = try await orders.database.of(tenant).first(
            """
            SELECT * FROM incidents
            WHERE id = \(id) AND tenant_id = \(tenant) AND (\(sql: reach.condition(.incidents)) OR reported_by = \(user))
            """
        )
        guard let row else { throw IncidentRefusal.unknown }
        return try row.decode()
    }

    /// A page of the incidents, what happened last first.
    func list(
        _ filter: IncidentFilter,
        tenant: TenantID,
        within reach: Reach,
        orReportedBy user: UserID,
        after: IncidentPosition?,
        limit: Int
    ) async throws -> [Incident] {
        try await orders.database.of(tenant).query(
            """
            SELECT * FROM incidents
            WHERE \(sql: .all([
                "tenant_id = \(tenant)", "\(sql: reach.condition(.incidents)) OR reported_by = \(user)",
                filter.status.map { .isOne(of: $0, "status") }, filter.severity.map { .isOne(of: $0, "severity") },
                filter.kind.map { .isOne(of: $0, "kind") }, filter.siteId.map { "site_id = \($0)" },
                after.map { "(occurred_at, id) < (\($0.occurredAt), \($0.id))" },
            ]))
            ORDER BY occurred_at DESC, id DESC LIMIT \(limit + 1)
            """
        ).decode()
    }

    // MARK: - What it refers to

    private func requireKnown(_ new: ReportIncident, within places: Places, _ tenant: TenantID, _ tx: Transaction)
        async throws
    {
        let site = try await tx.first(
            """
            SELECT 1 FROM sites b WHERE b.id = \(new.siteId) AND b.tenant_id = \(tenant)
                AND \(sql: places.sites.condition(ReachColumns(site: "b.id")))
            """
        )
        guard site != nil else { throw IncidentRefusal.unknownSite }
        if let asset = new.assetId {
            let found = try await tx.first(
                "SELECT 1 FROM assets WHERE id = \(asset) AND tenant_id = \(tenant) AND site_id = \(new.siteId)"
            )
            guard found != nil else { throw IncidentRefusal.unknownAsset }
        }
        if let order = new.workOrderId {
            let found = try await tx.first(
                """
                SELECT 1 FROM work_orders WHERE id = \(order) AND tenant_id = \(tenant) AND site_id = \(new.siteId)
                    AND \(sql: places.orders.condition(.workOrders))
                """
            )
            guard found != nil else { throw IncidentRefusal.unknownWorkOrder }
        }
    }

    private func requirePeople(_ incident: Incident, besides before: Incident?, _ tx: Transaction) async throws {
        let known = Set((before?.people ?? []).map(\.userId))
        let people = incident.people.map(\.userId)
        let new = people.filter { !known.contains($0) }
        if let stranger = try await orders.firstStranger(among: new, of: incident.tenant, tx) {
            throw IncidentRefusal.unknownPerson(at: people.firstIndex(of: stranger) ?? 0)
        }
        let owners = Set((before?.actions ?? []).map(\.owner))
        let newOwners = incident.actions.map(\.owner).filter { !owners.contains($0) }
        guard try await orders.firstStranger(among: newOwners, of: incident.tenant, tx) == nil else {
            throw IncidentRefusal.unknownOwner
        }
    }

    // MARK: - Writing

    private func write(_ incident: Incident, before: Incident?, as action: String, by act: Act, _ tx: Transaction)
        throws
    {
        tx.later(try Self.put(incident))
        var events: [any Event] = []
        // That it is worse than somebody has thought is news for those who are told.
        if incident.status != before?.status || incident.severity != before?.severity {
            events = [IncidentChanged(incident, from: before?.status, by: act.user, at: act.time)]
        }
        let change = try Change(
            action,
            "incident",
            incident.id,
            before: before.map(AuditedIncident.init),
            after: AuditedIncident(incident)
        )
        try tx.record(change, events, by: act)
    }
}

extension ReachColumns {
    static let incidents = ReachColumns(
        site: "site_id",
        asset: "asset_id",
        owners: ["reported_by"],
        conditions: [.minor: "severity = 'minor'"]
    )
}

extension IncidentChanged {
    fileprivate init(_ incident: Incident, from status: IncidentStatus?, by user: UserID?, at now: Date) {
        self.init(
            incident: incident.id,
            tenant: incident.tenant,
            site: incident.site,
            asset: incident.asset,
            workOrder: incident.workOrder,
            number: incident.number,
            kind: incident.kind,
            severity: incident.severity,
            from: status,
            to: incident.status,
            occurredAt: incident.occurredAt,
            by: user,
            at: now
        )
    }
}
