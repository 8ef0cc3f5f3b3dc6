import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// The work orders in PostgreSQL. A change locks the row, decides, and writes rows, history, audit and events in one transaction.
struct WorkOrderStore: Sendable {
    let database: Database

    /// Creates a work order on an asset, with the next number of its tenant and year.
    func create(
        on asset: AssetID,
        giving planning: Planning? = nil,
        by act: Act,
        _ tx: Transaction,
        decide: (WorkOrderNumber, Workforce?) throws -> Decision
    ) async throws -> WorkOrder {
        let tenant = try tenant(of: act)
        let crew = try await lockedCrew(planning, tenant, tx)
        guard let asset = try await lockedAsset(asset, tenant: tenant, tx) else { throw Refusal.unknownAsset(asset) }
        // It may have been decommissioned in the meantime.
        try asset.requireInService()
        let workforce = try await workforce(planning, crew, of: [], at: asset.site, tenant, tx)
        // Last, because the next number is locked until the transaction ends: nobody else gets one in the meantime.
        let decision = try decide(try await nextNumber(tenant, at: act.time, tx), workforce)
        try asset.facts.requireAdmitting(decision.workOrder.type)
        try insert(decision, by: act, tx)
        return decision.workOrder
    }

    /// Changes a work order. `decide` returns `nil` when there is nothing to change. A ``Refusal`` comes before anything is written, so that
    /// the transaction can go on without this work order.
    ///
    /// - Parameters:
    ///   - planning: Whom the change gives the work to; `nil` if it concerns neither who does it nor when. They are looked up after the work
    ///     order: if that does not exist, the caller learns nothing else.
    ///   - task: The task that the change answers.
    ///   - verifiable: Where the person may verify.
    func update(
        _ id: WorkOrderID,
        giving planning: Planning? = nil,
        answering task: TaskID? = nil,
        within reach: ChangeReach,
        verifying verifiable: Reach = .none,
        by act: Act,
        _ tx: Transaction,
        decide: (WorkOrder, Facts) throws -> Decision?
    ) async throws -> WorkOrder {
        let tenant = try tenant(of: act)
        // Before the work order, as a deletion of the asset locks them too.
        if task != nil { try await lockAsset(of: id, tenant: tenant, tx) }
        // As whoever changes the crew locks it before its work orders.
        let crew = try await lockedCrew(planning, tenant, tx)
        let found = try await tx.pipeline([
            """
            SELECT *, \(sql: reach.isWithin(.workOrders)) AS is_within,
                \(sql: reach.butForTheAmount.isWithin(.workOrders)) AS is_within_but_for_amount,
                COALESCE(\(sql: verifiable.condition(.workOrders)), false) AS may_verify,
                (SELECT code FROM assets WHERE id = asset_id) AS asset_code,
                (SELECT assets.status FROM assets WHERE id = asset_id) AS asset_status,
                EXISTS (SELECT FROM service_levels l WHERE l.tenant_id = work_orders.tenant_id) AS has_levels
            FROM work_orders
            WHERE id = \(id) AND tenant_id = \(tenant) AND \(sql: reach.isVisible(.workOrders)) FOR UPDATE
            """,
            // Behind the lock: nobody changes them any more.
            Self.tasks(of: [id], tenant),
            Self.policy(of: tenant),
            LaborStore.people(on: id, tenant),
            PartStore.open(on: id, tenant),
            CostStore.estimatedTotal(of: id, tenant),
            PermitStore.facts(of: id, tenant),
        ])
        guard let row = found[0].first else { throw Refusal.unknown(id) }
        let policy: WorkPolicy = try found[2].first?.decode() ?? WorkPolicy()
        guard try row["is_within"] else {
            throw try row["is_within_but_for_amount"]
                ? Refusal.aboveApprovalLimit(policy.approvalLimit) : Refusal.outOfReach
        }
        var current = try row.decode(WorkOrder.self)
        guard current.archivedAt == nil else { throw Refusal.archived }
        current.tasks = try found[1].decode()
        var facts = Facts(policy: policy)
        facts.workforce = try await workforce(planning, crew, of: current.doers, at: current.site, tenant, tx)
        facts.mayVerify = try row["may_verify"]
        if let code: String = try row["asset_code"], let status: AssetStatus = try row["asset_status"] {
            facts.asset = AssetFacts(code: code, status: status)
        }
        facts.isAssetInService = facts.asset?.status != .decommissioned
        facts.labor = LaborFacts(people: try found[3].map { try $0["user_id"] })
        facts.estimate = try found[5].first?["total"]
        facts.openParts = try found[4].map { try $0["number"] }
        facts.permits = try found[6].decode()
        if let answered = current.tasks.first(where: { $0.id == task }) {
            facts.lastReading = try await MeterReadings.last(for: answered, of: current, tx)
            if answered.check?.kind == .photo {
                facts.images = try await AttachmentStore.images(of: id, tenant, tx)
            }
        }
        guard let decision = try decide(current, facts) else { return current }
        try save(decision, before: current, by: act, tx)
        if try row["has_levels"], decision.movesClocks(after: current) {
            try await levels.follow(decision.workOrder, by: act, tx)
        }
        if let move = decision.move {
            try await labor.follow(move, of: decision.workOrder, by: act, tx)
            try await parts.follow(move, of: decision.workOrder, by: act, tx)
            try await permits.follow(move, of: decision.workOrder, by: act, tx)
        }
        if let followUp = decision.opens {
            let number = try await nextNumber(tenant, at: act.time, tx)
            let opened = WorkOrder.followUp(
                followUp,
                of: decision.workOrder,
                number: number,
                under: facts.policy,
                by: act.user,
                at: act.time
            )
            try insert(opened, by: act, tx)
            if try row["has_levels"] { try await levels.follow(opened.workOrder, by: act, tx) }
        }
        return decision.workOrder
    }

