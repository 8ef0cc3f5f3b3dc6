import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import ServiceKit

/// `/api/v1/workorders/{id}/candidates`: who could do a work order, and what speaks against each.
struct CandidateRoutes: Sendable {
    let orders: WorkOrderStore
    let people: PeopleStore
    var now: @Sendable () -> Date = { Date() }

    func all() throws -> [Route] {
        try [
            Route(
                .get,
                "/workorders/{id}/candidates",
                "List who could do a work order, those whom nothing speaks against first",
                .requires(.workOrderAssign),
                use: list
            )
        ]
    }

    @Sendable func list(_ call: Call<CandidateFilter>) async throws -> CandidatesResponse {
        let principal = try call.principal
        var order = try await orders.find(
            try call.id("id", of: "work order"),
            tenant: principal.tenant,
            within: try call.reach
        )
        if let start = call.input.scheduledStart {
            (order.scheduledStart, order.scheduledEnd) = (start, call.input.scheduledEnd)
        }
        let found = try await people.candidates(
            for: order,
            in: order.plannedWindow,
            under: principal.rules,
            at: now()
        )
        return CandidatesResponse(items: found.map(CandidateResponse.init))
    }
}

/// When the work would be done.
struct CandidateFilter: Input {
    var scheduledStart: Date?
    var scheduledEnd: Date?

    static let rules: Rules = [
        "scheduledStart": .means("As if the work were planned for this moment; the default is its plan"),
        "scheduledEnd": .means("As if it were planned to end then; only with `scheduledStart`"),
    ]

    func check(_ errors: inout FieldErrors) {
        guard let scheduledEnd else { return }
        guard let scheduledStart else {
            return errors.require(
                false,
                "scheduledEnd",
                .goesWith("scheduledStart", "must be left out without scheduledStart")
            )
        }
        errors.require(scheduledStart < scheduledEnd, "scheduledEnd", .after("scheduledStart"))
    }
}

/// Up to 300 people.
struct CandidatesResponse: Answer, Codable {
    var items: [CandidateResponse]
}

/// Somebody who could do a work order.
struct CandidateResponse: Codable {
    struct Reason: Codable {
        var code: String
        /// For a person who reads English.
        var message: String
        /// The values that its text needs in any language.
        var parameters: [String: String]
        /// Whether it forbids to give the work to the person; otherwise it is a warning.
        var forbids: Bool
    }

    var userId: UserID
    var name: String
    /// Whether nothing forbids it.
    var isEligible: Bool
    var reasons: [Reason]

    init(_ candidate: Candidate) {
        userId = candidate.id
        name = candidate.name
        isEligible = candidate.obstacles == 0
        reasons = candidate.reasons.map { reason, forbids in
            let rule = reason.rule(of: candidate.name)
            return Reason(code: rule.code, message: rule.message, parameters: rule.parameters, forbids: forbids)
        }
    }
}
