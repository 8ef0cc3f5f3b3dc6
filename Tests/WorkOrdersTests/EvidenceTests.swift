import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import WorkOrders

/// Why an alert or a prediction asked for work, and whether it was right.
@Suite struct EvidenceTests {
    private static func request(
        _ origin: WorkOrderOrigin = .alert,
        _ evidence: RequestEvidence? = nil
    ) -> WorkOrderRequested {
        WorkOrderRequested(
            request: .new(),
            tenant: .sunfield,
            site: AssetReplica.inverter.site,
            asset: AssetReplica.inverter.id,
            title: "Too hot",
            description: nil,
            type: .corrective,
            priority: .high,
            origin: origin,
            originID: "a",
            evidence: evidence,
            requestedAt: .noon
        )
    }

    private static let evidence = RequestEvidence(
        rule: .sample(7),
        tag: "inverter_temperature",
        unit: "Cel",
        condition: "3 in a row beyond 60.0 Cel",
        model: nil,
        probability: nil,
        readings: [.init(at: .noon - 2, value: 61.5), .init(at: .noon - 1, value: 62), .init(at: .noon, value: 64.25)],
        features: []
    )

    private func open(_ request: WorkOrderRequested, _ database: Database) async throws -> String {
        let consumer = RequestConsumer(store: WorkOrderStore(database: database))
        try await database.handle(request, of: .sunfield, by: consumer.handle)
        return "/api/v1/workorders/\(request.workOrder)"
    }

    @Test func whatAnAlertWasRaisedByIsKeptWithItsWorkOrder() async throws {
        try await withWorkOrders { client, database in
            let first = Self.request(.alert, Self.evidence)
            let order = try await open(first, database)
            // The alert comes again later, with other readings: there is one work order, and its evidence stays.
            var again = Self.request(.alert, Self.evidence)
            again.evidence?.readings = []
            let other = try await open(again, database)
            #expect(try await client.send(.get, other).status == .notFound)
            let read = try await client.send(.get, "\(order)/evidence")
            #expect(read.status == .ok, "\(read.text)")
            #expect((read["ruleId"], read["tag"]) == (AlertRuleID.sample(7).description, "inverter_temperature"))
            #expect((read["unit"], read["condition"]) == ("Cel", "3 in a row beyond 60.0 Cel"))
            let readings = try #require(read.object["readings"] as? [[String: Any]])
            #expect(readings.map { $0["value"] as? Double } == [61.5, 62, 64.25])
            #expect(readings.map { $0["at"] as? String } == [-2, -1, 0].map { (Date.noon + $0).rfc3339 })
        }
    }

    @Test func aPersonsWorkOrderHasNoEvidence() async throws {
        try await withWorkOrders { client, database in
            let order = try await open(Self.request(), database)
            let read = try await client.send(.get, "\(order)/evidence")
            #expect(read.status == .ok, "\(read.text)")
            #expect(read.object["ruleId"] == nil)
            #expect((read.object["readings"] as? [Any])?.isEmpty == true)
        }
    }

    @Test(arguments: [(WorkOrderOrigin.alert, "false_alarm"), (.prediction, "confirmed"), (.prediction, "unclear")])
    func theVerdictOfWhoDidTheWorkIsPublished(origin: WorkOrderOrigin, verdict: String) async throws {
        try await withWorkOrders { client, database in
            let order = try await open(Self.request(origin), database)
            for (move, body) in [
                ("assign", ["assignedTo": UserID.anna.description]), ("start", [:]),
                ("complete", ["verdict": verdict, "cause": "bearing-wear"]),
            ] as [(String, [String: Any])] {
                let answer = try await client.send(.post, "\(order)/transitions/\(move)", body)
                #expect(answer.status == .ok, "\(answer.text)")
            }
            let read = try await client.send(.get, order)
            #expect((read["verdict"], read["cause"]) == (verdict, "bearing-wear"))
            let fact = try #require(try await database.outbox(of: WorkOrderCompleted.self).first)
            #expect(
                (fact.verdict?.rawValue, fact.cause, fact.origin, fact.originID) == (
                    verdict, "bearing-wear", origin, "a"
                )
            )
            let state = try #require(try await database.outbox(of: WorkOrderState.self).last)
            #expect((state.verdict?.rawValue, state.cause) == (verdict, "bearing-wear"))
        }
    }

    @Test func onlyWhatAnAlertOrAPredictionSaidIsJudged() {
        let order = WorkOrder.sample(in: .inProgress)
        #expect(order.origin == .person)
        for decide in [
            { try order.moved(.complete, MoveWorkOrder(verdict: .confirmed), by: .anna, at: .noon) },
            { try order.updated(ChangeWorkOrder(verdict: .set(.confirmed)), by: .anna, at: .noon) },
        ] as [() throws -> Decision?] {
            do {
                _ = try decide()
                Issue.record("was accepted")
            } catch {
                guard case .wrong(let field, let rule)? = error as? Refusal else {
                    Issue.record("\(error)")
                    return
                }
                #expect((field, rule.code) == ("verdict", "nothing_to_judge"))
            }
        }
    }
}
