import Commands
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// Rules and what became of them, in PostgreSQL.
struct AutomationStore: Sendable {
    let orders: WorkOrderStore

    private var database: Database { orders.database }

    func list(_ tenant: TenantID) async throws -> [AutomationRule] {
        try await database.of(tenant).query(
            """
            SELECT * FROM automation_rules WHERE tenant_id = \(tenant)
            ORDER BY position, created_at, id LIMIT \(AutomationRule.maximumCount)
            """
        ).decode()
    }

    func find(_ id: AutomationRuleID, _ tenant: TenantID) async throws -> AutomationRule {
        let row = try await database.of(tenant).first(
            "SELECT * FROM automation_rules WHERE id = \(id) AND tenant_id = \(tenant)"
        )
        guard let rule: AutomationRule = try row?.decode() else { throw AutomationRefusal.unknown }
        return rule
    }

    func create(_ rule: AutomationRule, by act: Act, _ tx: Transaction) async throws {
        let row = try await tx.first("SELECT count(*) AS count FROM automation_rules WHERE tenant_id = \(rule.tenant)")
        guard try row?["count"] ?? Int64(0) < AutomationRule.maximumCount else { throw AutomationRefusal.tooMany }
        try await requireTargets(of: rule, tx)
        let inserted = try await tx.execute(
            """
            \(sql: try .insert("automation_rules", rule, adding: [
                "condition": try JSONB(of: rule.condition), "actions": try JSONB(of: rule.actions),
            ])) ON CONFLICT (tenant_id, name) DO NOTHING
            """
        )
        guard inserted == 1 else { throw AutomationRefusal.nameTaken }
        try tx.record(Change("AUTOMATION_RULE_CREATED", "automation-rule", rule.id, before: nil, after: rule), by: act)
    }

    func change(
        _ id: AutomationRuleID,
        _ tenant: TenantID,
        by act: Act,
        _ tx: Transaction,
        decide: (AutomationRule) throws -> AutomationRule
    ) async throws -> AutomationRule {
        let before = try await locked(id, tenant, tx)
        let after = try decide(before)
        let taken = try await tx.first(
            "SELECT 1 FROM automation_rules WHERE tenant_id = \(tenant) AND name = \(after.name) AND id <> \(id)"
        )
        guard taken == nil else { throw AutomationRefusal.nameTaken }
        try await requireTargets(of: after, tx)
        try save(after, tx)
        try tx.record(
            Change("AUTOMATION_RULE_UPDATED", "automation-rule", id, before: before, after: after),
            by: act
        )
        return after
    }

    func remove(_ id: AutomationRuleID, _ tenant: TenantID, seen: Int64?, by act: Act, _ tx: Transaction) async throws {
        let rule = try await locked(id, tenant, tx)
        try rule.requireVersion(seen)
        tx.later("DELETE FROM automation_rules WHERE id = \(id) AND tenant_id = \(tenant)")
        try tx.record(Change("AUTOMATION_RULE_DELETED", "automation-rule", id, before: rule, after: nil), by: act)
    }

    private func locked(_ id: AutomationRuleID, _ tenant: TenantID, _ tx: Transaction) async throws -> AutomationRule {
        let row = try await tx.first(
            "SELECT * FROM automation_rules WHERE id = \(id) AND tenant_id = \(tenant) FOR UPDATE"
        )
        guard let rule: AutomationRule = try row?.decode() else { throw AutomationRefusal.unknown }
        return rule
    }

    private func save(_ rule: AutomationRule, _ tx: Transaction) throws {
        tx.later(
            try .update(
                "automation_rules",
                rule,
                except: ["id", "tenant", "createdAt", "createdBy"],
                where: "id = \(rule.id) AND tenant_id = \(rule.tenant)"
            )
        )
        tx.later(
            """
            UPDATE automation_rules SET condition = \(try JSONB(of: rule.condition)), actions = \(try JSONB(of: rule.actions))
            WHERE id = \(rule.id) AND tenant_id = \(rule.tenant)
            """
        )
    }

