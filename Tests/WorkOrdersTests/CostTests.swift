import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Money
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// The ledger of what work costs.
@Suite struct CostTests {
    private static let rates = "/api/v1/costs/rates"

    // MARK: - What an hour costs

    /// Each kind of hour multiplies the hourly rate once.
    @Test(arguments: [
        (LaborHours(regular: 8 * 3600, overtime: 7200), ["8 h × 45.00 = 360.00", "2 h × 67.50 = 135.00"]),
        (LaborHours(weekend: 3600), ["1 h × 90.00 = 90.00"]), (LaborHours(travel: 5400), ["1.5 h × 45.00 = 67.50"]),
        (LaborHours(regular: 1200), ["0.3333 h × 45.00 = 15.00"]), (.none, []),
    ])
    func hoursArePriced(hours: LaborHours, expected: [String]) throws {
        var entry = LaborEntry.begun(
            id: .new(),
            on: .sample(in: .inProgress),
            of: .anna,
            at: .noon,
            by: .anna,
            at: .noon
        )
        entry.hours = hours
        let card = RateCard(
            effectiveFrom: .noon - 60,
            hourlyRate: try #require(Amount("45")),
            overtime: try #require(Amount("1.5")),
            weekend: try #require(Amount("2")),
            travel: try #require(Amount("1"))
        )
        let dollar = try #require(Currency("USD"))
        let found = try LaborCost.entries(for: entry, on: .sample(20), at: card, in: dollar, by: .anna, at: .noon)
        #expect(
            found.map {
                "\($0.quantity) \($0.unit) × \(Money($0.unitRate, dollar).text) = \(Money($0.total, dollar).text)"
            } == expected
        )
        #expect(found.allSatisfy { $0.category == .labor && $0.laborID == entry.id && $0.rateFrom == .noon - 60 })
    }

    // MARK: - Time becomes money

    @Test func stoppingTheClockBooksItsCost() async throws {
        try await withLabor { site in
            try await site.setRates(hourly: "45.00")
            let order = try await site.order()
            try await site.move(order, "start")
            site.clock.set(.noon + 5400)
            #expect(try await site.costs(order).total == "0.00")
            try await site.move(order, "complete")
            let costs = try await site.costs(order)
            #expect((costs.total, costs.items.count) == ("67.50", 1))
            #expect(costs.items.first?["bookedBy"] as? String == UserID.anna.description)
            #expect(try await site.entries(order).first?["isBooked"] as? Bool == true)
            let event = try #require(try await site.database.outbox(of: WorkOrderCostBooked.self).last)
            #expect((event.category, event.total, event.currency) == (.labor, "67.50", "EUR"))
        }
    }

    @Test func aCorrectionTakesBackAndBooksAnew() async throws {
        try await withLabor { site in
            try await site.setRates(hourly: "45.00")
            let order = try await site.order(started: true)
            let entry = try await site.record(order, -7200, -3600)
            let path = "\(order)/labor/\(try #require(entry["id"]))"
            // What does not change the time changes no money, also when the rates are other ones by now.
            try await site.setRates(hourly: "60.00")
            let noted = try await site.client.send(.patch, path, ["note": "The fan", "reason": "Forgotten"])
            #expect(noted.status == .ok, "\(noted.text)")
            #expect(try await site.costs(order).items.count == 1)
            #expect(try await site.costs(order).total == "45.00")
            let longer = try await site.client.send(.patch, path, ["startedAt": site.text(-9000), "reason": "Earlier"])
            #expect(longer.status == .ok, "\(longer.text)")
            let costs = try await site.costs(order)
            #expect(costs.total == "90.00")
            #expect(
                costs.items.compactMap { ($0["total"] as? [String: Any])?["amount"] as? String } == [
                    "45.00", "-45.00", "90.00",
                ]
            )
            #expect(costs.items.compactMap { $0["isReversed"] as? Bool } == [true, false, false])
            #expect(costs.items[1]["reason"] as? String == "Earlier")
            #expect(try await site.client.send(.post, "\(path)/removal", ["reason": "Nobody was there"]).status == .ok)
            #expect(try await site.costs(order).total == "0.00")
        }
    }

    @Test func overtimeThatComesToLightIsPaidOnTheOtherWorkOrder() async throws {
        try await withLabor { site in
            try await site.setRates(hourly: "40.00")
            site.clock.set(.noon + 18_000)
            let (first, second) = (try await site.order(started: true), try await site.order(started: true))
            #expect(try await site.record(first, 0, 18_000).status == .created)
            #expect(try await site.costs(first).total == "200.00")
            // Closed: its hours are fixed, but what they cost is not.
            try await site.move(first, "complete")
            #expect(try await site.record(second, -21_600, 0).status == .created)
            #expect(try await site.costs(second).total == "240.00")
            // Two regular hours, three of overtime.
            #expect(try await site.costs(first).total == "260.00")
            try await site.isConsistent()
        }
    }

    @Test func timeWithoutARateIsBookedWhenThereIsOne() async throws {
        try await withLabor { site in
            let order = try await site.order(started: true)
            let entry = try await site.record(order, -7200, -3600)
            #expect(entry.object["isBooked"] as? Bool == false)
            let before = try await site.costs(order)
            #expect(before.total == nil && before.unbooked == [entry["id"]])
            // A rate that begins too late.
            let late = try await site.setRates(hourly: "45.00", from: -3600)
            #expect(late.object["unbookedLabor"] as? Int == 1)
            var answer = try await site.client.send(.post, "/api/v1/costs/labor-bookings")
            #expect(answer.text == #"{"booked":0,"unbooked":1}"#)
            try await site.setRates(hourly: "45.00", from: -7200)
            answer = try await site.client.send(.post, "/api/v1/costs/labor-bookings")
            #expect(answer.text == #"{"booked":1,"unbooked":0}"#)
            answer = try await site.client.send(.post, "/api/v1/costs/labor-bookings")
            #expect(answer.text == #"{"booked":0,"unbooked":0}"#)
            let costs = try await site.costs(order)
            #expect(costs.total == "45.00" && costs.unbooked.isEmpty)
            let actions = try await site.database.outbox(of: AuditRecorded.self).map(\.action)
            #expect(actions.count { $0 == "LABOR_BOOKED" } == 1)
            try await site.isConsistent()
        }
    }

    @Test func twoBookingsAtOnceAreOne() async throws {
        try await withLabor { site in
            let order = try await site.order(started: true)
            for index in 1...4 { _ = try await site.record(order, -3600 * (index + 1), -3600 * index) }
            try await site.setRates(hourly: "45.00")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        let answer = try await site.client.send(.post, "/api/v1/costs/labor-bookings")
                        #expect(answer.status == .ok, "\(answer.text)")
                    }
                }
                try await group.waitForAll()
            }
            let costs = try await site.costs(order)
            #expect((costs.total, costs.items.count) == ("180.00", 4))
        }
    }

    // MARK: - What people enter

    @Test func aCostIsFrozenAtItsExchangeRate() async throws {
        try await withLabor { site in
            try await site.setRates(hourly: "45.00", exchange: [("USD", "0.9215", -86_400), ("USD", "0.5", -60)])
            let order = try await site.order(started: true)
            let body: [String: Any] = [
                "category": "services", "description": "Crane", "quantity": "2", "unit": "day", "unitRate": "850.15",
                "currency": "USD", "incurredAt": site.text(-3600),
            ]
            let booked = try await site.client.send(.post, site.entriesPath(order), body)
            #expect(booked.status == .created, "\(booked.text)")
            // 1700.30 × 0.9215 = 1566.82645
            #expect(booked.text.contains(#""total":{"amount":"1566.83","currency":"EUR"}"#), "\(booked.text)")
            #expect(booked.text.contains(#""amount":{"amount":"1700.30","currency":"USD"}"#))
            #expect(booked.text.contains(#""exchangeRate":"0.9215""#))
            try await site.setRates(hourly: "1.00", exchange: [("USD", "7", -86_400)])
            #expect(try await site.costs(order).total == "1566.83")
            let unknown = try await site.client.send(
                .post,
                site.entriesPath(order),
                body.merging(["currency": "JPY"]) { $1 }
            )
            #expect((unknown.status, unknown["code"]) == (.badRequest, "no_exchange_rate"), "\(unknown.text)")
            let future = try await site.client.send(
                .post,
                site.entriesPath(order),
                body.merging(["incurredAt": site.text(60)]) { $1 }
            )
            #expect((future.status, future.wrongFields) == (.badRequest, ["incurredAt"]), "\(future.text)")
            let fixed = try await site.setRates(hourly: "1.00", currency: "USD")
            #expect((fixed.status, fixed["code"]) == (.badRequest, "currency_fixed"), "\(fixed.text)")
        }
    }

    @Test func anEntryIsTakenBackOnce() async throws {
        try await withLabor { site in
            let order = try await site.order(started: true)
            let body: [String: Any] = ["category": "other", "description": "Parking", "unitRate": "12.5"]
            let early = try await site.client.send(.post, site.entriesPath(order), body)
            #expect((early.status, early["code"]) == (.conflict, "no_rates"), "\(early.text)")
            try await site.setRates(hourly: "45.00")
            let booked = try await site.client.send(.post, site.entriesPath(order), body)
            let path = "\(site.entriesPath(order))/\(try #require(booked["id"], "\(booked.text)"))/reversal"
            let answers = try await withThrowingTaskGroup(of: ServiceAnswer.self) { group in
                for _ in 0..<5 { group.addTask { try await site.client.send(.post, path, ["reason": "Twice"]) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0.status == .created } == 1, "\(answers.map(\.text))")
            #expect(answers.count { $0["code"] == "entry_reversed" } == 4)
            #expect(try await site.costs(order).total == "0.00")
            let reversal = try #require(answers.first { $0.status == .created }?["id"])
            let again = try await site.client.send(
                .post,
                "\(site.entriesPath(order))/\(reversal)/reversal",
                ["reason": "It was right"]
            )
            #expect((again.status, again["code"]) == (.conflict, "entry_is_reversal"), "\(again.text)")
            _ = try await site.record(order, -7200, -3600)
            let labor = try #require(try await site.costs(order).items.last?["id"] as? String)
            let ofLabor = try await site.client.send(
                .post,
                "\(site.entriesPath(order))/\(labor)/reversal",
                ["reason": "A test"]
            )
            #expect((ofLabor.status, ofLabor["code"]) == (.conflict, "entry_of_labor"), "\(ofLabor.text)")
        }
    }

    @Test func aDraftHasNoCosts() async throws {
        try await withLabor { site in
            try await site.setRates(hourly: "45.00")
            let created = try await site.client.send(
                .post,
                "/api/v1/workorders",
                [
                    "assetId": AssetReplica.inverter.id.description, "title": "A fan", "type": "corrective",
                    "priority": "high",
                ]
            )
            let answer = try await site.client.send(
                .post,
                "/api/v1/costs/workorders/\(created["id"] ?? "")/entries",
                ["category": "other", "description": "Parking", "unitRate": "1"]
            )
            #expect((answer.status, answer["code"]) == (.conflict, "is_draft"), "\(answer.text)")
        }
    }

    @Test(arguments: [
        ("quantity", "0"), ("quantity", "-1"), ("unitRate", "-0.01"), ("unitRate", "1.00001"), ("currency", "EUX"),
        ("category", "labor"), ("description", " "),
    ])
    func whatIsNoCostIsRefused(field: String, value: String) async throws {
        try await withLabor { site in
            try await site.setRates(hourly: "45.00")
            let order = try await site.order(started: true)
            var body: [String: Any] = ["category": "other", "description": "Parking", "unitRate": "1"]
            body[field] = value
            let answer = try await site.client.send(.post, site.entriesPath(order), body)
            #expect(answer.status == .badRequest && answer.wrongFields == [field], "\(answer.text)")
        }
    }

    @Test func pagesHoldTheWholeLedger() async throws {
        try await withLabor { site in
            try await site.setRates(hourly: "45.00")
            let order = try await site.order(started: true)
            for index in 1...5 {
                let cost = ["category": "parts", "description": "Fuse \(index)", "unitRate": "1"]
                #expect(try await site.client.send(.post, site.entriesPath(order), cost).status == .created)
            }
            let path = "/api/v1/costs/workorders/\(order.split(separator: "/").last ?? "")"
            let found = try await site.client.all(path, limit: 2)
            #expect(found.compactMap { $0["description"] as? String } == (1...5).map { "Fuse \($0)" })
        }
    }

    // MARK: - Who

    @Test func whoSeesPartsAloneSeesNothingElse() async throws {
        try await withLabor { site in
            try await site.setRates(hourly: "45.00")
            let order = try await site.order(started: true)
            for (category, rate) in [("parts", "10"), ("services", "100")] {
                let body = ["category": category, "description": "Something", "unitRate": rate]
                #expect(try await site.client.send(.post, site.entriesPath(order), body).status == .created)
            }
            site.client.authority.grant("stores", [Grant(.workOrderCostRead, .tenant, if: .partsOnly)])
            site.client.authority.grant("elsewhere", [Grant(.workOrderCostRead, .sites)])
            let stores = try await site.client.acting(as: .carla, of: .sunfield, roles: ["stores"])
            let seen = try await site.costs(order, by: stores)
            #expect((seen.total, seen.items.count) == ("10.00", 1))
            #expect(seen.items.first?["category"] as? String == "parts")
            let rates = try await stores.send(.get, Self.rates)
            #expect((rates.status, rates["code"]) == (.forbidden, "permission_too_narrow"), "\(rates.text)")
            let elsewhere = try await site.client.acting(as: .carla, of: .sunfield, roles: ["elsewhere"])
            let path = "/api/v1/costs/workorders/\(order.split(separator: "/").last ?? "")"
            #expect(try await elsewhere.send(.get, path).status == .notFound)
            #expect(try await site.client.send(.get, path).status == .ok)
        }
    }

    @Test func onlyWhoCountsForTheWholeOrganizationSetsRates() async throws {
        try await withLabor { site in
            site.client.authority.grant("plant", [Grant(.workOrderCostUpdate, .sites), Grant(.workOrderRead)])
            site.client.authority.place(.carla, of: .sunfield, Membership(sites: [AssetReplica.inverter.site]))
            let carla = try await site.client.acting(as: .carla, of: .sunfield, roles: ["plant"])
            let body: [String: Any] = ["currency": "EUR", "cards": [[String: String]]()]
            let refused = try await carla.send(.put, Self.rates, body)
            #expect((refused.status, refused["code"]) == (.forbidden, "permission_too_narrow"), "\(refused.text)")
            #expect(try await carla.send(.post, "/api/v1/costs/labor-bookings").status == .forbidden)
            try await site.setRates(hourly: "45.00")
            let order = try await site.order(started: true)
            let cost = ["category": "parts", "description": "A fuse", "unitRate": "3"]
            #expect(try await carla.send(.post, site.entriesPath(order), cost).status == .created)
            site.client.authority.place(.carla, of: .sunfield, Membership())
            let away = try await carla.send(.post, site.entriesPath(order), cost)
            #expect((away.status, away["code"]) == (.forbidden, "permission_too_narrow"), "\(away.text)")
        }
    }

    @Test func ratesThatSomebodyElseHasChangedAreAConflict() async throws {
        try await withLabor { site in
            let first = try await site.setRates(hourly: "45.00", version: 0)
            #expect((first.status, first.headers[.eTag]) == (.ok, "\"1\""), "\(first.text)")
            let stale = try await site.setRates(hourly: "46.00", version: 0)
            #expect((stale.status, stale["code"]) == (.conflict, "stale_version"))
            let read = try await site.client.send(.get, Self.rates)
            #expect(
                read.text.contains(
                    #""hourlyRate":{"amount":"45.00","currency":"EUR"},"overtime":"1.5","weekend":"2","travel":"1""#
                ),
                "\(read.text)"
            )
            let twice = try await site.setRates(
                hourly: "45.00",
                exchange: [("USD", "1", 0), ("USD", "2", 0), ("EUR", "1", 0)]
            )
            #expect(twice.wrongFields == ["exchangeRates", "exchangeRates[2].currency"], "\(twice.text)")
        }
    }

    // MARK: - The table

    @Test func nothingInTheLedgerIsEverChanged() async throws {
        try await withLabor { site in
            try await site.setRates(hourly: "45.00")
            let order = try await site.order(started: true)
            #expect(try await site.record(order, -7200, -3600).status == .created)
            for statement in [
                "UPDATE cost_entries SET total = 0", "DELETE FROM cost_entries", "TRUNCATE cost_entries",
                "TRUNCATE cost_entries CASCADE",
                """
                INSERT INTO cost_entries SELECT (r).* FROM (
                    SELECT jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'reverses', c.id, 'reason', 'A test',
                        'total', -1, 'amount', -1)) AS r FROM cost_entries c
                ) changed
                """,
            ] as [SQL] {
                await #expect(throws: PostgresError.self, "\(statement.text)") {
                    try await site.database.of(.sunfield).execute(statement)
                }
                // Not even by the owner of the table.
                await #expect(throws: PostgresError.self, "\(statement.text)") {
                    try await site.database.owner.execute(statement)
                }
            }
            #expect(try await site.costs(order).total == "45.00")
        }
    }

    /// Whatever people do, the sum of the ledger is what is not taken back, and every hour costs what its card says.
    @Test(arguments: 1...6)
    func theSumOfTheLedgerIsTheCost(seed: UInt64) async throws {
        try await withLabor { site in
            var random = Seeded(seed)
            site.clock.set(.noon + 86_400)
            var orders: [String] = []
            for _ in 0..<3 { orders.append(try await site.order(started: true)) }
            var manual: [String: [(path: String, cents: Int)]] = [:]
            if random.oneIn(2) { try await site.setRates(hourly: "37.35") }
            for _ in 0..<60 {
                let order = try #require(orders.randomElement(using: &random))
                let begin = Int.random(in: -3000...1300, using: &random) * 60
                switch Int.random(in: 0..<8, using: &random) {
                case 0..<3:
                    let length = Int.random(in: 1...900, using: &random) * 60
                    let user = random.oneIn(2) ? UserID.anna : .carla
                    _ = try await site.record(order, begin, min(86_400, begin + length), of: user)
                case 3:
                    guard let entry = try await site.entries(order).randomElement(using: &random)?["id"] as? String
                    else { continue }
                    let body: [String: Any] =
                        random.oneIn(2)
                        ? ["breakMinutes": Int.random(in: 0...40, using: &random), "reason": "A"]
                        : ["startedAt": site.text(begin), "reason": "B"]
                    _ = try await site.client.send(.patch, "\(order)/labor/\(entry)", body)
                case 4:
                    guard let entry = try await site.entries(order).randomElement(using: &random)?["id"] as? String
                    else { continue }
                    _ = try await site.client.send(.post, "\(order)/labor/\(entry)/removal", ["reason": "C"])
                case 5:
                    let (quantity, cents) = (
                        Int.random(in: 1...20, using: &random), Int.random(in: 0...99_999, using: &random)
                    )
                    let rate = "\(cents / 100).\(String("0\(cents % 100)".suffix(2)))"
                    let body = ["category": "parts", "description": "D", "quantity": "\(quantity)", "unitRate": rate]
                    let answer = try await site.client.send(.post, site.entriesPath(order), body)
                    guard answer.status == .created else { continue }
                    manual[order, default: []].append(
                        ("\(site.entriesPath(order))/\(answer["id"] ?? "")", quantity * cents)
                    )
                case 6:
                    guard let index = manual[order]?.indices.randomElement(using: &random),
                        let one = manual[order]?.remove(at: index)
                    else { continue }
                    #expect(
                        try await site.client.send(.post, "\(one.path)/reversal", ["reason": "E"]).status == .created
                    )
                default:
                    let rate = "\(Int.random(in: 20...90, using: &random)).\(Int.random(in: 10...99, using: &random))"
                    #expect(
                        try await site.setRates(hourly: rate, from: random.oneIn(2) ? -300_000 : begin).status == .ok
                    )
                    #expect(try await site.client.send(.post, "/api/v1/costs/labor-bookings").status == .ok)
                }
            }
            try await site.setRates(hourly: "50", from: -400_000)
            #expect(try await site.client.send(.post, "/api/v1/costs/labor-bookings").status == .ok)
            try await site.isConsistent()
            for order in orders {
                let expected = (manual[order] ?? []).reduce(0) { $0 + $1.cents }
                let parts = try await site.costs(order).categories["parts"] ?? "0.00"
                #expect(parts == "\(expected / 100).\(String("0\(expected % 100)".suffix(2)))", "seed \(seed)")
            }
        }
    }
}

