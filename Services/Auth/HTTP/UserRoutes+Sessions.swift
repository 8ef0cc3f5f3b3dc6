import Access
import Commands
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// Where somebody else is logged in. Whoever may end a person's sessions sees them: a phone that is lost is to be told from the one at hand.
extension UserRoutes {
    @Sendable func listSessions(_ call: Call<NoInput>) async throws -> SessionsResponse {
        let target = try await target(of: call, [.userDeactivate])
        let tenant = target.principal.tenant
        // Addresses and devices of people who may do more are nobody's business either.
        try target.check(try await directory.find(target.id, tenant: tenant, within: target.reach))
        let open = try await sessions.open(of: target.id, tenant: tenant, at: now())
        return SessionsResponse(open, asked: target.principal.session)
    }

    @Sendable func endSession(_ call: Call<NoInput>) async throws -> NoContent {
        let target = try await target(of: call, [.userDeactivate])
        let id: SessionID = try call.id("session", of: "session")
        return try await commands.run(call) { act, tx in
            try target.check(try await directory.locked(target.id, within: target.reach, by: act, tx))
            guard let left = try await sessions.end(id, of: target.id, "SESSION_REVOKED", by: act, tx) else {
                throw Problem.notFound("session")
            }
            // The session's own entry does not say whose it was.
            let (before, after) = (["sessions": left + 1], ["sessions": left])
            try tx.record(Change("USER_SESSION_ENDED", "user", target.id, before: before, after: after), by: act)
            return NoContent()
        }
    }

    @Sendable func endSessions(_ call: Call<NoInput>) async throws -> NoContent {
        let target = try await target(of: call, [.userDeactivate])
        return try await commands.run(call) { act, tx in
            try target.check(try await directory.locked(target.id, within: target.reach, by: act, tx))
            let ended = try await sessions.endAll(of: target.id, by: act, tx)
            try tx.record(
                Change("USER_SESSIONS_ENDED", "user", target.id, before: ["sessions": ended], after: ["sessions": 0]),
                by: act
            )
            return NoContent()
        }
    }
}
