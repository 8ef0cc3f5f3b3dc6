import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// Permits and their isolations in PostgreSQL. Whoever changes one holds its work order until the transaction ends, so that a permit and the work under it
/// never disagree.
struct PermitStore: Sendable {
    let orders: WorkOrderStore

    private var database: Database { orders.database }

    /// Where a permit is: what is known of it before its work order is held.
    struct Place: Sendable {
        var id: PermitID
        var order: WorkOrderID
        var tenant: TenantID
        var kind: PermitType
        var createdBy: UserID
    }

    /// What a decision needs to know besides.
    enum Further: Sendable { case nothing, conflicts, images }

    /// Two locks of the same number at the same moment: one of them waits for the other, and is refused.
    static let lockRefusal: @Sendable (PostgresError) -> (any Error)? = {
        if case .uniqueViolation(let name) = $0.kind, name == "permit_isolations_on" {
            PermitRefusal.lockInUse("")
        } else {
            nil
        }
    }

    // MARK: - Holding

    /// - Throws: `PermitRefusal.unknown` for a permit of another tenant. Who may not see its work order is refused where that is held.
    func place(of id: PermitID, by act: Act, _ tx: Transaction) async throws -> Place {
        let tenant = try orders.tenant(of: act)
        let row = try await tx.first(
            "SELECT work_order_id, kind, created_by FROM permits WHERE id = \(id) AND tenant_id = \(tenant)"
        )
        guard let row else { throw PermitRefusal.unknown }
        return Place(
            id: id,
            order: try row["work_order_id"],
            tenant: tenant,
            kind: try row["kind"],
            createdBy: try row["created_by"]
        )
    }

    /// Holds a permit's work order.
    ///
    /// - Returns: The work order, and whether it is within the reach of those who approve.
    func hold(
        _ place: Place,
        within reach: ChangeReach,
        approving: Reach,
        by act: Act,
        _ tx: Transaction
    ) async throws -> (WorkOrder, Bool) {
        let order = try await orders.hold(place.order, within: reach, by: act, tx)
        let row = try await tx.first(
            """
            SELECT COALESCE(\(sql: approving.condition(.workOrders)), false) AS may_approve FROM work_orders
            WHERE id = \(order.id) AND tenant_id = \(order.tenant)
            """
        )
        return (order, try row?["may_approve"] ?? false)
    }

    func complete(_ terms: inout PermitTerms, with further: Further, of place: Place, _ tx: Transaction) async throws {
        switch further {
        case .nothing: break
        case .conflicts: terms.conflicts = try await conflicts(of: place, on: terms.order.asset, tx)
        case .images: terms.images = try await AttachmentStore.images(of: place.order, place.tenant, tx)
        }
    }

    // MARK: - Changing

    func create(_ new: CreatePermit, _ terms: PermitTerms, by act: Act, _ tx: Transaction) async throws -> Permit {
        let row = try await tx.first(
            """
            SELECT count(*) AS count FROM permits
            WHERE work_order_id = \(terms.order.id) AND tenant_id = \(terms.order.tenant)
            """
        )
        let count = Int(try row?["count"] as Int64? ?? 0)
        let permit = try Permit.drafted(new, id: .new(), count: count, terms)
        try await requireKnown(permit, besides: nil, tx)
        try write(permit, before: nil, tx)
        try tx.record(
            Change("PERMIT_CREATED", "permit", permit.id, before: nil, after: permit),
            [PermitChanged(permit, from: nil, on: terms.order, by: terms.user, at: act.time)],
            by: act
        )
        return permit
    }

    /// Changes a permit whose work order is held. `decide` returns `nil` when there is nothing to change.
    func change(
        _ place: Place,
        as action: String,
        _ terms: PermitTerms,
        by act: Act,
        _ tx: Transaction,
        decide: (Permit, PermitTerms) throws -> Permit?
    ) async throws -> Permit {
        guard let before = try await load(place.id, of: place.tenant, tx) else { throw PermitRefusal.unknown }
        guard let after = try decide(before, terms) else { return before }
        try await requireKnown(after, besides: before, tx)
        try await requireFreeLocks(after, before, tx)
        var isPaused = false
        // Work does not go on under a permit that somebody has suspended.
        if before.status == .active, after.status == .suspended {
            isPaused = try await pause(after, because: "The permit \(after.number) is suspended", by: act, tx)
        }
        try save(after, before: before, as: action, on: terms.order, isPaused: isPaused, by: act, tx)
        return after
    }

