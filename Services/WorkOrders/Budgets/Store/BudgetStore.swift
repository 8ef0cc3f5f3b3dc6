import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Messaging
import Money
import Postgres

/// The budgets in PostgreSQL. What has become of one is counted when somebody asks: the ledger and the estimates say it.
struct BudgetStore: Sendable {
    let database: Database

    func create(_ budget: Budget, by act: Act, _ tx: Transaction) async throws {
        _ = try await currency(of: budget.tenant, tx)
        let row = try await tx.first("SELECT count(*) AS count FROM budgets WHERE tenant_id = \(budget.tenant)")
        guard Int(try row?["count"] as Int64? ?? 0) < Budget.maximumCount else { throw BudgetRefusal.tooMany }
        let inserted = try await tx.execute(
            "\(sql: try .insert("budgets", budget)) ON CONFLICT DO NOTHING"
        )
        guard inserted == 1 else { throw BudgetRefusal.exists }
        tx.later(Self.mark(budget.site, budget.tenant))
        try tx.record(Change("BUDGET_CREATED", "budget", budget.id, before: nil, after: budget), by: act)
    }

    func change(
        _ id: BudgetID,
        _ change: ChangeBudget,
        within reach: ChangeReach,
        seen: Int64?,
        by act: Act,
        _ tx: Transaction
    ) async throws -> Budget {
        let before = try await locked(id, within: reach, by: act, tx)
        guard let after = try before.changed(change, seen: seen, at: act.time) else { return before }
        tx.later(
            """
            UPDATE budgets SET amount = \(after.amount), note = \(after.note), updated_at = \(act.time), version = \(after.version)
            WHERE id = \(id) AND tenant_id = \(after.tenant)
            """
        )
        tx.later(Self.mark(after.site, after.tenant))
        try tx.record(Change("BUDGET_UPDATED", "budget", id, before: before, after: after), by: act)
        return after
    }

    func remove(_ id: BudgetID, within reach: ChangeReach, seen: Int64?, by act: Act, _ tx: Transaction) async throws {
        let budget = try await locked(id, within: reach, by: act, tx)
        try budget.requireVersion(seen)
        tx.later("DELETE FROM budgets WHERE id = \(id) AND tenant_id = \(budget.tenant)")
        try tx.record(Change("BUDGET_DELETED", "budget", id, before: budget, after: nil), by: act)
    }

    /// Has the budgets of a site looked at again; without one, all budgets.
    static func mark(_ site: SiteID?, _ tenant: TenantID) -> SQL {
        "INSERT INTO budget_marks (tenant_id, site_id) VALUES (\(tenant), \(site))"
    }

    private func locked(_ id: BudgetID, within reach: ChangeReach, by act: Act, _ tx: Transaction) async throws
        -> Budget
    {
        let row = try await tx.first(
            """
            SELECT *, \(sql: reach.isWithin(.budgets)) AS is_within FROM budgets b
            WHERE id = \(id) AND tenant_id = \(act.tenant) AND \(sql: reach.isVisible(.budgets)) FOR UPDATE
            """
        )
        guard let row else { throw BudgetRefusal.unknown }
        guard try row["is_within"] else { throw BudgetRefusal.outOfReach }
        return try row.decode()
    }

    /// - Throws: `CostRefusal.noRates` before the tenant has a currency.
    func currency(of tenant: TenantID, _ tx: Transaction) async throws -> Currency {
        guard let currency = try await CostStore(database: database).knownCurrency(of: tenant, tx) else {
            throw CostRefusal.noRates
        }
        return currency
    }
}

extension Budget: Record {
    static let columnNames = ["tenant": "tenant_id", "site": "site_id"]
}

extension Budget: RowReadable {
    init(from row: inout RowReader) throws {
        self.init(
            id: try row.read("id"),
            tenant: try row.read("tenant_id"),
            site: try row.read("site_id"),
            year: try row.read("year"),
            category: try row.read("category"),
            amount: try row.read("amount"),
            note: try row.read("note"),
            createdAt: try row.read("created_at"),
            createdBy: try row.read("created_by"),
            updatedAt: try row.read("updated_at"),
            version: try row.read("version")
        )
    }
}

extension ReachColumns {
    /// Those of all sites are for people of the whole organization.
    static let budgets = ReachColumns(site: "b.site_id")
}
