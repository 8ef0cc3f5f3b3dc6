import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// The facts that others wait for: who was given work, and what was done.
@Suite struct FactTests {
    private static let path = "/api/v1/workorders"

    @Test func whoIsGivenWorkIsToldOnceEachTime() async throws {
        try await withWorkOrders { client, database in
            let body: [String: Any] = [
                "assetId": AssetReplica.inverter.id.description, "title": "Replace the fan", "type": "corrective",
                "priority": "high", "assignedTo": UserID.anna.description,
            ]
            let created = try await client.send(.post, Self.path, body)
            let order = "\(Self.path)/\(try #require(created["id"], "\(created.text)"))"
            for change in [
                ["priority": "low"], ["assignedTo": nil as String?], ["assignedTo": UserID.anna.description],
                ["assignedTo": UserID.anna.description, "title": "Replace both fans"],
            ] as [[String: Any?]] {
                let answer = try await client.send(.patch, order, change.mapValues { $0 ?? NSNull() })
                #expect(answer.status == .ok, "\(answer.text)")
            }
            let facts = try await database.outbox(of: WorkOrderAssigned.self)
            #expect(facts.map(\.assignedTo) == [.anna, .anna])
            #expect(facts.map(\.before) == [nil, nil])
            #expect(facts.map(\.version) == [1, 4])
            #expect(facts.allSatisfy { $0.number == created["number"] })
        }
    }

    @Test func whatWasDoneIsToldWithWhoAndWhen() async throws {
        try await withWorkOrders { client, database in
            let body: [String: Any] = [
                "assetId": AssetReplica.inverter.id.description, "title": "Replace the fan", "type": "inspection",
                "priority": "high", "assignedTo": UserID.anna.description,
            ]
            let created = try await client.send(.post, Self.path, body)
            let order = "\(Self.path)/\(try #require(created["id"], "\(created.text)"))"
            for transition in ["submit", "start", "pause", "resume", "complete"] {
                let answer = try await client.send(.post, "\(order)/transitions/\(transition)", ["reason": "Rain"])
                #expect(answer.status == .ok, "\(answer.text)")
            }
            let facts = try await database.outbox(of: WorkOrderCompleted.self)
            #expect(facts.count == 1)
            let fact = try #require(facts.first)
            let read = try await client.send(.get, order)
            #expect((fact.startedAt.rfc3339, fact.at.rfc3339) == (read["actualStart"], read["actualEnd"]))
            #expect(fact.workedBy.map(\.description) == read.object["workedBy"] as? [String])
            #expect((fact.type, fact.origin, fact.version) == (.inspection, .person, 6))
        }
    }
}
