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

/// What work needs of the store, and what becomes of it.
@Suite struct PartTests {
    private static let fan = ["number": "FAN-120", "name": "Fan, 120 mm"]

    // MARK: - Sums

    /// Whatever happens in whatever order: what was refused changes nothing, nothing is ever negative, and the sums are those of the movements.
    @Test(arguments: [7, 21, 1968]) func theSumsAreThoseOfTheMovements(seed: UInt64) throws {
        var random = Seeded(seed)
        var kinds: Set<PartMove> = []
        for _ in 0..<60 {
            let order = WorkOrder.sample(in: .inProgress)
            var part = WorkPart.sample(planned: "\(Int.random(in: 0...6, using: &random))")
            var movements: [PartMovement] = []
            for _ in 0..<30 {
                let before = part
                do {
                    if let last = movements.randomElement(using: &random), Int.random(in: 0..<4, using: &random) == 0,
                        last.reverses == nil, !movements.contains(where: { $0.reverses == last.id })
                    {
                        let taken = try part.reversed(last, of: order, because: "A test", by: .anna, at: .noon)
                        part = taken.part
                        movements.append(taken.movement)
                    } else {
                        let kind = MovePart.Kind.allCases.randomElement(using: &random) ?? .used
                        let quantity = Amount(Decimal(Int.random(in: 1...9, using: &random)) / 4) ?? .zero
                        let move = MovePart(kind: kind, quantity: quantity)
                        let moved = try part.moved(move, of: order, in: nil, by: .anna, at: .noon)
                        part = moved.part
                        movements += moved.movements
                    }
                } catch is PartRefusal {
                    #expect(part == before)
                }
                kinds.formUnion(movements.map(\.kind))
                func sum(_ kind: PartMove) -> Decimal {
                    movements.filter { $0.kind == kind }.map(\.quantity.decimal).reduce(0, +)
                }
                #expect(part.issued.decimal == sum(.issued))
                #expect(part.returned.decimal == sum(.returned))
                #expect(part.used.decimal == sum(.used))
                #expect(part.inHand >= 0 && part.reserved >= .zero)
                #expect(part.reserved.decimal <= max(0, sum(.reserved) - sum(.released)))
                #expect(part.version == before.version || movements.count > 0)
            }
        }
        #expect(kinds.isSuperset(of: [.reserved, .released, .issued, .returned, .used]))
    }

    @Test func whatIsIssuedWasReservedFirst() throws {
        let order = WorkOrder.sample(in: .scheduled)
        var part = WorkPart.sample(planned: "5")
        for (kind, quantity, expected) in [
            (MovePart.Kind.reserved, "4", "4 0"), (.issued, "3", "1 3"), (.released, "1", "0 3"), (.issued, "4", "0 7"),
        ] {
            let move = MovePart(kind: kind, quantity: try #require(Amount(quantity)))
            part = try part.moved(move, of: order, in: nil, by: .anna, at: .noon).part
            #expect("\(part.reserved) \(part.issued)" == expected)
        }
        #expect(throws: PartRefusal.notPlanned(left: 0)) {
            try part.moved(
                MovePart(kind: .reserved, quantity: Amount("1") ?? .zero),
                of: order,
                in: nil,
                by: .anna,
                at: .noon
            )
        }
    }

    /// Each kind of movement in each phase.
    @Test func piecesMoveInTheirPhases() throws {
        let open: [PartMove: [WorkOrderPhase]] = [
            .reserved: [.approved, .scheduled, .assigned, .inProgress, .onHold],
            .issued: [.approved, .scheduled, .assigned, .inProgress, .onHold],
            .used: [.inProgress, .onHold, .completed],
            .released: [
                .approved, .scheduled, .assigned, .inProgress, .onHold, .completed, .verified, .closed, .cancelled,
            ],
            .returned: [
                .approved, .scheduled, .assigned, .inProgress, .onHold, .completed, .verified, .closed, .cancelled,
            ],
        ]
        for kind in MovePart.Kind.allCases {
            for phase in WorkOrderPhase.allCases where phase != .unknown {
                var part = WorkPart.sample(planned: "9")
                (part.reserved, part.issued) = (Amount("2") ?? .zero, Amount("2") ?? .zero)
                let order = WorkOrder.sample(in: phase)
                let move = MovePart(kind: kind, quantity: Amount("1") ?? .zero)
                let isOpen = open[kind.move]?.contains(phase) ?? false
                let result = Result { try part.moved(move, of: order, in: nil, by: .anna, at: .noon).part }
                guard !isOpen else {
                    #expect(throws: Never.self, "\(kind) in \(phase)") { try result.get() }
                    continue
                }
                #expect(throws: PartRefusal.notInPhase(kind.move, phase)) { try result.get() }
            }
        }
    }