/// The answer to `GET /costs/workorders/{id}`.
struct FoundCosts {
    var total: String?
    var categories: [String: String]
    var unbooked: [String]
    var items: [[String: Any]]
}

extension LaborSite {
    func entriesPath(_ order: String) -> String {
        "/api/v1/costs/workorders/\(order.split(separator: "/").last ?? "")/entries"
    }

    @discardableResult
    func setRates(
        hourly: String,
        from start: Int = -400_000,
        currency: String = "EUR",
        exchange: [(String, String, Int)] = [],
        version: Int? = nil
    ) async throws -> ServiceAnswer {
        var body: [String: Any] = [
            "currency": currency, "cards": [["effectiveFrom": text(start), "hourlyRate": hourly]],
            "exchangeRates": exchange.map { ["currency": $0, "rate": $1, "effectiveFrom": text($2)] },
        ]
        body["version"] = version
        return try await client.send(.put, "/api/v1/costs/rates", body)
    }

    func costs(_ order: String, by other: ServiceClient? = nil) async throws -> FoundCosts {
        let path = "/api/v1/costs/workorders/\(order.split(separator: "/").last ?? "")"
        let answer = try await (other ?? client).send(.get, "\(path)?limit=200")
        #expect(answer.status == .ok, "\(answer.text)")
        func amount(_ value: Any?) -> String? { (value as? [String: Any])?["amount"] as? String }
        let categories = answer.object["categories"] as? [[String: Any]] ?? []
        return FoundCosts(
            total: amount(answer.object["total"]),
            categories: Dictionary(categories.map { ($0["category"] as? String ?? "", amount($0["total"]) ?? "") }) {
                $1
            },
            unbooked: answer.object["unbookedLabor"] as? [String] ?? [],
            items: answer.items
        )
    }

