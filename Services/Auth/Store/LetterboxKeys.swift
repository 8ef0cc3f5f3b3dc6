import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres
import Sealing

/// The private halves of the letterboxes in PostgreSQL.
struct LetterboxKeys: Sendable {
    let database: Database

    /// All keys, the newest first; the first start makes one. Publishes the newest: its public half is what the other services seal for.
    ///
    /// Must be done before the first key is published that signs tokens: both are in one partition, so whoever can verify a token knows
    /// the letterbox.
    func prepare(at now: Date) async throws -> [LetterboxKey] {
        try await database.transaction { tx in
            // Of several instances that start together, one makes the key and the others find it.
            try await tx.execute("SELECT pg_advisory_xact_lock(\(Int64(0x6c_6574_7465)))")
            var keys: [(key: LetterboxKey, createdAt: Date)] = try await tx.query(
                "SELECT private_key, created_at FROM letterbox_keys ORDER BY created_at DESC, name"
            ).map { (try LetterboxKey(privateKey: $0["private_key"]), try $0["created_at"]) }
            if keys.isEmpty {
                let key = LetterboxKey()
                try await tx.execute(
                    """
                    INSERT INTO letterbox_keys (name, private_key, created_at)
                    VALUES (\(key.letterbox.name), \(key.privateKey), \(now))
                    """
                )
                keys = [(key, now)]
            }
            let act = Act(service: "auth", tenant: nil, cause: "start of the service", time: now)
            try tx.publish(LetterboxState(keys[0].key.letterbox, at: keys[0].createdAt), by: act)
            return keys.map(\.key)
        }
    }
}

extension LetterboxState {
    init(_ letterbox: Letterbox, at time: Date) {
        self.init(id: letterbox.name, publicKey: Data(letterbox.publicKey), createdAt: time)
    }
}

extension AuditRecorded {
    /// What stands where an address stood that no key opens any more.
    static let unreadable = "unreadable"

    /// With the address and the agent that the sender has sealed. Those of a version before were not.
    func opened(with keys: [LetterboxKey]) -> AuditRecorded {
        guard let address, Letterbox.isSealed(address) else { return self }
        var entry = self
        let person = user?.description ?? ""
        let origin = keys.lazy.compactMap { try? Origin(sealed: address, for: person, $0) }.first
        // The entry itself is worth more than where it came from.
        (entry.address, entry.userAgent) = (origin.map(\.address) ?? Self.unreadable, origin?.userAgent)
        return entry
    }
}
