import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/workorders/{id}/signatures`: who has signed a work order, and whether it still is what they have signed.
struct SignatureRoutes: Sendable {
    let store: SignatureStore
    var now: @Sendable () -> Date = { Date() }

    private static let path = "/workorders/{id}/signatures"

    private var commands: CommandRunner { CommandRunner("work-orders", store.orders.database, now: now) }

    func all() throws -> [Route] {
        try [
            Route(.get, Self.path, "List the signatures of a work order", .requires(.workOrderRead), use: list),
            Route(
                .post,
                Self.path,
                "Sign a work order as it is",
                .requiresOne(of: SignatureMeaning.allCases.map(\.permission)),
                .refuses([.conflict]),
                use: sign
            ),
        ]
    }

    @Sendable func list(_ call: Call<NoInput>) async throws -> SignatureList {
        let found = try await store.list(
            try call.id("id", of: "work order"),
            tenant: try call.principal.tenant,
            within: try call.reach
        )
        return SignatureList(items: found.map(SignatureResponse.init))
    }

    @Sendable func sign(_ call: Call<SignWorkOrder>) async throws -> Created<SignatureResponse> {
        let principal = try call.principal
        let id: WorkOrderID = try call.id("id", of: "work order")
        let permission = call.input.meaning.permission
        try principal.require(permission)
        let reach = principal.authority.reach(toChangeBy: [permission], seenBy: .workOrderRead)
        return try await commands.run(call) { act, tx in
            let signed = try await store.sign(
                id,
                call.input,
                within: reach,
                under: principal.rules,
                by: principal.user,
                act,
                tx
            )
            return Created(SignatureResponse(signed))
        }
    }
}

/// `GET /workorders/{id}/signatures`
struct SignatureList: Answer, Codable {
    var items: [SignatureResponse]
}

struct SignatureResponse: Answer, Codable {
    var id: SignatureID
    var meaning: SignatureMeaning
    /// The version that was signed.
    var version: Int64
    /// The SHA-256 of what was signed, in hexadecimal.
    var sha256: String
    /// Whether the work order is still what was signed.
    var intact: Bool
    var signedBy: UserID
    var signedAt: Date

    init(_ state: SignedState) {
        id = state.signature.id
        meaning = state.signature.meaning
        version = state.signature.version
        sha256 = state.signature.sha256
        intact = state.isIntact
        signedBy = state.signature.signedBy
        signedAt = state.signature.signedAt
    }
}

extension SignatureRefusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notCompleted(let phase):
            Problem(
                .conflict,
                "not_completed",
                "only completed work is signed: it is \(phase.rawValue)",
                ["status": phase.status.rawValue, "phase": phase.rawValue]
            )
        case .notWorker:
            Problem(.forbidden, "signs_work_of_others", "only somebody who has done the work signs that they have")
        case .signedAlready:
            Problem(.conflict, "signed_already", "you have signed this already, and it has not changed")
        case .tooMany:
            Problem(
                .conflict,
                "too_many_signatures",
                "a work order has at most \(Signature.maximumCount) signatures",
                ["maximum": "\(Signature.maximumCount)"]
            )
        }
    }
}
