import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres
import Sealing

/// Second factors and recovery codes in PostgreSQL: here the authenticator apps, in ``SecurityKeys`` the keys. Secrets are sealed for their
/// person; of codes there are only hashes.
struct SecondFactors: Sendable {
    let database: Database
    let keys: SealingKeys

    func find(_ user: UserID, tenant: TenantID) async throws -> SecondFactor? {
        try await database.of(tenant).first(Self.selection(of: user))?.decode()
    }

    /// Whether the person has one.
    static func exist(of user: UserID, _ tx: Transaction) async throws -> Bool {
        try await tx.first("SELECT 1 FROM second_factors WHERE user_id = \(user)") != nil
    }

    private static func selection(of user: UserID) -> SQL {
        """
        SELECT CASE WHEN f.secret IS NOT NULL THEN f.added_at END AS app_added_at,
            (SELECT count(*) FROM recovery_codes c WHERE c.user_id = f.user_id) AS recovery_codes_left,
            (SELECT count(*) FROM security_keys k WHERE k.user_id = f.user_id) AS security_keys
        FROM second_factors f WHERE f.user_id = \(user)
        """
    }

    /// What somebody has who logs in.
    static func find(of user: UserID, _ tx: Transaction) async throws -> SecondFactor? {
        try await tx.first(selection(of: user))?.decode()
    }

    /// Waits for other changes of the person's factor: they lock it, too.
    func locked(_ user: UserID, _ tx: Transaction) async throws -> SecondFactor? {
        _ = try await tx.first("SELECT 1 FROM second_factors WHERE user_id = \(user) FOR UPDATE")
        return try await Self.find(of: user, tx)
    }

    // MARK: - Adding an app

    /// A new secret for the person's app. It counts when they have typed its first code (``confirm(_:of:by:_:)``), and until then the factor
    /// that they have, if any.
    func begin(for user: User, by act: Act, _ tx: Transaction) async throws -> [UInt8] {
        let secret = TOTP.newSecret()
        try await tx.execute(
            """
            INSERT INTO factor_enrolments (user_id, tenant_id, secret, expires_at)
            VALUES (\(user.id), \(user.tenant), \(try seal(secret, of: user.id)),
                \(act.time.addingTimeInterval(SecondFactor.enrolmentLifetime)))
            ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, expires_at = excluded.expires_at
            """
        )
        try tx.record(.about("MFA_ENROLMENT_BEGUN", user), by: act)
        return secret
    }

    /// Makes a secret the person's factor, in place of the one before. Its first code shows that their app has it.
    ///
    /// Wrong codes are not counted: whoever is asked for one has just seen the secret.
    ///
    /// - Returns: Their new recovery codes.
    /// - Throws: ``Refusal/wrongCode``, ``Refusal/noEnrolment``.
    func confirm(_ code: TypedCode?, of user: User, by act: Act, _ tx: Transaction) async throws -> [String] {
        let row = try await tx.first(
            "SELECT secret FROM factor_enrolments WHERE user_id = \(user.id) AND expires_at > \(act.time) FOR UPDATE"
        )
        guard let row else { throw Refusal.noEnrolment }
        let sealed: [UInt8] = try row["secret"]
        let secret = try open(sealed, of: user.id)
        guard case .app(let digits) = code, let step = TOTP.step(of: digits, secret, at: act.time, after: .min) else {
            throw Refusal.wrongCode
        }
        let before = try await locked(user.id, tx)
        try await tx.pipeline([
            "DELETE FROM factor_enrolments WHERE user_id = \(user.id)",
            """
            INSERT INTO second_factors (user_id, tenant_id, secret, added_at, last_step)
            VALUES (\(user.id), \(user.tenant), \(sealed), \(act.time), \(step))
            ON CONFLICT (user_id) DO UPDATE SET
                secret = excluded.secret, added_at = excluded.added_at, last_step = excluded.last_step
            """,
        ])
        let codes = try await newCodes(for: user, tx)
        var after = SecondFactor(appAddedAt: act.time, recoveryCodesLeft: codes.count, securityKeys: 0)
        after.securityKeys = before?.securityKeys ?? 0
        try tx.record(
            .about("MFA_ADDED", user, before: before, after: after),
            [user.notice(.factorAdded, at: act.time)],
            by: act
        )
        return codes
    }

    // MARK: - Using one

    /// Whether a code is right. A right one is used up.
    func accept(_ code: TypedCode?, of user: User, by act: Act, _ tx: Transaction) async throws -> Bool {
        let row = try await tx.first(
            "SELECT secret, last_step FROM second_factors WHERE user_id = \(user.id) FOR UPDATE"
        )
        guard let row else { return false }
        switch code {
        case .app(let digits):
            // Somebody who has only keys has no secret.
            guard let sealed: [UInt8] = try row["secret"] else { return false }
            let secret = try open(sealed, of: user.id)
            guard let step = TOTP.step(of: digits, secret, at: act.time, after: try row["last_step"]) else {
                return false
            }
            try await tx.execute("UPDATE second_factors SET last_step = \(step) WHERE user_id = \(user.id)")
            return true
        case .recovery(let letters):
            let before = try await locked(user.id, tx)
            let used = try await tx.execute(
                "DELETE FROM recovery_codes WHERE user_id = \(user.id) AND hash = \(SecretText.hash(letters))"
            )
            guard used == 1, let before else { return false }
            var after = before
            after.recoveryCodesLeft -= 1
            try tx.record(
                .about("RECOVERY_CODE_USED", user, before: before, after: after),
                [user.notice(.recoveryCodeUsed, at: act.time)],
                by: act
            )
            return true
        case nil: return false
        }
    }

