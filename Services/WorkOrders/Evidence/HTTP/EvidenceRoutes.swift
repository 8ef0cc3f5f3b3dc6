import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import ServiceKit

/// `/api/v1/workorders/{id}/evidence`: why an alert or a prediction asked for a work order.
struct EvidenceRoutes: Sendable {
    let store: EvidenceStore

    func all() throws -> [Route] {
        try [
            Route(
                .get,
                "/workorders/{id}/evidence",
                "Read why an alert or a prediction asked for a work order",
                .requires(.workOrderRead),
                use: read
            )
        ]
    }

    @Sendable func read(_ call: Call<NoInput>) async throws -> EvidenceResponse {
        let found = try await store.find(
            try call.id("id", of: "work order"),
            tenant: try call.principal.tenant,
            within: try call.reach
        )
        return EvidenceResponse(found)
    }
}

/// What was measured or computed, and what it was judged by. Of work that a person asked for there is none.
struct EvidenceResponse: Answer, Codable {
    var ruleId: AlertRuleID?
    var tag: String?
    var unit: String?
    /// What the rule waits for.
    var condition: String?
    /// The model's name and version.
    var model: String?
    /// The predicted probability of a failure, 0 to 1.
    var probability: Double?
    /// The readings that led to it, the earliest first.
    var readings: [Reading]
    /// What the model judged by.
    var features: [Feature]

    struct Reading: Codable, Sendable {
        var at: Date
        var value: Double
    }

    struct Feature: Codable, Sendable {
        var name: String
        var value: Double
    }

    init(_ evidence: RequestEvidence?) {
        ruleId = evidence?.rule
        tag = evidence?.tag
        unit = evidence?.unit
        condition = evidence?.condition
        model = evidence?.model
        probability = evidence?.probability
        readings = evidence?.readings.map { Reading(at: $0.at, value: $0.value) } ?? []
        features = evidence?.features.map { Feature(name: $0.name, value: $0.value) } ?? []
    }
}
