import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// What was brought from a provider and must not be brought again: assertions and tokens of logouts, by the hashes of their names.
enum ProviderReplays {
    /// Notes that something was used, in the transaction that uses it.
    ///
    /// - Parameters:
    ///   - id: The provider's name for it.
    ///   - end: Until when it could be used again.
    /// - Throws: ``ProviderRefusal`` if it was.
    static func use(_ id: String, of issuer: String, at tenant: TenantID, until end: Date, _ tx: Transaction)
        async throws
    {
        let noted = try await tx.execute(
            """
            INSERT INTO provider_replays (tenant_id, hash, expires_at)
            VALUES (\(tenant), \(SecretText.hash("\(issuer) \(id)")), \(end)) ON CONFLICT DO NOTHING
            """
        )
        guard noted == 1 else { throw ProviderRefusal("it was used before") }
    }

    static func forgetOld(at now: Date) -> SQL { "DELETE FROM provider_replays WHERE expires_at < \(now)" }
}