    /// New recovery codes in place of the old ones.
    ///
    /// - Throws: ``Refusal/noFactor``.
    func replaceCodes(of user: User, by act: Act, _ tx: Transaction) async throws -> [String] {
        guard let before = try await locked(user.id, tx) else { throw Refusal.noFactor }
        let codes = try await newCodes(for: user, tx)
        var after = before
        after.recoveryCodesLeft = codes.count
        try tx.record(.about("RECOVERY_CODES_REPLACED", user, before: before, after: after), by: act)
        return codes
    }

    /// Removes everything that counts as a factor: the app, the keys and the recovery codes.
    ///
    /// - Throws: ``Refusal/noFactor``.
    func remove(from user: User, by act: Act, _ tx: Transaction) async throws {
        guard let before = try await locked(user.id, tx) else { throw Refusal.noFactor }
        try await tx.pipeline(Self.removal(from: user.id))
        try tx.record(
            .about("MFA_REMOVED", user, before: before, after: nil as SecondFactor?),
            [user.notice(.factorRemoved, at: act.time)],
            by: act
        )
    }

    /// Removes the app. Keys stay, and go on to count.
    ///
    /// - Parameter isRequired: Whether the person has to have a factor.
    /// - Throws: ``Refusal/noFactor``, ``Refusal/factorRequired`` for the last one.
    func removeApp(from user: User, isRequired: Bool, by act: Act, _ tx: Transaction) async throws {
        guard let before = try await locked(user.id, tx), before.hasApp else { throw Refusal.noFactor }
        guard before.securityKeys > 0 else {
            guard !isRequired else { throw Refusal.factorRequired }
            return try await remove(from: user, by: act, tx)
        }
        try await tx.pipeline([
            "UPDATE second_factors SET secret = NULL, last_step = NULL WHERE user_id = \(user.id)",
            "DELETE FROM factor_enrolments WHERE user_id = \(user.id)",
        ])
        var after = before
        after.appAddedAt = nil
        try tx.record(
            .about("MFA_REMOVED", user, before: before, after: after),
            [user.notice(.appRemoved, at: act.time)],
            by: act
        )
    }

    /// The keys and the recovery codes go with the factor's row.
    static func removal(from user: UserID) -> [SQL] {
        [
            "DELETE FROM second_factors WHERE user_id = \(user)",
            "DELETE FROM factor_enrolments WHERE user_id = \(user)",
            "DELETE FROM key_challenges WHERE user_id = \(user)",
        ]
    }

    func newCodes(for user: User, _ tx: Transaction) async throws -> [String] {
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode.new() }
        try await tx.pipeline(
            ["DELETE FROM recovery_codes WHERE user_id = \(user.id)"]
                + codes.map { code in
                    """
                    INSERT INTO recovery_codes (user_id, tenant_id, hash)
                    VALUES (\(user.id), \(user.tenant), \(SecretText.hash(RecoveryCode.normalized(code) ?? code)))
                    """
                }
        )
        return codes
    }

    // MARK: - Sealing

    private func seal(_ secret: [UInt8], of user: UserID) throws -> [UInt8] {
        try keys.seal(Data(secret).base64EncodedString(), for: Self.context(user))
    }

    private func open(_ sealed: [UInt8], of user: UserID) throws -> [UInt8] {
        guard let secret = Data(base64Encoded: try keys.open(sealed, for: Self.context(user))) else {
            throw CannotOpen()
        }
        return Array(secret)
    }

    /// A secret that is moved to another person's row does not open.
    private static func context(_ user: UserID) -> String { "second factor of \(user)" }

    /// Seals a batch of secrets with the first key that were sealed with another, so that the other can be removed. Returns how many there
    /// were.
    func sealAnew() async throws -> Int {
        try await database.ofEveryTenant.transaction { tx in
            let rows = try await tx.query(
                """
                SELECT user_id, secret FROM second_factors WHERE substring(secret FROM 1 FOR 4) <> \(keys.firstID)
                LIMIT 100 FOR UPDATE SKIP LOCKED
                """
            )
            for row in rows {
                let user: UserID = try row["user_id"]
                let sealed = try seal(try open(try row["secret"], of: user), of: user)
                try await tx.execute("UPDATE second_factors SET secret = \(sealed) WHERE user_id = \(user)")
            }
            return rows.count
        }
    }

    /// Deletes what nobody has confirmed in time.
    static func forgetOld(at now: Date) -> SQL { "DELETE FROM factor_enrolments WHERE expires_at < \(now)" }
}

extension Change {
    /// That something happened with a person's factor.
    fileprivate static func about(_ action: String, _ user: User) throws -> Change {
        try Change(action, "user", user.id, before: nil as SecondFactor.Record?, after: nil)
    }

    /// That a person's factor has changed.
    fileprivate static func about(
        _ action: String,
        _ user: User,
        before: SecondFactor?,
        after: SecondFactor?
    ) throws -> Change {
        let (old, new) = (before?.record ?? SecondFactor.Record.none, after?.record ?? SecondFactor.Record.none)
        return try Change(action, "user", user.id, before: old, after: new)
    }
}
