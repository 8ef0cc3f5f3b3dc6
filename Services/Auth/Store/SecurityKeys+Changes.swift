import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres
import WebAuthn

/// What happens to a person's keys: each of it is recorded, and told to them.
extension SecurityKeys {
    /// A key that somebody registers.
    struct NewKey: Sendable {
        var registration: KeyRegistration
        var name: String
        var transports: [String]
    }

    /// Adds a key. With the first factor come recovery codes.
    ///
    /// - Parameter user: Must be locked.
    /// - Throws: ``Refusal/keyRefused(_:)``, ``Refusal/tooManyKeys``, ``Refusal/keyTaken``.
    func add(
        _ new: NewKey,
        _ purpose: KeyPurpose,
        to user: User,
        login: String? = nil,
        by act: Act,
        _ tx: Transaction
    ) async throws -> (key: SecurityKey, recoveryCodes: [String]?) {
        let registered = try await verified(new, purpose, user, login: login, by: act, tx)
        let before = try await factors.locked(user.id, tx)
        guard before?.securityKeys ?? 0 < SecurityKey.most else { throw Refusal.tooManyKeys }
        let key = SecurityKey(
            id: .new(),
            name: new.name,
            credential: registered.id,
            publicKey: registered.publicKey.cose,
            counter: Int64(registered.counter),
            transports: new.transports,
            isSynced: registered.isBackupEligible,
            addedAt: act.time,
            lastUsedAt: nil
        )
        try await tx.execute(
            """
            INSERT INTO second_factors (user_id, tenant_id, added_at) VALUES (\(user.id), \(user.tenant), \(act.time))
            ON CONFLICT (user_id) DO NOTHING
            """
        )
        let inserted = try await tx.execute(
            """
            INSERT INTO security_keys
                (id, tenant_id, user_id, name, credential_id, public_key, counter, transports, is_synced, added_at)
            VALUES (\(key.id), \(user.tenant), \(user.id), \(key.name), \(key.credential), \(key.publicKey), \(key.counter),
                \(PostgresArray(key.transports)), \(key.isSynced), \(key.addedAt))
            ON CONFLICT (credential_id) DO NOTHING
            """
        )
        guard inserted == 1 else { throw Refusal.keyTaken }
        let codes = before == nil ? try await factors.newCodes(for: user, tx) : nil
        var after = before ?? SecondFactor(recoveryCodesLeft: codes?.count ?? 0, securityKeys: 0)
        after.securityKeys += 1
        try await record("SECURITY_KEY_ADDED", nil, key.name, of: user, before, after, .securityKeyAdded, by: act, tx)
        return (key, codes)
    }

    private func verified(
        _ new: NewKey,
        _ purpose: KeyPurpose,
        _ user: User,
        login: String?,
        by act: Act,
        _ tx: Transaction
    ) async throws -> RegisteredKey {
        guard let party else { throw Refusal.noKeysHere }
        let challenge = new.registration.clientData.challenge
        guard try await take(challenge, purpose, user, login: login, at: act.time, tx) else {
            throw Refusal.keyRefused(KeyFault.wrongChallenge.description)
        }
        do {
            return try new.registration.verified(challenge: challenge, at: party)
        } catch {
            throw Refusal.keyRefused(error.description)
        }
    }

