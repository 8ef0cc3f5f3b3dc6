import Access
import Commands
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/legal-holds`: what must not be deleted or erased at present.
struct LegalHoldRoutes: Sendable {
    let holds: LegalHolds
    var stepUp = Duration.seconds(300)
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner { CommandRunner("auth", holds.database, now: now) }

    func all() throws -> [Route] {
        try [
            Route(.get, "/legal-holds", "List legal holds, the newest first", .requires(.legalHoldRead), use: list),
            Route(
                .post,
                "/legal-holds",
                "Place a legal hold: nothing of the tenant's audit log is deleted, and nobody is erased",
                .requires(.legalHoldManage),
                .mayRequire(.platformManage),
                .stepUp(within: stepUp, onlyPeople: true),
                .refuses([.conflict]),
                use: place
            ),
            Route(
                .post,
                "/legal-holds/{id}/release",
                "Release a legal hold",
                .requires(.legalHoldManage),
                .mayRequire(.platformManage),
                .stepUp(within: stepUp, onlyPeople: true),
                .refuses([.conflict]),
                use: release
            ),
        ]
    }

    struct LegalHoldResponse: Answer, Codable {
        var id: LegalHoldID
        /// Whether it covers every tenant.
        var everyTenant: Bool
        var reason: String
        var placedBy: UserID?
        var placedAt: Date
        /// Absent while it counts.
        var releaseReason: String?
        var releasedBy: UserID?
        var releasedAt: Date?

        init(_ hold: LegalHold) {
            id = hold.id
            everyTenant = hold.tenant == nil
            reason = hold.reason
            placedBy = hold.placedBy
            placedAt = hold.placedAt
            releaseReason = hold.releaseReason
            releasedBy = hold.releasedBy
            releasedAt = hold.releasedAt
        }
    }

    @Sendable func list(_ call: Call<Paged<NoInput>>) async throws -> Page<LegalHoldResponse> {
        let principal = try call.principal
        try principal.authority.requireTenantWide(.legalHoldRead)
        let page = call.input
        let found = try await holds.list(
            of: principal.tenant,
            before: try page.position(as: Date.self),
            limit: page.limit + 1
        )
        return try Page(found.map(LegalHoldResponse.init), limit: page.limit) { $0.placedAt }
    }

    @Sendable func place(_ call: Call<PlaceLegalHold>) async throws -> Created<LegalHoldResponse> {
        let principal = try call.principal
        let coversAll = call.input.everyTenant ?? false
        try Self.check(principal, coversAll: coversAll)
        return try await commands.run(call) { act, tx in
            let hold = LegalHold(
                id: .new(),
                tenant: coversAll ? nil : principal.tenant,
                reason: call.input.reason,
                placedBy: act.user,
                placedAt: act.time
            )
            try await holds.place(hold, by: act, tx)
            return Created(LegalHoldResponse(hold))
        }
    }

    @Sendable func release(_ call: Call<ReleaseLegalHold>) async throws -> LegalHoldResponse {
        let id: LegalHoldID = try call.id("id", of: "legal hold")
        let principal = try call.principal
        try Self.check(principal, coversAll: false)
        return try await commands.run(call) { act, tx in
            let hold = try await holds.release(id, because: call.input.reason, by: act, tx) { hold in
                try Self.check(principal, coversAll: hold.tenant == nil)
            }
            return LegalHoldResponse(hold)
        }
    }

    /// What covers every tenant is for those who run the installation.
    private static func check(_ principal: Principal, coversAll: Bool) throws {
        try principal.authority.requireTenantWide(.legalHoldManage)
        if coversAll { try principal.require(.platformManage) }
    }
}