    /// Checks the whole table, in SQL.
    func isConsistent() async throws {
        for (what, query) in [
            (
                "the sum of all entries is that of those that are not taken back",
                """
                SELECT work_order_id::text AS wrong FROM cost_entries c GROUP BY work_order_id
                HAVING sum(total) <> COALESCE(sum(total) FILTER (WHERE reverses IS NULL
                    AND NOT EXISTS (SELECT FROM cost_entries r WHERE r.reverses = c.id)), 0)
                """
            ),
            (
                "an entry is its quantity at its rate",
                """
                SELECT id::text AS wrong FROM cost_entries
                WHERE abs(amount - quantity * unit_rate) > 0.005 OR abs(total - amount * exchange_rate) > 0.005
                    OR total <> round(total, 2) OR base_currency <> 'EUR'
                """
            ),
            (
                "the hours in the ledger are those that were recorded",
                """
                SELECT e.id::text AS wrong FROM labor_entries e
                LEFT JOIN (
                    SELECT labor_id, sum(quantity) AS hours,
                        COALESCE(sum(quantity) FILTER (WHERE description = 'overtime'), 0) AS overtime
                    FROM cost_entries GROUP BY labor_id
                ) c ON c.labor_id = e.id
                WHERE abs(COALESCE(c.hours, 0) - CASE WHEN e.removed_at IS NULL AND e.is_booked
                        THEN (regular_seconds + overtime_seconds + weekend_seconds + travel_seconds) / 3600.0 ELSE 0 END) > 0.0003
                    OR abs(COALESCE(c.overtime, 0) - CASE WHEN e.removed_at IS NULL AND e.is_booked
                        THEN overtime_seconds / 3600.0 ELSE 0 END) > 0.0003
                """
            ),
            (
                "everything that ended is booked",
                "SELECT id::text AS wrong FROM labor_entries WHERE removed_at IS NULL AND ended_at IS NOT NULL AND NOT is_booked"
            ),
            (
                "nobody is at two places",
                """
                SELECT a.id::text AS wrong FROM labor_entries a JOIN labor_entries b
                    ON a.user_id = b.user_id AND a.id <> b.id AND a.removed_at IS NULL AND b.removed_at IS NULL
                    AND tstzrange(a.started_at, a.ended_at) && tstzrange(b.started_at, b.ended_at)
                """
            ),
        ] as [(String, SQL)] {
            let wrong = try await database.owner.query(query).map { try $0["wrong"] as String }
            #expect(wrong.isEmpty, "\(what): \(wrong)")
        }
    }
}
