import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Logging
import Money
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// What work is expected to cost, and who must approve it for that.
@Suite struct EstimateTests {
    /// What each policy asks of each estimate.
    @Test(
        arguments: [
            (WorkPolicy.Demand(when: .above, amount: Amount("5000")), nil, false),
            (WorkPolicy.Demand(when: .above, amount: Amount("5000")), "5000", false),
            (WorkPolicy.Demand(when: .above, amount: Amount("5000")), "5000.0001", true),
            (WorkPolicy.Demand(when: .above, amount: .zero), "0", false), (.never, "9000000", false),
            (WorkPolicy.Demand(when: .always), nil, true),
        ] as [(WorkPolicy.Demand, String?, Bool)]
    )
    func anAmountIsAskedForAboveIt(demand: WorkPolicy.Demand, estimate: String?, expected: Bool) {
        let order = WorkOrder.sample(in: .draft)
        #expect(demand.holds(for: order, estimate.flatMap { Amount($0) }) == expected)
    }

    @Test func expensiveWorkWaitsForApproval() async throws {
        try await withLabor { site in
            try await site.setRates(hourly: "45.00")
            let policy: [String: Any] = [
                "approval": ["when": "above", "amount": "5000"], "verification": ["when": "never"],
                "approvalLimit": "20000",
            ]
            let set = try await site.client.send(.put, "/api/v1/workorders/policy", policy)
            #expect(set["approvalLimit"] == "20000", "\(set.text)")
            for (estimate, phase) in [(nil, "approved"), ("4000", "approved"), ("6000", "submitted")]
                as [(String?, String)]
            {
                let order = try await site.draft()
                if let estimate { try await site.estimate(order, [("labor", "1000"), ("parts", estimate)]) }
                let submitted = try await site.client.send(.post, "\(order)/transitions/submit")
                #expect(submitted["phase"] == phase, "\(estimate ?? "none"): \(submitted.text)")
            }
        }
    }

    /// Whose permission has a limit approves up to it, and reads why not beyond.
    @Test func anApproverHasALimit() async throws {
        try await withLabor { site in
            try await site.setRates(hourly: "45.00")
            let policy: [String: Any] = [
                "approval": ["when": "always"], "verification": ["when": "never"], "approvalLimit": "20000",
            ]
            #expect(try await site.client.send(.put, "/api/v1/workorders/policy", policy).status == .ok)
            site.client.authority.grant(
                "engineer",
                [Grant(.workOrderRead, .tenant), Grant(.workOrderApprove, .tenant, if: .limitedAmount)]
            )
            site.client.authority.place(.bo, of: .sunfield, Membership())
            let bo = try await site.client.acting(as: .bo, of: .sunfield, roles: ["engineer"])
            let dear = try await site.draft()
            try await site.estimate(dear, [("services", "20000.01")])
            let fair = try await site.draft()
            try await site.estimate(fair, [("services", "20000")])
            let unknown = try await site.draft()
            for order in [dear, fair, unknown] {
                #expect(try await site.client.send(.post, "\(order)/transitions/submit")["phase"] == "submitted")
            }
            let refused = try await bo.send(.post, "\(dear)/transitions/approve")
            #expect((refused.status, refused["code"]) == (.forbidden, "above_approval_limit"), "\(refused.text)")
            #expect(refused.parameters == ["limit": "20000"])
            for order in [fair, unknown] {
                let approved = try await bo.send(.post, "\(order)/transitions/approve")
                #expect(approved["phase"] == "approved", "\(approved.text)")
            }
            // The same where many are approved at once.
            let bulk = try await bo.send(
                .post,
                "/api/v1/workorders/bulk/transitions/approve",
                ["items": [["id": dear.split(separator: "/").last.map(String.init) ?? ""]]]
            )
            #expect(!bulk.text.contains("changed"), "\(bulk.text)")
        }
    }

