import Commands
import EventSchema
import Foundation
import Identifiers
import Money

/// What may be spent in a year.
struct Budget: Codable, Hashable, Sendable {
    var id: BudgetID
    var tenant: TenantID
    /// `nil`: at all sites together.
    var site: SiteID?
    /// Of the sites' own calendars.
    var year: Int
    /// `nil`: on everything.
    var category: CostCategory?
    /// In the tenant's currency.
    var amount: Amount
    var note: String?
    var createdAt: Date
    var createdBy: UserID
    var updatedAt: Date
    var version: Int64 = 1

    static let maximumCount = 5000
    /// Percent of the amount at which people are told.
    static let thresholds = [75, 90, 100]

    static func created(_ new: CreateBudget, id: BudgetID, of tenant: TenantID, by user: UserID, at now: Date) -> Budget
    {
        Budget(
            id: id,
            tenant: tenant,
            site: new.siteId,
            year: Int(new.year),
            category: new.category?.category,
            amount: new.amount,
            note: new.note,
            createdAt: now,
            createdBy: user,
            updatedAt: now
        )
    }

    /// The budget with another amount or note; `nil` when nothing differs.
    func changed(_ change: ChangeBudget, seen: Int64?, at now: Date) throws(BudgetRefusal) -> Budget? {
        try requireVersion(seen)
        var next = self
        change.amount.apply(to: &next.amount)
        change.note.apply(to: &next.note)
        guard next != self else { return nil }
        next.version += 1
        next.updatedAt = now
        return next
    }

    func requireVersion(_ expected: Int64?) throws(BudgetRefusal) {
        if let expected, expected != version { throw .stale(current: version) }
    }
}

/// What has become of a budget.
struct BudgetFigures: Codable, Hashable, Sendable {
    var amount: Amount
    /// Expected of work that is not over: its estimates, as far as they are not booked yet.
    var committed: Amount
    /// Booked.
    var actual: Amount

    /// How a budget stands, by what is booked.
    enum Status: String, Codable, CaseIterable, Sendable {
        case underBudget = "under_budget"
        case onTrack = "on_track"
        case atRisk = "at_risk"
        case overBudget = "over_budget"
    }

    /// What is left after what is booked and expected; negative if it is too little.
    var available: Decimal { amount.decimal - committed.decimal - actual.decimal }
    /// What is left after what is booked; negative if more was spent than planned.
    var variance: Decimal { amount.decimal - actual.decimal }

    /// Percent of the amount that are booked.
    var utilisation: Decimal { actual.decimal / amount.decimal * 100 }

    var status: Status {
        switch utilisation {
        case let used where used > 100: .overBudget
        case let used where used > 90: .atRisk
        case let used where used > 75: .onTrack
        default: .underBudget
        }
    }

    /// The thresholds that it is beyond.
    var crossed: [Int] { Budget.thresholds.filter { utilisation > Decimal($0) } }
}

/// What was booked in a month of a budget's year.
struct BudgetMonth: Codable, Hashable, Sendable {
    /// 1 for January.
    var month: Int
    var actual: Amount
}

/// A budget's place in the list: newest year first.
struct BudgetPosition: Codable, Sendable {
    var year: Int
    var id: BudgetID
}

/// Sets a budget.
struct CreateBudget: Input {
    var siteId: SiteID?
    var year: Int
    var category: SetCostEstimate.Category?
    var amount: Amount
    var note: String?

    static let rules: Rules = [
        "siteId": .means("The site; without it, all sites together, which needs the permission everywhere"),
        "year": .whole(2000...2100).means("The year, by the calendar of the sites").example(2027),
        "category": .means("What it is for; without it, everything"), "amount": Budget.amountRule,
        "note": Budget.noteRule,
    ]
}

/// Changes a budget. An absent field keeps its value.
struct ChangeBudget: Input {
    var amount: Patch<Amount> = .keep
    /// `null` clears it.
    var note: Patch<String?> = .keep

    static let rules: Rules = ["amount": Budget.amountRule, "note": Budget.noteRule]
}

/// The list of budgets.
struct BudgetFilter: Input {
    var year: Int?
    var siteId: SiteID?

    static let rules: Rules = [
        "year": .whole(2000...2100).means("Only those of this year"), "siteId": .means("Only those of this site"),
    ]
}

extension Budget {
    fileprivate static let amountRule = Rule.amount(
        (Amount("0.01") ?? .zero)...(Amount("99999999999.9999") ?? .zero),
        example: "120000.00"
    ).means("What may be spent, in the organization's currency")
    fileprivate static let noteRule = Rule.text(0...2000).means("What is worth knowing about it")
}

/// Why a budget is not set or changed.
enum BudgetRefusal: Error, Hashable, Sendable {
    case unknown
    case outOfReach
    case unknownSite
    /// There is one for this site, year and category.
    case exists
    case tooMany
    case stale(current: Int64)
}