    private var labor: LaborStore { LaborStore(database: database) }
    private var parts: PartStore { PartStore(database: database) }
    private var permits: PermitStore { PermitStore(orders: self) }
    var levels: ServiceLevelStore { ServiceLevelStore(database: database) }

    /// A work order that stays as it is until the transaction ends: for what decides about a part of it.
    func hold(
        _ id: WorkOrderID,
        within reach: ChangeReach,
        by act: Act,
        _ tx: Transaction
    ) async throws -> WorkOrder {
        let row = try await tx.first(
            """
            SELECT *, \(sql: reach.isWithin(.workOrders)) AS is_within FROM work_orders
            WHERE id = \(id) AND tenant_id = \(try tenant(of: act)) AND \(sql: reach.isVisible(.workOrders)) FOR UPDATE
            """
        )
        guard let row else { throw Refusal.unknown(id) }
        guard try row["is_within"] else { throw Refusal.outOfReach }
        let order = try row.decode(WorkOrder.self)
        guard order.archivedAt == nil else { throw Refusal.archived }
        return order
    }

    /// Creates the work order that an alert or a prediction requests, unless it exists already.
    func open(_ request: WorkOrderRequested, by act: Act, _ tx: Transaction) async throws {
        let (id, tenant) = (request.workOrder, try tenant(of: act))
        let known = try await tx.first(
            """
            SELECT 1 FROM work_order_origins
            WHERE origin = \(request.origin) AND origin_id = \(request.originID) AND tenant_id = \(tenant)
            """
        )
        guard known == nil else { return }
        do {
            // An emergency gets its work order even if this service does not know the asset yet.
            try await lockedAsset(request.asset, tenant: tenant, tx)?.requireInService()
        } catch Refusal.assetDecommissioned {
            // The requesting service knows the asset's status too, and shows it to people. Here it is recorded.
            let refused = "WORKORDER_REFUSED_ASSET_DECOMMISSIONED"
            return try tx.record(
                Change(refused, "workorder", id, before: nil as WorkOrder?, after: nil),
                by: act
            )
        }
        let number = try await nextNumber(tenant, at: act.time, tx)
        let policy: WorkPolicy = try await tx.first(Self.policy(of: tenant))?.decode() ?? WorkPolicy()
        let requested = WorkOrder.requested(request, id: id, number: number, under: policy, at: act.time)
        try insert(requested, by: act, tx)
        if let evidence = request.evidence { tx.later(try EvidenceStore.insert(evidence, of: requested.workOrder)) }
        try await levels.follow(requested.workOrder, by: act, tx)
    }

    /// Cancels the open work orders of an asset that was deleted.
    func cancelAll(on asset: AssetID, because reason: String, by act: Act, _ tx: Transaction) async throws {
        let open = try await tx.query(
            """
            SELECT id FROM work_orders
            WHERE asset_id = \(asset) AND tenant_id = \(act.tenant) AND status NOT IN ('completed', 'cancelled')
            ORDER BY id
            """
        )
        for row in open {
            _ = try await update(try row["id"], within: .tenant, by: act, tx) { order, _ in
                guard Transition.table[order.phase]?[.cancel] != nil else { return nil }
                return try order.moved(.cancel, MoveWorkOrder(reason: reason), Terms(by: act.user, at: act.time))
            }
        }
    }