    /// Whether an answer is right: to an open question, by a key of the person, that was not copied.
    func accept(
        _ assertion: KeyAnswer,
        _ purpose: KeyPurpose,
        of user: User,
        login: String? = nil,
        by act: Act,
        _ tx: Transaction
    ) async throws -> Bool {
        let challenge = assertion.assertion.clientData.challenge
        guard let party, try await take(challenge, purpose, user, login: login, at: act.time, tx) else { return false }
        let row = try await tx.first(
            """
            SELECT * FROM security_keys WHERE user_id = \(user.id) AND credential_id = \(assertion.credential) FOR UPDATE
            """
        )
        // A passkey says whose it is; it can't be somebody else's.
        guard let key = try row.map(SecurityKey.init), assertion.holder == nil || assertion.holder == user.id else {
            return false
        }
        do {
            try assertion.assertion.verify(by: PublicKey(cose: key.publicKey), challenge: challenge, at: party)
        } catch {
            return false
        }
        let counter = Int64(assertion.assertion.counter)
        guard key.isAhead(counter) else {
            let factor = try await SecondFactors.find(of: user.id, tx)
            try await record(
                "SECURITY_KEY_COPIED",
                nil,
                key.name,
                of: user,
                factor,
                factor,
                .securityKeyCopied,
                by: act,
                tx
            )
            return false
        }
        try await tx.execute(
            "UPDATE security_keys SET counter = \(counter), last_used_at = \(act.time) WHERE id = \(key.id)"
        )
        return true
    }

    // MARK: - Later

    private func locked(_ id: SecurityKeyID, of user: User, _ tx: Transaction) async throws -> SecurityKey {
        let row = try await tx.first(
            "SELECT * FROM security_keys WHERE id = \(id) AND user_id = \(user.id) FOR UPDATE"
        )
        guard let key = try row.map(SecurityKey.init) else { throw Refusal.unknownKey }
        return key
    }

    /// - Throws: ``Refusal/unknownKey``.
    func rename(_ id: SecurityKeyID, to name: String, of user: User, by act: Act, _ tx: Transaction) async throws
        -> SecurityKey
    {
        let factor = try await factors.locked(user.id, tx)
        var key = try await locked(id, of: user, tx)
        let old = key.name
        key.name = name
        try await tx.execute("UPDATE security_keys SET name = \(name) WHERE id = \(id)")
        try await record("SECURITY_KEY_RENAMED", old, name, of: user, factor, factor, nil, by: act, tx)
        return key
    }

    /// Removes a key; with the last factor go the recovery codes.
    ///
    /// - Parameter isRequired: Whether the person has to have a factor.
    /// - Throws: ``Refusal/unknownKey``, ``Refusal/factorRequired`` for the last one.
    func remove(_ id: SecurityKeyID, of user: User, isRequired: Bool, by act: Act, _ tx: Transaction) async throws {
        // The factor first, as everything does that changes it: of two keys that are removed at one time, the second one is seen as the last.
        let before = try await factors.locked(user.id, tx)
        let key = try await locked(id, of: user, tx)
        guard var after = before else { throw Refusal.unknownKey }
        after.securityKeys -= 1
        let isLast = !after.hasApp && after.securityKeys == 0
        guard !(isLast && isRequired) else { throw Refusal.factorRequired }
        if isLast {
            after.recoveryCodesLeft = 0
            try await tx.pipeline(SecondFactors.removal(from: user.id))
        } else {
            try await tx.execute("DELETE FROM security_keys WHERE id = \(id)")
        }
        try await record(
            "SECURITY_KEY_REMOVED",
            key.name,
            nil,
            of: user,
            before,
            after,
            isLast ? .factorRemoved : .securityKeyRemoved,
            by: act,
            tx
        )
    }

    // MARK: - Records

    /// Records what has happened to a key, and tells the person.
    private func record(
        _ action: String,
        _ old: String?,
        _ new: String?,
        of user: User,
        _ before: SecondFactor?,
        _ after: SecondFactor?,
        _ mail: MailTemplate?,
        by act: Act,
        _ tx: Transaction
    ) async throws {
        var records = (before?.record ?? SecondFactor.Record.none, after?.record ?? SecondFactor.Record.none)
        (records.0.securityKey, records.1.securityKey) = (old, new)
        let change = try Change(action, "user", user.id, before: records.0, after: records.1)
        try tx.record(
            try await change.sealed(of: user.id, in: user.tenant, tx),
            mail.map { [user.notice($0, at: act.time)] } ?? [],
            by: act
        )
    }
}
