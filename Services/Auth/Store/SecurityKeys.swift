import Foundation
import Identifiers
import Messaging
import Postgres
import WebAuthn

/// Security keys in PostgreSQL, and the questions to them. Nothing here is a secret: the private halves never leave the keys.
struct SecurityKeys: Sendable {
    let factors: SecondFactors
    /// Whom the keys are for; `nil` where browsers have no keys.
    let party: RelyingParty?

    func list(of user: UserID, tenant: TenantID) async throws -> [SecurityKey] {
        try await factors.database.of(tenant).query(Self.selection(of: user)).map(SecurityKey.init)
    }

    private static func selection(of user: UserID) -> SQL {
        "SELECT * FROM security_keys WHERE user_id = \(user) ORDER BY added_at, id"
    }

    // MARK: - Questions

    /// A question, and the keys that it is about.
    struct Question: Hashable, Sendable {
        var challenge: String
        var party: RelyingParty
        var keys: [SecurityKey]
    }

    /// Asks a person's keys.
    ///
    /// - Parameter login: The challenge of the login that it is for, if it is for one.
    /// - Throws: ``Refusal/noKeysHere`` where browsers have none.
    func ask(_ purpose: KeyPurpose, _ user: User, login: String? = nil, by act: Act, _ tx: Transaction) async throws
        -> Question
    {
        guard let party else { throw Refusal.noKeysHere }
        let challenge = SecretText.new()
        let rows = try await tx.pipeline([
            """
            DELETE FROM key_challenges WHERE hash IN (
                SELECT hash FROM key_challenges WHERE user_id = \(user.id) AND purpose = \(purpose)
                ORDER BY created_at DESC, hash OFFSET \(Int64(KeyPurpose.most - 1))
            )
            """,
            """
            INSERT INTO key_challenges (hash, tenant_id, user_id, purpose, login, created_at, expires_at)
            VALUES (\(SecretText.hash(challenge)), \(user.tenant), \(user.id), \(purpose),
                \(login.map(SecretText.hash)), \(act.time), \(act.time.addingTimeInterval(KeyPurpose.lifetime)))
            """,
            Self.selection(of: user.id),
        ])
        try tx.record(Change("SECURITY_KEY_ASKED", "user", user.id, before: nil as String?, after: nil), by: act)
        return Question(challenge: challenge, party: party, keys: try (rows.last ?? []).map(SecurityKey.init))
    }

    /// Whether a question is an open one of the person. It is used up, whatever the answer is worth.
    func take(
        _ challenge: String,
        _ purpose: KeyPurpose,
        _ user: User,
        login: String?,
        at now: Date,
        _ tx: Transaction
    ) async throws -> Bool {
        try await tx.execute(
            """
            DELETE FROM key_challenges WHERE hash = \(SecretText.hash(challenge)) AND user_id = \(user.id)
                AND purpose = \(purpose) AND login IS NOT DISTINCT FROM \(login.map(SecretText.hash))
                AND expires_at > \(now)
            """
        ) == 1
    }

    /// Deletes questions that nobody has answered in time.
    static func forgetOld(at now: Date) -> SQL { "DELETE FROM key_challenges WHERE expires_at < \(now)" }
}

/// What a key has answered, as a browser passes it on.
struct KeyAnswer: Sendable {
    /// Which key it says it is.
    var credential: [UInt8]
    /// Whose it says it is, if it says so.
    var holder: UserID?
    var assertion: KeyAssertion
}

extension KeyPurpose: PostgresEncodable, PostgresDecodable {}

extension SecurityKey {
    init(_ row: Row) throws {
        let transports: PostgresArray<String> = try row["transports"]
        self.init(
            id: try row["id"],
            name: try row["name"],
            credential: try row["credential_id"],
            publicKey: try row["public_key"],
            counter: try row["counter"],
            transports: transports.elements,
            isSynced: try row["is_synced"],
            addedAt: try row["added_at"],
            lastUsedAt: try row["last_used_at"]
        )
    }
}
