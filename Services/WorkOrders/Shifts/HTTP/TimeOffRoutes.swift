import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/time-off`: everybody asks for their own, and others decide.
struct TimeOffRoutes: Sendable {
    let store: TimeOffStore
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner { CommandRunner("work-orders", store.database, now: now) }

    func all() throws -> [Route] {
        try [
            Route(
                .get,
                "/time-off",
                "List time off: your own, and that about which you decide",
                .requiresOne(of: [.timeOffRequest, .timeOffApprove]),
                use: list
            ),
            Route(
                .post,
                "/time-off",
                "Ask for time off for yourself",
                .requires(.timeOffRequest),
                .refuses([.conflict]),
                use: ask
            ),
            Route(
                .post,
                "/time-off/{id}/approval",
                "Approve time off of somebody else",
                .requires(.timeOffApprove),
                .versioned,
                use: approve
            ),
            Route(
                .post,
                "/time-off/{id}/refusal",
                "Refuse time off of somebody else",
                .requires(.timeOffApprove),
                .versioned,
                use: refuse
            ),
            Route(
                .post,
                "/time-off/{id}/withdrawal",
                "Withdraw time off that you have asked for",
                .requires(.timeOffRequest),
                .versioned,
                use: withdraw
            ),
        ]
    }

    @Sendable func list(_ call: Call<Paged<TimeOffFilter>>) async throws -> Page<TimeOffResponse> {
        let page = call.input
        let principal = try call.principal
        let found = try await store.list(
            page.filter,
            tenant: principal.tenant,
            within: principal.reachOfTimeOff,
            after: try page.position(as: TimeOffPosition.self),
            limit: page.limit
        )
        return try Page(found.map(TimeOffResponse.init), limit: page.limit) {
            TimeOffPosition(first: $0.first, id: $0.id)
        }
    }

    @Sendable func ask(_ call: Call<AskTimeOff>) async throws -> Created<TimeOffResponse> {
        let principal = try call.principal
        return try await commands.run(call) { act, tx in
            let asked = TimeOff.asked(call.input, id: .new(), of: principal.tenant, by: principal.user, at: act.time)
            guard let asked else { throw TimeOffRefusal.unknown }
            try await store.add(asked, by: act, tx)
            return Created(TimeOffResponse(asked))
        }
    }

    @Sendable func approve(_ call: Call<NoInput>) async throws -> TimeOffResponse {
        let (user, seen) = (try call.principal.user, try call.ifMatch)
        return try await change(call, as: "TIME_OFF_APPROVED") {
            try $0.decided(.approved, seen: seen, by: user, at: $1)
        }
    }

    @Sendable func refuse(_ call: Call<RefuseTimeOff>) async throws -> TimeOffResponse {
        let (user, seen) = (try call.principal.user, try call.ifMatch)
        return try await change(call, as: "TIME_OFF_REFUSED") {
            try $0.decided(.refused, because: call.input.reason, seen: seen, by: user, at: $1)
        }
    }

    @Sendable func withdraw(_ call: Call<NoInput>) async throws -> TimeOffResponse {
        let (user, seen) = (try call.principal.user, try call.ifMatch)
        return try await change(call, as: "TIME_OFF_WITHDRAWN") { try $0.withdrawn(seen: seen, by: user, at: $1) }
    }

    private func change(
        _ call: Call<some Input>,
        as action: String,
        decide: @Sendable (TimeOff, Date) throws -> TimeOff
    ) async throws -> TimeOffResponse {
        let id: TimeOffID = try call.id("id", of: "time off")
        let reach = ChangeReach(change: try call.reach, see: try call.principal.reachOfTimeOff)
        return try await commands.run(call) { act, tx in
            TimeOffResponse(
                try await store.change(id, within: reach, as: action, by: act, tx) { try decide($0, act.time) }
            )
        }
    }
}

extension Principal {
    /// Their own time off, and that about which they decide.
    fileprivate var reachOfTimeOff: Reach {
        authority.reach(of: .timeOffApprove).union(.places(Places(user: user)))
    }
}

/// Time off as clients see it.
struct TimeOffResponse: Answer, Codable, Versioned {
    var id: TimeOffID
    var userId: UserID
    var kind: TimeOffReason
    var first: String
    var last: String
    var note: String?
    var status: TimeOffStatus
    var decidedBy: UserID?
    var decidedAt: Date?
    /// Why it was refused.
    var reason: String?
    var createdAt: Date
    var updatedAt: Date
    var version: Int64

    init(_ timeOff: TimeOff) {
        id = timeOff.id
        userId = timeOff.person
        kind = timeOff.kind
        first = timeOff.first.rawValue
        last = timeOff.last.rawValue
        note = timeOff.note
        status = timeOff.status
        decidedBy = timeOff.decidedBy
        decidedAt = timeOff.decidedAt
        reason = timeOff.reason
        createdAt = timeOff.createdAt
        updatedAt = timeOff.updatedAt
        version = timeOff.version
    }
}