    // MARK: - Over HTTP

    @Test func fromThePlanToTheUse() async throws {
        try await withLabor { site in
            let order = try await site.order()
            let planned = try await site.part(order, ["planned": "3"])
            #expect(planned["planned"] == "3" && planned["inHand"] == "0", "\(planned.text)")
            let movements = "\(order)/parts/\(try #require(planned["id"]))/movements"
            for (kind, quantity) in [("reserved", "3"), ("issued", "3")] {
                let moved = try await site.client.send(.post, movements, ["kind": kind, "quantity": quantity])
                #expect(moved.status == .created, "\(moved.text)")
            }
            try await site.move(order, "start")
            let used = try await site.client.send(.post, movements, ["kind": "used", "quantity": "2", "lot": "L7"])
            #expect((used.object["part"] as? [String: Any])?["inHand"] as? String == "1", "\(used.text)")
            // One is still in somebody's hands.
            let refused = try await site.client.send(.post, "\(order)/transitions/complete")
            #expect((refused.status, refused["code"]) == (.badRequest, "parts_open"), "\(refused.text)")
            #expect(refused.parameters == ["parts": "FAN-120"])
            let back = try await site.client.send(.post, movements, ["kind": "returned", "quantity": "1"])
            #expect(back.status == .created, "\(back.text)")
            try await site.move(order, "complete")

            let all = try await site.client.all(movements, limit: 2)
            #expect(all.map { $0["kind"] as? String } == ["reserved", "issued", "used", "returned"])
            let events = try await site.database.outbox(of: PartsMoved.self)
            #expect(events.map { "\($0.kind) \($0.quantity)" } == ["reserved 3", "issued 3", "used 2", "returned 1"])
            #expect(events[2].lot == "L7" && events.allSatisfy { $0.partNumber == "FAN-120" })
            #expect(try await site.database.outbox(of: PartsPlanned.self).map(\.planned) == ["3"])
            let actions = try await site.database.outbox(of: AuditRecorded.self).filter { $0.resourceType == "part" }
            #expect(actions.map(\.action) == ["PART_CREATED"] + Array(repeating: "PART_MOVED", count: 4))
        }
    }

    @Test func whatIsCancelledKeepsNothingFromOtherWork() async throws {
        try await withLabor { site in
            let order = try await site.order()
            let part = try await site.part(order, ["planned": "3"])
            let path = "\(order)/parts/\(try #require(part["id"]))"
            _ = try await site.client.send(.post, "\(path)/movements", ["kind": "reserved", "quantity": "2"])
            try await site.move(order, "cancel")
            let all = try await site.client.all("\(path)/movements", limit: 10)
            #expect(all.map { "\($0["kind"] ?? "") \($0["quantity"] ?? "")" } == ["reserved 2", "released 2"])
            let parts = try await site.client.send(.get, "\(order)/parts").items
            #expect(parts.first?["reserved"] as? String == "0")
        }
    }

    /// What a technician finds out on the ridge is written down at once, without a plan.
    @Test func whatWasUsedWithoutAPlanIsIssuedWithIt() async throws {
        try await withLabor { site in
            let order = try await site.order(started: true)
            let refused = try await site.client.send(.post, "\(order)/parts", Self.fan.merging(["planned": "1"]) { $1 })
            #expect((refused.status, refused["code"]) == (.badRequest, "fields_fixed"), "\(refused.text)")
            let part = try await site.part(order, ["used": "0.5", "unit": "m", "serialNumber": "S-1"])
            #expect((part["issued"], part["used"], part["planned"]) == ("0.5", "0.5", "0"), "\(part.text)")
            let path = "\(order)/parts/\(try #require(part["id"]))/movements"
            let all = try await site.client.all(path, limit: 10)
            #expect(all.map { $0["kind"] as? String } == ["issued", "used"])
            #expect(all.map { $0["serialNumber"] as? String } == ["S-1", "S-1"])
            let again = try await site.client.send(.post, "\(order)/parts", Self.fan.merging(["used": "1"]) { $1 })
            #expect(again.brokenRules == ["part_taken"], "\(again.text)")
        }
    }

    // MARK: - Costs