    /// What its actions name must be there now. If it is not later, the rule fails and says so.
    private func requireTargets(of rule: AutomationRule, _ tx: Transaction) async throws {
        for (index, action) in rule.actions.enumerated() {
            if let user = action.user, try await !orders.isActiveUser(user, tenant: rule.tenant, tx) {
                throw AutomationRefusal.unknownPerson(at: index)
            }
            if let template = action.template {
                let row = try await tx.first(
                    "SELECT 1 FROM work_templates WHERE id = \(template) AND tenant_id = \(rule.tenant)"
                )
                guard row != nil else { throw AutomationRefusal.unknownTemplate(at: index) }
            }
            if let webhook = action.webhook {
                let row = try await tx.first(
                    "SELECT 1 FROM webhooks WHERE id = \(webhook) AND tenant_id = \(rule.tenant)"
                )
                guard row != nil else { throw AutomationRefusal.unknownWebhook(at: index) }
            }
        }
    }

    // MARK: - Running

    /// The rules that something starts, in their order.
    func active(_ trigger: AutomationTrigger, _ tenant: TenantID, _ tx: Transaction) async throws -> [AutomationRule] {
        try await tx.query(
            """
            SELECT * FROM automation_rules WHERE tenant_id = \(tenant) AND "when" = \(trigger) AND is_active
            ORDER BY position, created_at, id
            """
        ).decode()
    }

    /// A work order as it is now, without its tasks.
    func subject(_ id: WorkOrderID, _ tenant: TenantID, _ tx: Transaction) async throws -> WorkOrder? {
        try await tx.first("SELECT * FROM work_orders WHERE id = \(id) AND tenant_id = \(tenant)")?.decode()
    }

    /// Which rules have led to an event: those that ran because of the event that caused it.
    func chain(of metadata: EventMetadata, _ tenant: TenantID, _ tx: Transaction) async throws -> RuleChain {
        guard let cause = metadata.causation.flatMap({ EventID($0) }) else { return .none }
        let runs: [AutomationRun] = try await tx.query(
            "SELECT * FROM automation_runs WHERE tenant_id = \(tenant) AND event_id = \(cause)"
        ).decode()
        return runs.reduce(into: RuleChain.none) { chain, run in
            chain.depth = max(chain.depth, run.depth)
            chain.rules.formUnion(run.chain)
        }
    }

    /// Notes what became of a rule; one that fails too often is switched off, and says so.
    func note(_ run: AutomationRun, of rule: AutomationRule, by act: Act, _ tx: Transaction) async throws {
        tx.later(try .insert("automation_runs", run))
        guard run.outcome != .stopped else { return }
        // Others may have run it at the same moment.
        let row = try await tx.first(
            "SELECT * FROM automation_rules WHERE id = \(rule.id) AND tenant_id = \(rule.tenant) FOR UPDATE"
        )
        guard let before: AutomationRule = try row?.decode() else { return }
        let after = before.after(run.error, at: act.time)
        guard after != before else { return }
        try save(after, tx)
        guard before.isActive, !after.isActive else { return }
        try tx.record(
            Change("AUTOMATION_RULE_DISABLED", "automation-rule", rule.id, before: before, after: after),
            by: act
        )
    }

    // MARK: - Log

    func runs(
        of id: AutomationRuleID,
        _ tenant: TenantID,
        after: AutomationRunPosition?,
        limit: Int
    ) async throws -> [AutomationRun] {
        _ = try await find(id, tenant)
        return try await database.of(tenant).query(
            """
            SELECT * FROM automation_runs WHERE \(sql: .all([
                "tenant_id = \(tenant)", "rule_id = \(id)", after.map { "(at, id) < (\($0.at), \($0.id))" },
            ]))
            ORDER BY at DESC, id DESC LIMIT \(limit + 1)
            """
        ).decode()
    }

    /// Removes a batch of what is too old.
    ///
    /// - Returns: How many there were.
    func prune(at now: Date, limit: Int) async throws -> Int {
        try await database.ofEveryTenant.execute(
            """
            DELETE FROM automation_runs WHERE id IN (
                SELECT id FROM automation_runs WHERE at < \(now.addingTimeInterval(-AutomationRun.retention))
                ORDER BY at LIMIT \(limit) FOR UPDATE SKIP LOCKED
            )
            """
        )
    }

