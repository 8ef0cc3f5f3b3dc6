import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

extension Sessions {
    /// Ends what began with a login at a provider that has ended there: one session of a person, or all of theirs. A login that is only on its
    /// way to its session ends as well.
    ///
    /// - Throws: ``ProviderRefusal`` for a token that was used before.
    func end(_ claims: LogoutClaims, at config: ProviderConfig, by act: Act) async throws {
        var act = act
        act.tenant = config.tenant
        let session = claims.session.map(SecretText.hash)
        try await database.transaction(for: act) { [act] tx in
            try await ProviderReplays.use(claims.id, of: config.issuer, at: config.tenant, until: claims.end, tx)
            let people: SQL = """
                SELECT id FROM users WHERE tenant_id = \(config.tenant) AND idp_provider = \(config.issuer)
                    AND (\(claims.subject)::text IS NULL OR idp_user_id = \(claims.subject))
                """
            // A name of a session says which one; without it, all are meant.
            let which: SQL =
                "user_id IN (\(sql: people)) AND (\(session)::bytea IS NULL OR provider_session = \(session))"
            try await tx.execute(
                "UPDATE authorization_codes SET expires_at = \(act.time) WHERE used_at IS NULL AND \(sql: which)"
            )
            let rows = try await tx.query(
                "SELECT id, user_id, refreshed_at FROM sessions WHERE ended_at IS NULL AND \(sql: which) ORDER BY id"
            )
            for row in rows {
                let user: UserID = try row["user_id"]
                let open = Session(
                    id: try row["id"],
                    userId: user,
                    status: .active,
                    refreshedAt: try row["refreshed_at"]
                )
                var ending = act
                ending.user = user
                try await end(open, "PROVIDER_LOGOUT", by: ending, tx)
            }
        }
    }
}