    /// Ends a permit whose time is over, and puts work in progress under it on hold.
    ///
    /// - Returns: Whether it did; not if somebody has its work order at this moment: then it is done next time.
    func expire(_ key: PermitKey, at now: Date) async throws -> Bool {
        let act = Act(service: "work-orders", tenant: key.tenant, cause: "permit expiry", time: now)
        return try await database.of(key.tenant).transaction { tx in
            let row = try await tx.first(
                """
                SELECT * FROM work_orders WHERE id = \(key.workOrder) AND tenant_id = \(key.tenant)
                FOR UPDATE SKIP LOCKED
                """
            )
            guard let order: WorkOrder = try row?.decode(), let before = try await load(key.id, of: key.tenant, tx),
                let after = before.expired(at: act.time)
            else { return false }
            let reason = "The permit \(after.number) has expired"
            let isPaused = before.status == .active ? try await pause(after, because: reason, by: act, tx) : false
            try save(after, before: before, as: "PERMIT_EXPIRED", on: order, isPaused: isPaused, by: act, tx)
            return true
        }
    }

    /// What becomes of permits when their work order moves.
    func follow(_ move: Decision.Move, of order: WorkOrder, by act: Act, _ tx: Transaction) async throws {
        guard move.to == .cancelled else { return }
        let permits = try await permits(
            "work_order_id = \(order.id) AND status NOT IN ('closed', 'cancelled', 'expired')",
            of: order.tenant,
            tx
        )
        for before in permits {
            guard let after = before.dropped(at: act.time) else { continue }
            try save(after, before: before, as: "PERMIT_STATUS_CHANGED", on: order, isPaused: false, by: act, tx)
        }
    }

    /// Puts work in progress on hold, unless another permit of the same kind covers it.
    private func pause(_ permit: Permit, because reason: String, by act: Act, _ tx: Transaction) async throws -> Bool {
        var isPaused = false
        _ = try await orders.update(
            permit.workOrder,
            within: .tenant,
            by: act,
            tx
        ) { order, facts in
            let isCovered = facts.permits.contains {
                $0.id != permit.id && $0.kind == permit.kind && $0.isInForce(at: act.time)
            }
            guard order.status == .inProgress, !isCovered else { return nil }
            isPaused = true
            let move = MoveWorkOrder(reason: reason, holdReason: .safety)
            return try order.moved(.pause, move, Terms(by: act.user, at: act.time, facts))
        }
        return isPaused
    }

    // MARK: - Rules beyond one permit