    // MARK: - Dry run

    /// What has happened in the past that starts rules, the latest first. Of a work order, its phase is known as it was then; the rest is as it is
    /// now.
    func past(_ trigger: AutomationTrigger, since: Date, _ tenant: TenantID) async throws -> [PastEvent] {
        let moves: SQL? =
            switch trigger {
            case .created: "h.transition IN ('create', 'request')"
            case .stateChanged: "h.transition NOT IN ('create', 'request')"
            case .assigned: "h.transition = 'assign'"
            case .completed: "h.transition = 'complete'"
            case .serviceLevel, .commented: nil
            }
        let events: SQL =
            if let moves {
                """
                SELECT h.work_order_id, h.transitioned_at AS at, h.to_phase FROM work_order_state_history h
                WHERE h.tenant_id = \(tenant) AND h.transitioned_at >= \(since) AND \(sql: moves)
                """
            } else if trigger == .commented {
                """
                SELECT c.work_order_id, c.created_at AS at, \(sql: Self.phaseThen("c.work_order_id", "c.created_at"))
                FROM work_order_comments c WHERE c.tenant_id = \(tenant) AND c.created_at >= \(since)
                """
            } else {
                """
                SELECT c.work_order_id, t.at, \(sql: Self.phaseThen("c.work_order_id", "t.at"))
                FROM service_clocks c CROSS JOIN LATERAL (VALUES (c.at_risk_told_at), (c.breached_told_at)) AS t (at)
                WHERE c.tenant_id = \(tenant) AND t.at >= \(since)
                """
            }
        let rows = try await database.of(tenant).query(
            """
            SELECT w.*, e.at AS happened_at, e.to_phase AS phase_then
            FROM (\(sql: events)) e JOIN work_orders w ON w.id = e.work_order_id AND w.tenant_id = \(tenant)
            ORDER BY e.at DESC, w.id LIMIT \(DryRun.mostEvents)
            """
        )
        return try rows.map { row in
            let order: WorkOrder = try row.decode()
            var subject = RuleSubject(order)
            if let then: String = try row["phase_then"] {
                subject.phase = WorkOrderPhase(rawValue: then) ?? subject.phase
            }
            return PastEvent(order: order.id, number: order.number, at: try row["happened_at"], subject: subject)
        }
    }

    /// The phase that a work order had at a time.
    private static func phaseThen(_ order: SQL, _ time: SQL) -> SQL {
        """
        (SELECT h.to_phase FROM work_order_state_history h
            WHERE h.work_order_id = \(sql: order) AND h.transitioned_at <= \(sql: time)
            ORDER BY h.transitioned_at DESC, h.version DESC LIMIT 1) AS to_phase
        """
    }
}

/// A run's place in the log: the newest first.
struct AutomationRunPosition: Codable, Sendable {
    var at: Date
    var id: EventID
}

extension AutomationRule: Record {
    static let columnNames = ["tenant": "tenant_id"]
    static let joined: Set = ["condition", "actions"]
}

extension AutomationRule: RowReadable {
    init(from row: inout RowReader) throws {
        self.init(
            id: try row.read("id"),
            tenant: try row.read("tenant_id"),
            name: try row.read("name"),
            when: try row.read("when"),
            condition: try row.read("condition", as: JSONB.self)?.decoded(),
            actions: try row.read("actions", as: JSONB.self)?.decoded() ?? [],
            position: try row.read("position"),
            stops: try row.read("stops"),
            isActive: try row.read("is_active"),
            failures: try row.read("failures"),
            lastError: try row.read("last_error"),
            isDisabled: try row.read("is_disabled"),
            createdAt: try row.read("created_at"),
            createdBy: try row.read("created_by"),
            updatedAt: try row.read("updated_at"),
            updatedBy: try row.read("updated_by"),
            version: try row.read("version")
        )
    }
}

extension AutomationRun: Record {
    static let columnNames = [
        "tenant": "tenant_id", "rule": "rule_id", "event": "event_id", "workOrder": "work_order_id",
    ]
}

extension AutomationTrigger: PostgresEncodable, PostgresDecodable {}
extension AutomationRun.Outcome: PostgresEncodable, PostgresDecodable {}