    @Test func anEstimateIsOpenUntilTheWorkIsApproved() async throws {
        try await withLabor { site in
            let order = try await site.draft()
            let path = site.estimatePath(order)
            let items: [String: Any] = ["items": [["category": "parts", "amount": "10"]]]
            let early = try await site.client.send(.put, path, items)
            #expect((early.status, early["code"]) == (.conflict, "no_rates"), "\(early.text)")
            try await site.setRates(hourly: "45.00")
            let set = try await site.client.send(.put, path, items)
            #expect(set.status == .ok, "\(set.text)")
            let costs = try await site.client.send(.get, String(path.dropLast("/estimate".count)))
            #expect(costs.text.contains(#""total":{"amount":"10.00","currency":"EUR"}"#), "\(costs.text)")
            let twice = ["items": [["category": "parts", "amount": "1"], ["category": "parts", "amount": "2"]]]
            #expect(try await site.client.send(.put, path, twice).wrongFields == ["items"])
            let taken = try await site.client.send(.put, path, ["items": [Any]()])
            #expect(taken.object["estimate"] == nil, "\(taken.text)")
            try await site.move(order, "submit")
            let late = try await site.client.send(.put, path, items)
            #expect((late.status, late["code"]) == (.badRequest, "fields_fixed"), "\(late.text)")
            // The estimate says what it is in, so the currency stays.
            let audit = try await site.database.outbox(of: AuditRecorded.self).filter {
                $0.action == "COST_ESTIMATE_SET"
            }
            #expect(audit.count == 2)
        }
    }
}

/// What may be spent, and what has become of it.
@Suite struct BudgetTests {
    private static let path = "/api/v1/costs/budgets"

    @Test(arguments: [
        ("75", BudgetFigures.Status.underBudget, [Int]()), ("75.01", .onTrack, [75]), ("90", .onTrack, [75]),
        ("90.01", .atRisk, [75, 90]), ("100", .atRisk, [75, 90]), ("100.01", .overBudget, [75, 90, 100]),
        ("-5", .underBudget, []),
    ])
    func aBudgetStandsByWhatIsBooked(actual: String, status: BudgetFigures.Status, crossed: [Int]) throws {
        let figures = BudgetFigures(
            amount: try #require(Amount("100")),
            committed: try #require(Amount("50")),
            actual: try #require(Amount(actual))
        )
        #expect(figures.status == status)
        #expect(figures.crossed == crossed)
        #expect(figures.available == figures.variance - 50)
    }

    @Test func commitmentsBecomeCosts() async throws {
        try await withLabor { site in
            try await site.setRates(hourly: "45.00")
            let all = try await site.budget(["year": 2026, "amount": "1000"])
            let parts = try await site.budget(["year": 2026, "amount": "500", "category": "parts"], atSite: true)
            _ = try await site.budget(["year": 2027, "amount": "500"])
            let order = try await site.draft()
            try await site.estimate(order, [("parts", "300"), ("services", "200")])
            // A draft may never become work.
            #expect(try await site.figures(parts) == "0.00 0.00 500.00")
            try await site.move(order, "submit")
            #expect(try await site.figures(all) == "500.00 0.00 500.00")
            #expect(try await site.figures(parts) == "300.00 0.00 200.00")
            try await site.book(order, "parts", "120")
            #expect(try await site.figures(all) == "380.00 120.00 500.00")
            #expect(try await site.figures(parts) == "180.00 120.00 200.00")
            // More than was expected: nothing is committed any more, and never less than nothing.
            try await site.book(order, "parts", "300")
            #expect(try await site.figures(parts) == "0.00 420.00 80.00")
            #expect(try await site.figures(all) == "200.00 420.00 380.00")
            try await site.move(order, "cancel")
            #expect(try await site.figures(all) == "0.00 420.00 580.00")
            let list = try await site.client.send(.get, "\(Self.path)?year=2026").items
            #expect(list.map { $0["status"] as? String } == ["under_budget", "on_track"])
        }
    }

    /// A year begins where the site is: in Paris an hour before it begins in Greenwich.
    @Test func theYearIsThatOfTheSite() async throws {
        try await withLabor { site in
            site.clock.set(.noon + 400 * 86_400)
            try await site.setRates(hourly: "45.00", from: -40_000_000)
            let budgets = [
                try await site.budget(["year": 2026, "amount": "100"]),
                try await site.budget(["year": 2027, "amount": "100"]),
            ]
            let order = try await site.order()
            try await site.book(order, "parts", "1", at: "2026-12-31T22:59:59Z")
            try await site.book(order, "parts", "2", at: "2026-12-31T23:00:00Z")
            try await site.book(order, "parts", "4", at: "2027-01-31T22:59:59Z")
            try await site.book(order, "parts", "8", at: "2027-01-31T23:00:00Z")
            #expect(try await site.figures(budgets[0]) == "0.00 1.00 99.00")
            #expect(try await site.figures(budgets[1]) == "0.00 14.00 86.00")
            let variance = try await site.client.send(.get, "\(Self.path)/\(budgets[1])/variance")
            let months = variance.object["months"] as? [[String: Any]] ?? []
            func amounts(_ name: String) -> [String] {
                months.map { ($0[name] as? [String: Any])?["amount"] as? String ?? "" }
            }
            #expect(amounts("actual").prefix(3) == ["6.00", "8.00", "0.00"], "\(variance.text)")
            #expect(amounts("planned").prefix(2) == ["8.33", "8.33"] && amounts("planned").last == "8.37")
            #expect(amounts("variance").prefix(2) == ["2.33", "2.66"] && amounts("variance").last == "86.00")
        }
    }