    /// What was used costs what a piece cost then, whatever it costs later; taking the use back takes the cost back.
    @Test func theCostIsFrozenWhenThePartIsUsed() async throws {
        try await withLabor { site in
            try await site.setRates(hourly: "45.00")
            let order = try await site.order(started: true)
            let part = try await site.part(order, ["used": "2", "unitCost": "38.505"])
            #expect((part.object["unitCost"] as? [String: Any])?["amount"] as? String == "38.505", "\(part.text)")
            #expect(try await site.costs(order).total == "77.01")
            let path = "\(order)/parts/\(try #require(part["id"]))"
            let dearer = try await site.client.send(.patch, path, ["unitCost": "50.00"])
            #expect(dearer.status == .ok, "\(dearer.text)")
            #expect(try await site.costs(order).total == "77.01")
            _ = try await site.client.send(.post, "\(path)/movements", ["kind": "used", "quantity": "1"])
            let costs = try await site.costs(order)
            #expect(costs.total == "127.01")
            #expect(costs.items.map { $0["source"] as? String } == ["parts", "parts"])
            let entry = try #require(costs.items.first?["id"] as? String)
            let id = try #require(order.split(separator: "/").last)
            let refused = try await site.client.send(
                .post,
                "/api/v1/costs/workorders/\(id)/entries/\(entry)/reversal",
                ["reason": "Wrong"]
            )
            #expect((refused.status, refused["code"]) == (.conflict, "entry_of_parts"), "\(refused.text)")

            let used = try await site.client.all("\(path)/movements", limit: 10).filter {
                $0["kind"] as? String == "used"
            }
            let reversal = "\(path)/movements/\(try #require(used.first?["id"] as? String))/reversal"
            let taken = try await site.client.send(.post, reversal, ["reason": "It was another one"])
            #expect((taken.object["part"] as? [String: Any])?["inHand"] as? String == "2", "\(taken.text)")
            #expect(try await site.costs(order).total == "50.00")
            let twice = try await site.client.send(.post, reversal, ["reason": "Again"])
            #expect((twice.status, twice["code"]) == (.conflict, "movement_reversed"), "\(twice.text)")
            // The ledger and the movements agree, over the whole tables.
            let differing = try await site.database.of(.sunfield).query(
                """
                SELECT c.id FROM cost_entries c JOIN part_movements m ON m.id = c.part_movement_id
                WHERE c.quantity <> m.quantity OR c.unit_rate <> m.unit_cost
                """
            )
            #expect(differing.isEmpty)
        }
    }

    /// A technician is not kept from recording because nobody has said what a piece costs.
    @Test func whatHasNoPriceIsNamed() async throws {
        try await withLabor { site in
            let order = try await site.order(started: true)
            let part = try await site.part(order, ["used": "2"])
            let costs = try await site.costs(order)
            #expect(costs.items.isEmpty)
            let id = try #require(order.split(separator: "/").last)
            let answer = try await site.client.send(.get, "/api/v1/costs/workorders/\(id)")
            let movements = try await site.client.all("\(order)/parts/\(part["id"] ?? "")/movements", limit: 10)
            #expect(answer.object["unbookedParts"] as? [String] == [try #require(movements.last?["id"] as? String)])
        }
    }

    // MARK: - Refusals

    @Test func whatIsRefusedIsNamed() async throws {
        try await withLabor { site in
            let order = try await site.order()
            let part = try await site.part(order, ["planned": "2"])
            let path = "\(order)/parts/\(try #require(part["id"]))"
            let movements = "\(path)/movements"
            for (kind, quantity, code) in [
                ("reserved", "3", "part_not_planned"), ("released", "1", "part_not_reserved"),
                ("returned", "1", "part_not_in_hand"),
            ] {
                let refused = try await site.client.send(.post, movements, ["kind": kind, "quantity": quantity])
                #expect(refused.brokenRules == [code], "\(refused.text)")
            }
            let early = try await site.client.send(.post, movements, ["kind": "used", "quantity": "1"])
            #expect((early.status, early["code"]) == (.conflict, "part_not_in_phase"), "\(early.text)")
            let later = ["kind": "reserved", "quantity": "1", "movedAt": "2099-01-01T00:00:00Z"]
            #expect(try await site.client.send(.post, movements, later).brokenRules == ["in_future"])
            for quantity in ["0", "-1", "1.00001", "1e3", "x"] {
                let refused = try await site.client.send(.post, movements, ["kind": "reserved", "quantity": quantity])
                #expect(refused.status == .badRequest, "\(quantity): \(refused.text)")
            }
            _ = try await site.client.send(.post, movements, ["kind": "reserved", "quantity": "2"])
            let fewer = try await site.client.send(.patch, path, ["planned": "1"])
            #expect(fewer.brokenRules == ["part_planned_below"], "\(fewer.text)")
            let removed = try await site.client.send(.delete, path)
            #expect((removed.status, removed["code"]) == (.conflict, "part_has_moved"), "\(removed.text)")
            let stale = try await site.client.send(.patch, path, ["planned": "4"], headers: [.ifMatch: "\"1\""])
            #expect((stale.status, stale["code"]) == (.conflict, "stale_version"), "\(stale.text)")
        }
    }

