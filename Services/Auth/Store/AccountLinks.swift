import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres
import Sealing

/// Links in mails that a person can use once: only their hashes are stored.
struct AccountLinks: Sendable {
    let database: Database
    let keys: SealingKeys

    /// Makes a link and asks for the mail with it. An invitation replaces the ones before.
    ///
    /// - Returns: The event to publish; `nil` if the link does not fit the user now, or they got enough mails.
    func issue(_ link: AccountLink, to user: User, by act: Act, _ tx: Transaction) async throws -> MailRequested? {
        guard link.fits(user) else { return nil }
        if link == .invitation { try await revoke(link, of: user, tx) }
        let token = SecretText.new()
        let mail = MailRequested(
            id: .new(),
            tenant: user.tenant,
            user: user.id,
            template: link.template,
            token: nil,
            expiresAt: act.time.addingTimeInterval(link.lifetime),
            at: act.time
        )
        let issued = try await tx.execute(
            """
            INSERT INTO account_links (hash, tenant_id, user_id, purpose, created_at, expires_at)
            SELECT \(SecretText.hash(token)), \(user.tenant), \(user.id), \(link), \(act.time), \(mail.expiresAt)
            WHERE \(Int64(AccountLink.mostInPeriod)) > (
                SELECT count(*) FROM account_links WHERE user_id = \(user.id) AND purpose = \(link)
                    AND created_at > \(act.time.addingTimeInterval(-AccountLink.period))
            )
            """
        )
        guard issued == 1 else { return nil }
        var sealed = mail
        sealed.token = Data(try keys.seal(token, for: mail.id.description))
        return sealed
    }

    /// A link that somebody without a login asks for. What happens does not show whether there is such an address.
    func request(_ link: AccountLink, of user: User?, by act: Act) async throws {
        let act = act.by(user)
        try await database.transaction(for: act) { tx in
            var mail: MailRequested?
            if let user {
                // Of several requests at the same time each sees the links of the ones before.
                try await lock(user, tx)
                mail = try await issue(link, to: user, by: act, tx)
            }
            try tx.record(Change("\(link.rawValue.uppercased())_REQUESTED", "user"), [mail].compactMap(\.self), by: act)
        }
    }

    /// Whose link it is, if it could be used: a cheap check before an expensive step.
    func holder(of token: String, for link: AccountLink, at now: Date) async throws -> User? {
        try await database.ofEveryTenant.first(
            """
            SELECT u.* FROM users u JOIN account_links l ON l.user_id = u.id
            WHERE l.hash = \(SecretText.hash(token)) AND l.purpose = \(link) AND l.expires_at > \(now)
            """
        )?.decode()
    }

    /// Uses a link, and all others of its kind that the person has.
    ///
    /// - Throws: ``Refusal/link`` if it is not valid.
    func use(
        _ token: String,
        for link: AccountLink,
        by act: Act,
        _ body: (User, Act, Transaction) async throws -> Void
    ) async throws {
        // A link does not contain its tenant, which is known only with the user.
        try await database.ofEveryTenant.transaction { tx in
            let row = try await tx.first(
                """
                DELETE FROM account_links
                WHERE hash = \(SecretText.hash(token)) AND purpose = \(link) AND expires_at > \(act.time)
                RETURNING user_id
                """
            )
            guard let row else { throw Refusal.link }
            let id: UserID = try row["user_id"]
            let user: User? = try await tx.first("SELECT * FROM users WHERE id = \(id) FOR UPDATE")?.decode()
            guard let user, link.fits(user) else { throw Refusal.link }
            let act = act.by(user)
            tx.enter(act.access)
            try await Tenants.requireActive(user.tenant, tx)
            try await revoke(link, of: user, tx)
            try await body(user, act, tx)
        }
    }

    /// Makes the links of one kind that a person has useless.
    func revoke(_ link: AccountLink, of user: User, _ tx: Transaction) async throws {
        try await tx.execute("DELETE FROM account_links WHERE user_id = \(user.id) AND purpose = \(link)")
    }

    /// Deletes what neither can be used nor counts any more.
    static func forgetOld(at now: Date) -> SQL {
        "DELETE FROM account_links WHERE expires_at < \(now.addingTimeInterval(-AccountLink.period))"
    }

    private func lock(_ user: User, _ tx: Transaction) async throws {
        _ = try await tx.first("SELECT 1 FROM users WHERE id = \(user.id) FOR UPDATE")
    }
}
