import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Money
import ServiceKit

/// A budget and what has become of it, as clients see it.
struct BudgetResponse: Answer, Codable, Versioned {
    var id: BudgetID
    /// Absent: of all sites together.
    var siteId: SiteID?
    var year: Int
    /// Absent: for everything.
    var category: CostCategory?
    var amount: Money
    /// Expected of work that is not over, as far as it is not booked yet.
    var committed: Money
    /// Booked.
    var actual: Money
    /// What is left after what is booked and expected; negative if it is too little.
    var available: Money
    /// What is left after what is booked; negative if more was spent than planned.
    var variance: Money
    /// Percent of the amount that are booked, with one digit after the point.
    var utilisation: Amount
    var status: BudgetFigures.Status
    var note: String?
    var createdAt: Date
    var createdBy: UserID
    var updatedAt: Date
    var version: Int64

    /// - Throws: `CostRefusal.tooLarge` if a sum is beyond what an amount can be.
    init(_ counted: CountedBudget) throws(CostRefusal) {
        let (budget, figures, currency) = (counted.budget, counted.figures, counted.currency)
        func money(_ decimal: Decimal) throws(CostRefusal) -> Money {
            guard let amount = Amount(decimal) else { throw .tooLarge }
            return Money(amount, currency)
        }
        id = budget.id
        siteId = budget.site
        year = budget.year
        category = budget.category
        amount = Money(figures.amount, currency)
        committed = Money(figures.committed, currency)
        actual = Money(figures.actual, currency)
        available = try money(figures.available)
        variance = try money(figures.variance)
        guard let utilisation = Amount(rounding: figures.utilisation, to: 1) else { throw .tooLarge }
        self.utilisation = utilisation
        status = figures.status
        note = budget.note
        createdAt = budget.createdAt
        createdBy = budget.createdBy
        updatedAt = budget.updatedAt
        version = budget.version
    }
}

/// How a budget's year goes.
struct BudgetVarianceResponse: Answer, Codable {
    /// A month of the year, by the sites' calendars.
    struct Month: Codable {
        /// 1 for January.
        var month: Int
        /// A twelfth of the amount; the last month has what the others leave.
        var planned: Money
        var actual: Money
        /// What is left of all that was planned until the end of the month; negative if more was spent.
        var variance: Money
    }

    var budget: BudgetResponse
    /// Twelve.
    var months: [Month]

    init(_ counted: CountedBudget, _ booked: [BudgetMonth]) throws(CostRefusal) {
        budget = try BudgetResponse(counted)
        months = []
        let currency = counted.currency
        let total = counted.figures.amount.decimal
        guard let twelfth = Amount(rounding: total / 12, to: currency.fraction) else { throw .tooLarge }
        var left = Decimal.zero
        for month in 1...12 {
            let planned = month < 12 ? twelfth.decimal : total - twelfth.decimal * 11
            let actual = booked.first { $0.month == month }?.actual ?? .zero
            left += planned - actual.decimal
            guard let planned = Amount(planned), let variance = Amount(left) else { throw .tooLarge }
            months.append(
                Month(
                    month: month,
                    planned: Money(planned, currency),
                    actual: Money(actual, currency),
                    variance: Money(variance, currency)
                )
            )
        }
    }
}

extension BudgetRefusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknown: .notFound("budget")
        case .outOfReach: .tooNarrow("your permission does not cover this budget")
        case .unknownSite: .field("siteId", FieldRule(problem: "unknown_site", "there is no such site"))
        case .exists:
            Problem(.conflict, "budget_exists", "there is a budget for this site, year and category already")
        case .tooMany:
            Problem(
                .conflict,
                "too_many_budgets",
                "an organization has at most \(Budget.maximumCount) budgets",
                ["maximum": "\(Budget.maximumCount)"]
            )
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "somebody else has changed the budget: read it again",
                currentVersion: current
            )
        }
    }
}