    /// Each threshold is told of once, whoever looks how often, and again after it was left.
    @Test func thresholdsAreToldOfOnce() async throws {
        try await withLabor { site in
            try await site.setRates(hourly: "45.00")
            let budget = try await site.budget(["year": 2026, "amount": "100"], atSite: true)
            let order = try await site.order()
            func crossed() async throws -> [Int] {
                try await withThrowingTaskGroup { group in
                    for _ in 0..<4 { group.addTask { _ = try await site.watch.look() } }
                    try await group.waitForAll()
                }
                return try await site.database.outbox(of: BudgetThresholdCrossed.self).map(\.threshold)
            }
            try await site.book(order, "services", "75")
            #expect(try await crossed() == [])
            let second = try await site.book(order, "services", "20")
            #expect(try await crossed() == [75, 90])
            #expect(try await crossed() == [75, 90])
            let event = try #require(try await site.database.outbox(of: BudgetThresholdCrossed.self).last)
            #expect(event.budget.description == budget && event.site == AssetReplica.inverter.site)
            #expect((event.amount, event.actual, event.currency) == ("100.00", "95.00", "EUR"))
            let id = try #require(order.split(separator: "/").last)
            let reversal = "/api/v1/costs/workorders/\(id)/entries/\(second)/reversal"
            #expect(try await site.client.send(.post, reversal, ["reason": "Wrong"]).status == .created)
            #expect(try await crossed() == [75, 90])
            try await site.book(order, "services", "26")
            #expect(try await crossed() == [75, 90, 75, 90, 100])
            // A larger budget is looked at again as well.
            _ = try await site.client.send(.patch, "\(Self.path)/\(budget)", ["amount": "1000"])
            _ = try await crossed()
            let known = try await site.database.of(.sunfield).query("SELECT 1 FROM budget_crossings")
            #expect(known.isEmpty)
            #expect(try await site.database.ofEveryTenant.query("SELECT 1 FROM budget_marks").isEmpty)
        }
    }

    /// Bookings at the same moment as the look: none is overlooked.
    @Test func noBookingIsOverlooked() async throws {
        try await withLabor { site in
            try await site.setRates(hourly: "45.00")
            _ = try await site.budget(["year": 2026, "amount": "10"])
            let order = try await site.order()
            try await withThrowingTaskGroup { group in
                for _ in 0..<12 {
                    group.addTask { _ = try await site.book(order, "services", "1") }
                    group.addTask { _ = try await site.watch.look() }
                }
                try await group.waitForAll()
            }
            _ = try await site.watch.look()
            let told = try await site.database.outbox(of: BudgetThresholdCrossed.self).map(\.threshold)
            #expect(told == [75, 90, 100])
        }
    }

    @Test func whatIsRefusedIsNamed() async throws {
        try await withLabor { site in
            let early = try await site.client.send(.post, Self.path, ["year": 2026, "amount": "100"])
            #expect((early.status, early["code"]) == (.conflict, "no_rates"), "\(early.text)")
            try await site.setRates(hourly: "45.00")
            let budget = try await site.budget(["year": 2026, "amount": "100"])
            let again = try await site.client.send(.post, Self.path, ["year": 2026, "amount": "200"])
            #expect((again.status, again["code"]) == (.conflict, "budget_exists"), "\(again.text)")
            for (body, field) in [
                (["year": 1999, "amount": "1"], "year"), (["year": 2026, "amount": "0"], "amount"),
                (["year": 2026, "amount": "1", "siteId": SiteID.sample(99).description], "siteId"),
            ] as [([String: Any], String)] {
                let refused = try await site.client.send(.post, Self.path, body)
                #expect(refused.wrongFields == [field], "\(refused.text)")
            }
            let stale = try await site.client.send(
                .patch,
                "\(Self.path)/\(budget)",
                ["amount": "300"],
                headers: [.ifMatch: "\"7\""]
            )
            #expect((stale.status, stale["code"]) == (.conflict, "stale_version"), "\(stale.text)")
            let currency = try await site.setRates(hourly: "45.00", currency: "USD")
            #expect(currency.brokenRules == ["currency_fixed"], "\(currency.text)")
        }
    }

