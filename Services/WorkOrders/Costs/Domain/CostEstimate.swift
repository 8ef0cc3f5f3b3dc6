import Commands
import EventSchema
import Foundation
import Identifiers
import Money

/// What somebody expects a work order to cost, by category, in the tenant's currency.
struct CostEstimate: Codable, Hashable, Sendable {
    var items: [Item]
    var currency: Currency
    var setAt: Date
    var setBy: UserID

    struct Item: Codable, Hashable, Sendable {
        var category: CostCategory
        var amount: Amount
    }

    /// - Throws: `CostRefusal.tooLarge`.
    func total() throws(CostRefusal) -> Amount {
        var sum = Amount.zero
        for item in items {
            guard let next = sum.adding(item.amount) else { throw .tooLarge }
            sum = next
        }
        return sum
    }
}

/// Says what a work order is expected to cost. An empty list takes the estimate back.
struct SetCostEstimate: Input {
    enum Category: String, CaseIterable, Codable, Sendable {
        case labor, parts, services, overhead, other

        var category: CostCategory { CostCategory(rawValue: rawValue) ?? .other }
    }

    struct Item: Input {
        var category: Category
        var amount: Amount

        static let rules: Rules = [
            "category": .means("What it is for"),
            "amount": .amount(.zero...(Amount("999999999.9999") ?? .zero), example: "1200.00").means(
                "In the organization's currency"
            ),
        ]
    }

    var items: [Item]

    static let rules: Rules = [
        "items": .items(0...Category.allCases.count).means(
            "What is expected, each category at most once; none takes the estimate back"
        )
    ]

    func check(_ errors: inout FieldErrors) {
        let isUnique = Set(items.map(\.category)).count == items.count
        errors.require(isUnique, "items", .duplicate("must not have a category twice"))
    }

    /// - Parameter base: The tenant's currency.
    /// - Returns: `nil` if the estimate is taken back.
    func estimate(of order: WorkOrder, in base: Currency, by user: UserID, at now: Date) throws -> CostEstimate? {
        try order.requireOpen([.estimate])
        guard !items.isEmpty else { return nil }
        let estimate = CostEstimate(
            items: items.map { CostEstimate.Item(category: $0.category.category, amount: $0.amount) },
            currency: base,
            setAt: now,
            setBy: user
        )
        _ = try estimate.total()
        return estimate
    }
}