    /// The crew that work is given to; it keeps its members until the transaction ends.
    private func lockedCrew(_ planning: Planning?, _ tenant: TenantID, _ tx: Transaction) async throws -> Crew? {
        guard let id = planning?.crew else { return nil }
        return try await CrewStore.locked(id, tenant, tx)
    }

    /// What is known of everybody whom a change concerns; `nil` when it concerns nobody.
    ///
    /// - Parameter doers: Who does the work before the change.
    private func workforce(
        _ planning: Planning?,
        _ crew: Crew?,
        of doers: [UserID],
        at site: SiteID,
        _ tenant: TenantID,
        _ tx: Transaction
    ) async throws -> Workforce? {
        guard let planning else { return nil }
        if let id = planning.crew, crew?.site != site || crew?.isArchived ?? true { throw Refusal.unknownCrew(id) }
        let people = Set(doers + (crew?.memberIDs ?? []) + [planning.assignee].compactMap(\.self))
        guard !people.isEmpty else { return nil }
        var workforce = try PeopleStore.workforce(
            try await tx.pipeline(PeopleStore.facts(of: people, at: site, tenant))
        )
        if let assignee = planning.assignee, workforce.people[assignee]?.isActive != true {
            throw Refusal.unknownAssignee(assignee)
        }
        workforce.crew = crew
        return workforce
    }

    func tenant(of act: Act) throws -> TenantID {
        guard let tenant = act.tenant else { throw EventRefused("a work order needs a tenant") }
        return tenant
    }

    // MARK: - Writing

    private func nextNumber(_ tenant: TenantID, at now: Date, _ tx: Transaction) async throws -> WorkOrderNumber {
        let year = WorkOrderNumber.year(of: now)
        let row = try await tx.first(
            """
            INSERT INTO work_order_numbers (tenant_id, year, last) VALUES (\(tenant), \(Int32(year)), 1)
            ON CONFLICT (tenant_id, year) DO UPDATE SET last = work_order_numbers.last + 1
            RETURNING last
            """
        )
        return WorkOrderNumber(year: year, count: try row?["last"] ?? 0)
    }

    private func insert(_ decision: Decision, by act: Act, _ tx: Transaction) throws {
        tx.later(try .insert("work_orders", decision.workOrder))
        try record(decision, before: nil, by: act, tx)
    }

    /// - Parameter before: The work order as it was read and locked in this transaction.
    func save(_ decision: Decision, before: WorkOrder, by act: Act, _ tx: Transaction) throws {
        let order = decision.workOrder
        tx.later(
            try .update(
                "work_orders",
                order,
                except: [
                    "id", "tenant", "number", "site", "asset", "origin", "originID", "template", "templateVersion",
                    "createdAt", "createdBy",
                ],
                where: "id = \(order.id) AND tenant_id = \(order.tenant)"
            )
        )
        try record(decision, before: before, by: act, tx)
    }

    /// Writes the tasks, history, audit line, state and fact of a decision.
    private func record(_ decision: Decision, before: WorkOrder?, by act: Act, _ tx: Transaction) throws {
        let order = decision.workOrder
        let known = before?.tasks ?? []
        for task in known where !order.tasks.contains(where: { $0.id == task.id }) {
            tx.later(Self.remove(task, of: order))
        }
        for task in order.tasks where !known.contains(task) {
            tx.later(try Self.put(task, of: order))
            if let reading = MeterReadings.put(task, of: order) { tx.later(reading) }
        }
        if order.title != before?.title || order.description != before?.description { tx.later(Self.words(of: order)) }
        if let move = decision.move {
            tx.later(
                try .insert(
                    "work_order_state_history",
                    HistoryEntry(
                        from: move.from?.status,
                        to: move.to.status,
                        fromPhase: move.from,
                        toPhase: move.to,
                        transition: move.transition,
                        reason: move.reason,
                        holdReason: move.holdReason,
                        by: act.user,
                        at: act.time,
                        version: order.version
                    ),
                    adding: ["work_order_id": order.id, "tenant_id": order.tenant]
                )
            )
        }
        try tx.record(
            Change(decision.action, "workorder", order.id, before: before, after: order),
            [WorkOrderState(order)] + decision.facts(after: before, by: act.user),
            by: act
        )
    }

    /// What the search finds it by.
    private static func words(of order: WorkOrder) -> SQL {
        """
        INSERT INTO work_order_words (work_order_id, tenant_id, words)
        VALUES (\(order.id), \(order.tenant), search_words(\(order.tenant), \(order.number), \(order.title), \(order.description)))
        ON CONFLICT (work_order_id) DO UPDATE SET words = excluded.words
        """
    }
}
