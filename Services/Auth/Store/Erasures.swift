import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// Erases people for good. Their rows stay, with nothing in them but the id, so that what they did still belongs to somebody.
struct Erasures: Sendable {
    let directory: Directory
    let sessions: Sessions

    /// - Parameter check: Gets the user as they were.
    /// - Throws: ``Refusal/legalHold``, ``Refusal/lastAdministrator``, and what `check` throws.
    func erase(
        _ id: UserID,
        within reach: ChangeReach,
        by act: Act,
        _ tx: Transaction,
        _ check: (User) throws -> Void
    ) async throws -> User {
        try await directory.lockUsers(act, tx)
        let before = try await directory.locked(id, within: reach, by: act, tx)
        try check(before)
        guard try await !LegalHolds.exist(for: before.tenant, tx) else { throw Refusal.legalHold }
        let wasAdministrator = try await Administrators.include(id, tx)
        try await sessions.endAll(of: id, by: act, tx)
        let user = before.erased(at: act.time)
        let anonymised: SQL = try .update("users", user, except: ["id", "tenant"], where: "id = \(id)")
        // The row's last: a constraint holds what is erased to having nothing left.
        try await tx.pipeline(Self.forgetting(before) + [anonymised])
        if wasAdministrator { try await Administrators.require(in: user.tenant, tx) }
        try await PersonKeys.destroy(id, of: user.tenant, tx)
        // The entry tells what they were allowed, and not who they were.
        var former = before
        (former.email, former.displayName, former.phone) = (user.email, user.displayName, user.phone)
        (former.code, former.firstName, former.lastName) = (user.code, user.firstName, user.lastName)
        former.metadata = user.metadata
        let change = try Change("USER_ERASED", "user", id, before: former, after: user)
        try tx.record(try await change.sealed(of: id, in: user.tenant, tx), [user.state], by: act)
        return user
    }

    /// Everything else in this database that tells something of a person, or lets them in.
    private static func forgetting(_ user: User) -> [SQL] {
        [
            """
            UPDATE users SET password_hash = NULL, last_login_at = NULL, idp_provider = NULL, idp_user_id = NULL,
                idp_link_until = NULL
            WHERE id = \(user.id)
            """,
            "DELETE FROM refresh_tokens WHERE session_id IN (SELECT id FROM sessions WHERE user_id = \(user.id))",
            "DELETE FROM sessions WHERE user_id = \(user.id)",
            "DELETE FROM account_links WHERE user_id = \(user.id)",
            "DELETE FROM authorization_codes WHERE user_id = \(user.id)",
            "DELETE FROM login_challenges WHERE user_id = \(user.id)",
            "DELETE FROM user_roles WHERE user_id = \(user.id)",
            // Answers that are kept for a repetition: the person's own, and those about them.
            """
            DELETE FROM answers WHERE tenant_id = \(user.tenant)
                AND (user_id = \(user.id) OR position(\(Array(user.id.description.utf8)) IN body) > 0)
            """,
        ] + SecondFactors.removal(from: user.id) + AddressLocks.forget(user.email)
    }
}