    /// Who looks after one site sees and sets its budgets, not those of the whole organization.
    @Test func budgetsBelongToSites() async throws {
        try await withLabor { site in
            try await site.setRates(hourly: "45.00")
            let all = try await site.budget(["year": 2026, "amount": "100"])
            let own = try await site.budget(["year": 2026, "amount": "100"], atSite: true)
            let grants = [Grant(.workOrderCostRead, .sites), Grant(.workOrderCostUpdate, .sites)]
            site.client.authority.grant("manager", grants)
            site.client.authority.place(.anna, of: .sunfield, Membership(sites: [AssetReplica.inverter.site]))
            let anna = try await site.client.acting(as: .anna, of: .sunfield, roles: ["manager"])
            #expect(try await anna.send(.get, Self.path).items.map { $0["id"] as? String } == [own])
            #expect(try await anna.send(.get, "\(Self.path)/\(all)/variance").status == .notFound)
            #expect(try await anna.send(.delete, "\(Self.path)/\(all)").status == .notFound)
            let wide = try await anna.send(.post, Self.path, ["year": 2027, "amount": "100"])
            #expect((wide.status, wide["code"]) == (.forbidden, "permission_too_narrow"), "\(wide.text)")
            #expect(try await anna.send(.delete, "\(Self.path)/\(own)").status == .noContent)
            let other = try await site.client.acting(as: .bo, of: .windward, roles: ["all"])
            #expect(try await other.send(.get, Self.path).items.isEmpty)
        }
    }
}

extension LaborSite {
    fileprivate var watch: BudgetWatch {
        BudgetWatch(store: BudgetStore(database: database), logger: .init(label: "test"), now: { clock.now })
    }

    fileprivate func draft() async throws -> String {
        let created = try await client.send(
            .post,
            "/api/v1/workorders",
            [
                "assetId": AssetReplica.inverter.id.description, "title": "Replace the fan", "type": "corrective",
                "priority": "high",
            ]
        )
        return "/api/v1/workorders/\(try #require(created["id"], "\(created.text)"))"
    }

    fileprivate func estimatePath(_ order: String) -> String {
        "/api/v1/costs/workorders/\(order.split(separator: "/").last ?? "")/estimate"
    }

    fileprivate func estimate(_ order: String, _ items: [(String, String)]) async throws {
        let body = ["items": items.map { ["category": $0.0, "amount": $0.1] }]
        let answer = try await client.send(.put, estimatePath(order), body)
        #expect(answer.status == .ok, "\(answer.text)")
    }

    @discardableResult
    fileprivate func book(_ order: String, _ category: String, _ amount: String, at moment: String? = nil) async throws
        -> String
    {
        var body = ["category": category, "description": "A test", "unitRate": amount]
        body["incurredAt"] = moment
        let path = "/api/v1/costs/workorders/\(order.split(separator: "/").last ?? "")/entries"
        let booked = try await client.send(.post, path, body)
        return try #require(booked["id"], "\(booked.text)")
    }

    fileprivate func budget(_ body: [String: Any], atSite: Bool = false) async throws -> String {
        var body = body
        if atSite { body["siteId"] = AssetReplica.inverter.site.description }
        let created = try await client.send(.post, "/api/v1/costs/budgets", body)
        return try #require(created["id"], "\(created.text)")
    }

    /// Committed, actual and available.
    fileprivate func figures(_ budget: String) async throws -> String {
        let answer = try await client.send(.get, "/api/v1/costs/budgets/\(budget)/variance")
        let found = answer.object["budget"] as? [String: Any] ?? [:]
        return ["committed", "actual", "available"].map {
            (found[$0] as? [String: Any])?["amount"] as? String ?? "-"
        }.joined(separator: " ")
    }
}