    /// The permits of other work that count on the same equipment, or on what that belongs to or consists of.
    private func conflicts(of place: Place, on asset: AssetID, _ tx: Transaction) async throws -> [PermitConflict] {
        // Two permits that are activated at the same moment see one another.
        try await tx.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(\("permits \(place.tenant)"), 0))"
        )
        let points = try await tx.query(
            """
            SELECT equipment FROM permit_isolations
            WHERE permit_id = \(place.id) AND tenant_id = \(place.tenant) AND equipment IS NOT NULL
            """
        )
        let equipment: [AssetID] = [asset] + (try points.map { try $0["equipment"] })
        let own: SQL =
            "SELECT id FROM assets WHERE id = ANY(\(PostgresArray(equipment))) AND tenant_id = \(place.tenant)"
        return try await tx.query(
            """
            WITH RECURSIVE above AS (
                SELECT id, parent_id FROM assets
                WHERE id = ANY(\(PostgresArray(equipment))) AND tenant_id = \(place.tenant)
                UNION SELECT a.id, a.parent_id FROM assets a JOIN above b ON a.id = b.parent_id
            ), related AS (
                SELECT id FROM above UNION SELECT id FROM (\(sql: .assets(below: own))) parts
            )
            SELECT p.id, p.number FROM permits p
            WHERE p.tenant_id = \(place.tenant) AND p.status IN ('approved', 'active', 'suspended', 'expired')
                AND p.work_order_id <> \(place.order) AND (
                    p.status = 'active' AND p.asset_id IN (SELECT id FROM related)
                    OR EXISTS (
                        SELECT FROM permit_isolations i
                        WHERE i.permit_id = p.id AND i.tenant_id = p.tenant_id AND i.state IN ('locked', 'verified')
                            AND COALESCE(i.equipment, p.asset_id) IN (SELECT id FROM related)
                    )
                )
            ORDER BY p.number LIMIT 50
            """
        ).decode()
    }

    private func requireKnown(_ permit: Permit, besides before: Permit?, _ tx: Transaction) async throws {
        let known = before?.workers ?? []
        let people = permit.workers.filter { !known.contains($0) }
        if let stranger = try await orders.firstStranger(among: people, of: permit.tenant, tx) {
            throw PermitRefusal.unknownWorker(at: permit.workers.firstIndex(of: stranger) ?? 0)
        }
        let equipment = permit.isolations.compactMap(\.equipment)
        guard permit.isolations != before?.isolations, permit.status == .draft, !equipment.isEmpty else { return }
        let found: [AssetID] = try await tx.query(
            """
            SELECT id FROM assets
            WHERE id = ANY(\(PostgresArray(equipment))) AND tenant_id = \(permit.tenant) AND site_id = \(permit.site)
            """
        ).map { try $0["id"] }
        if let unknown = permit.isolations.firstIndex(where: { $0.equipment.map { !found.contains($0) } ?? false }) {
            throw PermitRefusal.unknownEquipment(at: unknown)
        }
    }

    /// A lock is at one place at a time.
    private func requireFreeLocks(_ after: Permit, _ before: Permit, _ tx: Transaction) async throws {
        let known = Set(before.locked.map(\.id))
        for point in after.locked where !known.contains(point.id) {
            let row = try await tx.first(
                """
                SELECT 1 FROM permit_isolations
                WHERE tenant_id = \(after.tenant) AND lower(lock_number) = lower(\(point.lockNumber))
                    AND state IN ('locked', 'verified')
                """
            )
            guard row == nil else { throw PermitRefusal.lockInUse(point.lockNumber ?? "") }
        }
    }

    // MARK: - Writing

    private func save(
        _ after: Permit,
        before: Permit,
        as action: String,
        on order: WorkOrder,
        isPaused: Bool,
        by act: Act,
        _ tx: Transaction
    ) throws {
        try write(after, before: before, tx)
        var events: [any Event] = []
        if after.status != before.status {
            events = [
                PermitChanged(
                    after,
                    from: before.status,
                    on: order,
                    isPaused: isPaused,
                    by: act.user,
                    at: act.time
                )
            ]
        }
        try tx.record(Change(action, "permit", after.id, before: before, after: after), events, by: act)
    }

    private func write(_ permit: Permit, before: Permit?, _ tx: Transaction) throws {
        tx.later(try Self.put(permit))
        let kept = Set(permit.isolations.map(\.id))
        for point in before?.isolations ?? [] where !kept.contains(point.id) {
            tx.later("DELETE FROM permit_isolations WHERE id = \(point.id) AND tenant_id = \(permit.tenant)")
        }
        for point in permit.isolations where before?.isolations.contains(point) != true {
            tx.later(Self.put(point, of: permit))
        }
    }
}

extension PermitChanged {
    fileprivate init(
        _ permit: Permit,
        from status: PermitStatus?,
        on order: WorkOrder,
        isPaused: Bool = false,
        by user: UserID?,
        at now: Date
    ) {
        self.init(
            permit: permit.id,
            workOrder: permit.workOrder,
            tenant: permit.tenant,
            site: permit.site,
            asset: permit.asset,
            number: order.number,
            kind: permit.kind,
            from: status,
            to: permit.status,
            validUntil: permit.validUntil,
            reason: permit.status == .suspended ? permit.suspensions.last?.reason : nil,
            workPaused: isPaused,
            by: user,
            at: now
        )
    }
}
