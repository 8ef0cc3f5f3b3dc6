import Foundation
import Identifiers
import Messaging
import Postgres

/// What logins wait for whose password was right. Of a challenge there is only a hash; it serves one purpose of one person.
struct LoginChallenges: Sendable {
    let database: Database

    /// - Parameter user: Must be locked.
    func issue(_ purpose: LoginChallenge, to user: User, by act: Act, _ tx: Transaction) async throws -> String {
        let token = SecretText.new()
        try await tx.pipeline([
            """
            DELETE FROM login_challenges WHERE hash IN (
                SELECT hash FROM login_challenges WHERE user_id = \(user.id)
                ORDER BY created_at DESC, hash OFFSET \(Int64(LoginChallenge.most - 1))
            )
            """,
            """
            INSERT INTO login_challenges (hash, tenant_id, user_id, purpose, created_at, expires_at)
            VALUES (\(SecretText.hash(token)), \(user.tenant), \(user.id), \(purpose), \(act.time),
                \(act.time.addingTimeInterval(purpose.lifetime)))
            """,
        ])
        try tx.record(Change("LOGIN_CHALLENGED", "session"), by: act)
        return token
    }

    /// Whose challenge it is: a cheap check before an answer is counted.
    ///
    /// - Throws: ``Refusal/challenge`` if it is not valid.
    func holder(of token: String, _ purpose: LoginChallenge, at now: Date) async throws -> User {
        let user: User? = try await database.ofEveryTenant.first(
            """
            SELECT u.* FROM users u JOIN login_challenges c ON c.user_id = u.id WHERE u.is_active AND \(sql: valid(token, purpose, at: now))
            """
        )?.decode()
        guard let user else { throw Refusal.challenge }
        return user
    }

    /// What the person does with a challenge.
    enum Answer<Given: Sendable>: Sendable {
        /// It has served its purpose.
        case right(Given)
        /// It is counted; of ``LoginChallenge/mostWrong`` the last one ends the challenge.
        case wrong
        /// The challenge is needed once more.
        case onTheWay(Given)
    }

    /// Takes an answer, of one request at a time.
    ///
    /// - Returns: `nil` for a wrong one.
    /// - Throws: ``Refusal/challenge`` if the challenge is not valid any more.
    func take<Given: Sendable>(
        _ token: String,
        _ purpose: LoginChallenge,
        by act: Act,
        _ answer: (User, Act, Transaction) async throws -> Answer<Given>
    ) async throws -> Given? {
        let holder = try await holder(of: token, purpose, at: act.time)
        let act = act.by(holder)
        return try await database.transaction(for: act) { tx in
            // The person first, as everything does that changes their logins.
            let user: User? = try await tx.first(
                "SELECT * FROM users WHERE id = \(holder.id) AND is_active FOR UPDATE"
            )?
            .decode()
            let challenge = try await tx.first(
                "SELECT 1 FROM login_challenges c WHERE \(sql: valid(token, purpose, at: act.time)) FOR UPDATE"
            )
            guard let user, challenge != nil else { throw Refusal.challenge }
            try await Tenants.requireActive(user.tenant, tx)
            switch try await answer(user, act, tx) {
            case .right(let given):
                try await tx.execute("DELETE FROM login_challenges WHERE hash = \(SecretText.hash(token))")
                return given
            case .onTheWay(let given): return given
            case .wrong:
                try await tx.execute(
                    "UPDATE login_challenges SET wrong = wrong + 1 WHERE hash = \(SecretText.hash(token))"
                )
                try tx.record(Change("LOGIN_FAILED", "session"), by: act)
                return nil
            }
        }
    }

    private func valid(_ token: String, _ purpose: LoginChallenge, at now: Date) -> SQL {
        """
        c.hash = \(SecretText.hash(token)) AND c.purpose = \(purpose) AND c.expires_at > \(now)
            AND c.wrong < \(Int32(LoginChallenge.mostWrong))
        """
    }

    /// Deletes what nobody has answered in time.
    static func forgetOld(at now: Date) -> SQL { "DELETE FROM login_challenges WHERE expires_at < \(now)" }
}
