import Crypto
import Foundation
import Postgres

/// Counts logins by address, and locks one after a few that did not succeed: whether somebody has it or not, or the lock would
/// tell which ones somebody has.
struct AddressLocks: Sendable {
    let database: Database

    /// Counts a login before its password is looked at, in one statement: of a hundred at the same time, no more get to guess than
    /// of a hundred in a row. One that succeeds takes the count back (``forget(_:)``).
    ///
    /// - Throws: ``Refusal/locked(seconds:)``.
    func admit(_ email: String, at now: Date) async throws {
        let hash = Self.hash(email)
        let counted = try await database.execute(
            """
            INSERT INTO login_failures AS f (address_hash, failures, last_at) VALUES (\(hash), 1, \(now))
            ON CONFLICT (address_hash) DO UPDATE SET
                failures = (f.failures + 1) % \(LoginAttempts.allowed),
                locked_until = CASE WHEN f.failures + 1 >= \(LoginAttempts.allowed)
                    THEN \(now.addingTimeInterval(LoginAttempts.lock)) END,
                last_at = excluded.last_at
            WHERE f.locked_until IS NULL OR f.locked_until <= excluded.last_at
            """
        )
        guard counted == 0 else { return }
        let row = try await database.first("SELECT locked_until FROM login_failures WHERE address_hash = \(hash)")
        let until: Date? = try row?["locked_until"]
        throw Refusal.locked(seconds: max(1, Int((until ?? now).timeIntervalSince(now).rounded(.up))))
    }

    /// Forgets an address's logins, the lock included.
    static func forget(_ email: String) -> SQL {
        "DELETE FROM login_failures WHERE address_hash = \(hash(email))"
    }

    /// Forgets what is too old to count.
    static func forgetOld(at now: Date) -> SQL {
        "DELETE FROM login_failures WHERE last_at < \(now.addingTimeInterval(-LoginAttempts.memory))"
    }

    /// Addresses are kept as hashes: what people type there by mistake is often a password.
    private static func hash(_ email: String) -> [UInt8] {
        Array(SHA256.hash(data: Data(email.lowercased().utf8)))
    }
}