    /// Who does not see what work costs does not see it here either, and sets it nowhere.
    @Test func costsAreForThoseWhoSeeThem() async throws {
        try await withLabor { site in
            try await site.setRates(hourly: "45.00")
            let order = try await site.order(started: true)
            let part = try await site.part(order, ["used": "1", "unitCost": "38.50"])
            let path = "\(order)/parts/\(try #require(part["id"]))/movements"
            site.client.authority.grant(
                "technician",
                [Grant(.workOrderRead, .tenant), Grant(.stockConsume, .assigned)]
            )
            site.client.authority.place(.anna, of: .sunfield, Membership())
            let anna = try await site.client.acting(as: .anna, of: .sunfield, roles: ["technician"])
            let seen = try await anna.send(.get, "\(order)/parts").items
            #expect(seen.count == 1 && seen.first?["unitCost"] == nil)
            let used = try await anna.send(.post, path, ["kind": "used", "quantity": "1"])
            #expect(used.status == .created, "\(used.text)")
            #expect(try await anna.all(path, limit: 10).allSatisfy { $0["unitCost"] == nil })
            let priced = try await anna.send(.post, path, ["kind": "used", "quantity": "1", "unitCost": "1"])
            #expect((priced.status, priced["permission"]) == (.forbidden, "workorder-cost:update"), "\(priced.text)")
            let issued = try await anna.send(.post, path, ["kind": "issued", "quantity": "1"])
            #expect((issued.status, issued["permission"]) == (.forbidden, "stock:issue"), "\(issued.text)")
            let bo = try await site.client.acting(as: .bo, of: .sunfield, roles: ["all"])
            #expect(try await site.costs(order, by: bo).total == "77.00")
        }
    }

    /// Two technicians use the last piece: both are written down, and nothing is lost.
    @Test func manyAtOnceKeepTheSums() async throws {
        try await withLabor { site in
            let order = try await site.order(started: true)
            let part = try await site.part(order, ["used": "1"])
            let path = "\(order)/parts/\(try #require(part["id"]))/movements"
            try await withThrowingTaskGroup { group in
                for _ in 0..<20 {
                    group.addTask {
                        let used = try await site.client.send(.post, path, ["kind": "used", "quantity": "0.25"])
                        #expect(used.status == .created, "\(used.text)")
                    }
                }
                try await group.waitForAll()
            }
            let parts = try await site.client.send(.get, "\(order)/parts").items
            #expect(parts.first?["used"] as? String == "6" && parts.first?["issued"] as? String == "6")
            let wrong = try await site.database.of(.sunfield).query(
                """
                SELECT p.id FROM work_order_parts p WHERE used <> (
                    SELECT sum(quantity) FROM part_movements m WHERE m.part_id = p.id AND kind = 'used'
                )
                """
            )
            #expect(wrong.isEmpty)
        }
    }

    @Test func movementsStayAsTheyAre() async throws {
        try await withLabor { site in
            let order = try await site.order(started: true)
            _ = try await site.part(order, ["used": "1"])
            for change in [
                "UPDATE part_movements SET quantity = 2", "DELETE FROM part_movements", "TRUNCATE part_movements",
            ] {
                await #expect(throws: PostgresError.self, "\(change)") {
                    try await site.database.of(.sunfield).execute(SQL(stringLiteral: change))
                }
            }
        }
    }
}

extension LaborSite {
    fileprivate func part(_ order: String, _ body: [String: Any]) async throws -> ServiceAnswer {
        let fan = ["number": "FAN-120", "name": "Fan, 120 mm"].merging(body) { $1 }
        let answer = try await client.send(.post, "\(order)/parts", fan)
        #expect(answer.status == .created, "\(answer.text)")
        return answer
    }
}

extension WorkPart {
    fileprivate static func sample(planned: String) -> WorkPart {
        WorkPart(
            id: .sample(80),
            tenant: .sunfield,
            workOrder: .sample(1),
            number: "FAN-120",
            name: "Fan",
            unit: "pcs",
            planned: Amount(planned) ?? .zero,
            createdAt: .noon,
            createdBy: .anna,
            updatedAt: .noon
        )
    }
}
