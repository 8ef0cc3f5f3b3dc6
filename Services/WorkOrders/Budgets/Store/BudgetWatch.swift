import EventSchema
import Foundation
import Identifiers
import Logging
import Messaging
import Money
import Postgres
import ServiceLifecycle

/// Tells of budgets that come to be beyond a threshold: once for each, until they are below it again.
struct BudgetWatch: Service {
    let store: BudgetStore
    let logger: Logger
    var now: @Sendable () -> Date = { Date() }

    private static let batchSize = 500

    func run() async { await Pruning("marks of budgets", every: .seconds(10), logger) { try await look() }.run() }

    /// Looks at the budgets for which something was booked.
    ///
    /// - Returns: Of how many tenants. One whose budgets can't be counted is tried again later, and is not in the way of others.
    func look() async throws -> Int {
        let tenants: [TenantID] = try await store.database.ofEveryTenant.query(
            "SELECT DISTINCT tenant_id FROM budget_marks"
        ).map { try $0["tenant_id"] }
        var count = 0
        for tenant in tenants {
            do {
                try await look(at: tenant)
                count += 1
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                logger.warning(
                    "budgets are not looked at",
                    metadata: ["tenant": "\(tenant)", "error": "\(String(reflecting: error))"]
                )
            }
        }
        return count
    }

    private func look(at tenant: TenantID) async throws {
        try await store.database.of(tenant).transaction { tx in
            let marks = try await tx.query(
                """
                DELETE FROM budget_marks WHERE id IN (
                    SELECT id FROM budget_marks WHERE tenant_id = \(tenant) ORDER BY id LIMIT \(Self.batchSize) FOR UPDATE SKIP LOCKED
                ) RETURNING site_id
                """
            )
            let sites: [SiteID?] = try marks.map { try $0["site_id"] }
            guard !sites.isEmpty else { return }
            let concerned: SQL =
                sites.contains(nil)
                ? "b.tenant_id = \(tenant)"
                : "b.tenant_id = \(tenant) AND (b.site_id IS NULL OR b.site_id = ANY(\(PostgresArray(Set(sites.compactMap(\.self))))))"
            // Who looks at a budget after this has seen what this has said of it.
            try await tx.execute("SELECT 1 FROM budgets b WHERE \(sql: concerned) ORDER BY id FOR UPDATE")
            let budgets = try BudgetStore.counted(try await tx.query(BudgetStore.figures(concerned)))
            let act = Act(service: "work-orders", tenant: tenant, cause: "budgets", time: now())
            for counted in budgets { try await tell(of: counted, by: act, tx) }
        }
    }

    private func tell(of counted: CountedBudget, by act: Act, _ tx: Transaction) async throws {
        let (budget, crossed) = (counted.budget, counted.figures.crossed)
        let known: [Int64] = try await tx.query(
            "SELECT threshold FROM budget_crossings WHERE budget_id = \(budget.id) AND tenant_id = \(budget.tenant)"
        ).map { try $0["threshold"] }
        for threshold in known where !crossed.contains(Int(threshold)) {
            tx.later(
                """
                DELETE FROM budget_crossings
                WHERE budget_id = \(budget.id) AND threshold = \(threshold) AND tenant_id = \(budget.tenant)
                """
            )
        }
        for threshold in crossed where !known.contains(Int64(threshold)) {
            tx.later(
                """
                INSERT INTO budget_crossings (budget_id, tenant_id, threshold, crossed_at)
                VALUES (\(budget.id), \(budget.tenant), \(threshold), \(act.time))
                """
            )
            try tx.publish([BudgetThresholdCrossed(counted, threshold, at: act.time)], by: act)
        }
    }
}

extension BudgetThresholdCrossed {
    fileprivate init(_ counted: CountedBudget, _ threshold: Int, at now: Date) {
        let (budget, currency) = (counted.budget, counted.currency)
        self.init(
            budget: budget.id,
            tenant: budget.tenant,
            site: budget.site,
            year: budget.year,
            category: budget.category,
            threshold: threshold,
            amount: Money(budget.amount, currency).text,
            actual: Money(counted.figures.actual, currency).text,
            committed: Money(counted.figures.committed, currency).text,
            currency: currency.code,
            at: now
        )
    }
}
