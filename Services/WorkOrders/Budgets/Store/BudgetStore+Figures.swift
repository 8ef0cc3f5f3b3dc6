import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Money
import Postgres

/// A budget, and what has become of it.
struct CountedBudget: Sendable {
    var budget: Budget
    var figures: BudgetFigures
    var currency: Currency
}

extension BudgetStore {
    /// A page of budgets that the caller sees: up to `limit` and one more.
    func list(
        _ filter: BudgetFilter,
        tenant: TenantID,
        within reach: Reach,
        after: BudgetPosition?,
        limit: Int
    ) async throws -> [CountedBudget] {
        let condition = SQL.all([
            "b.tenant_id = \(tenant)", reach.condition(.budgets), filter.year.map { "b.year = \($0)" },
            filter.siteId.map { "b.site_id = \($0)" },
            after.map { "(b.year < \($0.year) OR b.year = \($0.year) AND b.id > \($0.id))" },
        ])
        return try Self.counted(
            try await database.of(tenant).query(
                Self.figures("\(sql: condition) ORDER BY b.year DESC, b.id LIMIT \(limit + 1)")
            )
        )
    }

    /// A budget that the caller sees, with what was booked in each month, by the sites' calendars.
    func find(_ id: BudgetID, tenant: TenantID, within reach: Reach) async throws -> (CountedBudget, [BudgetMonth]) {
        let condition = SQL.all(["b.tenant_id = \(tenant)", "b.id = \(id)", reach.condition(.budgets)])
        let found = try await database.of(tenant).pipeline([
            Self.figures(condition),
            """
            SELECT extract(month FROM c.incurred_at AT TIME ZONE COALESCE(s.time_zone, 'UTC'))::bigint AS month,
                sum(c.total)::numeric(19, 4) AS actual
            FROM budgets b JOIN cost_entries c ON \(sql: Self.isBooked) LEFT JOIN sites s ON s.id = c.site_id AND s.tenant_id = c.tenant_id
            WHERE b.id = \(id) AND b.tenant_id = \(tenant) AND \(sql: Self.isInYear("c.incurred_at"))
            GROUP BY 1 ORDER BY 1
            """,
        ])
        guard let counted = try Self.counted(found[0]).first else { throw BudgetRefusal.unknown }
        return (counted, try found[1].map { BudgetMonth(month: try $0["month"], actual: try $0["actual"]) })
    }

    /// A budget as it is within a change of it.
    func counted(_ budget: Budget, _ tx: Transaction) async throws -> CountedBudget {
        let condition: SQL = "b.id = \(budget.id) AND b.tenant_id = \(budget.tenant)"
        guard let counted = try Self.counted(try await tx.query(Self.figures(condition))).first else {
            throw BudgetRefusal.unknown
        }
        return CountedBudget(
            budget: budget,
            figures: BudgetFigures(
                amount: budget.amount,
                committed: counted.figures.committed,
                actual: counted.figures.actual
            ),
            currency: counted.currency
        )
    }

    func isSite(_ id: SiteID, tenant: TenantID, within reach: Reach) async throws -> Bool {
        try await database.of(tenant).first(
            "SELECT 1 FROM sites b WHERE b.id = \(id) AND b.tenant_id = \(tenant) AND \(sql: reach.condition(ReachColumns(site: "b.id")))"
        ) != nil
    }

    /// Budgets with their figures.
    ///
    /// - Parameter selection: Which budgets `b`, and in which order.
    static func figures(_ selection: SQL) -> SQL {
        """
        SELECT b.*, r.currency, COALESCE(actual.total, 0)::numeric(19, 4) AS actual,
            COALESCE(committed.total, 0)::numeric(19, 4) AS committed
        FROM budgets b JOIN cost_rates r ON r.tenant_id = b.tenant_id
        LEFT JOIN LATERAL (
            SELECT sum(c.total) AS total FROM cost_entries c
            LEFT JOIN sites s ON s.id = c.site_id AND s.tenant_id = c.tenant_id
            WHERE \(sql: isBooked) AND \(sql: isInYear("c.incurred_at"))
        ) actual ON true
        LEFT JOIN LATERAL (
            SELECT sum(GREATEST(0, e.amount - COALESCE((
                SELECT sum(c.total) FROM cost_entries c
                WHERE c.work_order_id = e.work_order_id AND c.tenant_id = e.tenant_id AND c.category = e.category
            ), 0))) AS total
            FROM work_order_estimates e
            JOIN work_orders w ON w.id = e.work_order_id AND w.tenant_id = e.tenant_id
            LEFT JOIN sites s ON s.id = w.site_id AND s.tenant_id = w.tenant_id
            WHERE e.tenant_id = b.tenant_id AND (b.category IS NULL OR e.category = b.category)
                AND (b.site_id IS NULL OR w.site_id = b.site_id)
                AND w.status IN ('open', 'scheduled', 'in_progress', 'on_hold')
                AND \(sql: isInYear("COALESCE(w.scheduled_start, w.created_at)"))
        ) committed ON true
        WHERE \(sql: selection)
        """
    }

    static func counted(_ rows: [Row]) throws -> [CountedBudget] {
        try rows.map { row in
            let budget: Budget = try row.decode()
            return CountedBudget(
                budget: budget,
                figures: BudgetFigures(
                    amount: budget.amount,
                    committed: try row["committed"],
                    actual: try row["actual"]
                ),
                currency: try row["currency"]
            )
        }
    }

    /// Whether an entry `c` of the ledger counts for a budget `b`, whatever the year. The bounds of a year are a day wider, for the index; which year it
    /// is, the site's calendar says.
    private static let isBooked: SQL = """
        c.tenant_id = b.tenant_id AND (b.site_id IS NULL OR c.site_id = b.site_id) AND (b.category IS NULL OR c.category = b.category)
        AND c.incurred_at >= make_timestamptz(b.year::int, 1, 1, 0, 0, 0, 'UTC') - interval '1 day'
        AND c.incurred_at < make_timestamptz(b.year::int + 1, 1, 1, 0, 0, 0, 'UTC') + interval '1 day'
        """

    private static func isInYear(_ moment: SQL) -> SQL {
        "extract(year FROM (\(sql: moment)) AT TIME ZONE COALESCE(s.time_zone, 'UTC')) = b.year"
    }
}
