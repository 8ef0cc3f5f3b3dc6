// Made by `make events` from Schemas/budget.threshold-crossed.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted when what was booked comes to be more than a share of a budget. It is emitted once for each share, until
/// less is booked again.
public struct BudgetThresholdCrossed: Event {
    public static let name = "budget.threshold-crossed.v1"
    public static let topic = Topic.workOrderEvents

    public var budget: BudgetID
    public var tenant: TenantID
    /// The site that the budget is for; null for all sites together.
    public var site: SiteID?
    public var year: Int
    /// What the budget is for; null for everything.
    public var category: CostCategory?
    /// The share of the budget, in percent.
    public var threshold: Int
    /// What may be spent, for example `120000.00`.
    public var amount: String
    /// What was booked.
    public var actual: String
    /// What is expected of work that is not over, as far as it is not booked yet.
    public var committed: String
    /// The tenant's currency (ISO 4217).
    public var currency: String
    public var at: Date

    public var key: String { budget.description }

    public init(
        budget: BudgetID,
        tenant: TenantID,
        site: SiteID?,
        year: Int,
        category: CostCategory?,
        threshold: Int,
        amount: String,
        actual: String,
        committed: String,
        currency: String,
        at: Date
    ) {
        self.budget = budget
        self.tenant = tenant
        self.site = site
        self.year = year
        self.category = category
        self.threshold = threshold
        self.amount = amount
        self.actual = actual
        self.committed = committed
        self.currency = currency
        self.at = at
    }
}
