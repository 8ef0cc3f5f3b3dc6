import Crypto
import Foundation
import Identifiers
import Messaging
import Postgres

/// Counts passwords and codes by address and network, and locks the pair after a few failures. This is the same for unknown addresses:
/// otherwise the lock would reveal which addresses exist.
struct AddressLocks: Sendable {
    let database: Database

    /// Counts a guess before it is checked, in one statement: a hundred people who guess at the same time get no more guesses than a
    /// hundred in a row. A successful login takes its count back (``succeed(_:from:at:)``).
    ///
    /// - Parameters:
    ///   - client: The client's IP address, if it is known.
    ///   - device: One that the address has logged in from (``DeviceMarks``): it has a count of its own.
    /// - Throws: ``Refusal/locked(seconds:)``.
    func admit(
        _ email: String,
        _ guess: LoginAttempts.Guess = .password,
        from client: String?,
        device: String? = nil,
        at now: Date
    ) async throws {
        let (hash, network) = (Self.hash(email), Self.network(of: client))
        if let device {
            return try await count(hash, Self.key("device \(device)", guess), guess.fromOneNetwork, at: now)
        }
        try await count(hash, Self.key(network, guess), guess.fromOneNetwork, at: now)
        let known = try await database.first(
            "SELECT 1 FROM login_networks WHERE address_hash = \(hash) AND network = \(network)"
        )
        guard known == nil else { return }
        try await count(hash, Self.key(Self.strangeNetworks, guess), guess.fromStrangeNetworks, at: now)
    }

    /// Takes back the count of a guess that nobody has checked, with the lock that it may have led to.
    func takeBack(
        _ email: String,
        _ guess: LoginAttempts.Guess = .password,
        from client: String?,
        device: String? = nil,
        at now: Date
    ) async throws {
        let own = device.map { "device \($0)" } ?? Self.network(of: client)
        let places = [
            (Self.key(own, guess), guess.fromOneNetwork.allowed),
            (Self.key(Self.strangeNetworks, guess), guess.fromStrangeNetworks.allowed),
        ]
        for (place, allowed) in places.prefix(device == nil ? 2 : 1) {
            try await database.execute(
                """
                UPDATE login_failures SET locked_until = NULL,
                    failures = CASE WHEN locked_until > \(now) THEN \(allowed - 1) ELSE greatest(failures - 1, 0) END
                WHERE address_hash = \(Self.hash(email)) AND network = \(place) AND last_at = \(now)
                """
            )
        }
    }

    private func count(_ hash: [UInt8], _ network: String, _ limit: LoginAttempts.Limit, at now: Date) async throws {
        let counted = try await database.execute(
            """
            INSERT INTO login_failures AS f (address_hash, network, failures, last_at)
            VALUES (\(hash), \(network), 1, \(now))
            ON CONFLICT (address_hash, network) DO UPDATE SET
                failures = (f.failures + 1) % \(limit.allowed),
                locked_until = CASE WHEN f.failures + 1 >= \(limit.allowed) THEN \(now.addingTimeInterval(limit.lock)) END,
                last_at = excluded.last_at
            WHERE f.locked_until IS NULL OR f.locked_until <= excluded.last_at
            """
        )
        guard counted == 0 else { return }
        let row = try await database.first(
            "SELECT locked_until FROM login_failures WHERE address_hash = \(hash) AND network = \(network)"
        )
        let until: Date? = try row?["locked_until"]
        throw Refusal.locked(seconds: max(1, Int((until ?? now).timeIntervalSince(now).rounded(.up))))
    }

    /// After a login: deletes the failures of the address and network, including the locks, and remembers the network.
    ///
    /// - Parameter guesses: What was right. Whoever knows only the password must not get rid of the count of their codes.
    static func succeed(
        _ email: String,
        _ guesses: [LoginAttempts.Guess] = LoginAttempts.Guess.allCases,
        from client: String?,
        device: String? = nil,
        at now: Date
    ) -> [SQL] {
        let (hash, network) = (hash(email), network(of: client))
        let places = [network, strangeNetworks] + (device.map { ["device \($0)"] } ?? [])
        let keys = guesses.flatMap { guess in places.map { key($0, guess) } }
        return [
            "DELETE FROM login_failures WHERE address_hash = \(hash) AND network = ANY(\(PostgresArray(keys)))",
            """
            INSERT INTO login_networks (address_hash, network, last_at) VALUES (\(hash), \(network), \(now))
            ON CONFLICT (address_hash, network) DO UPDATE SET last_at = excluded.last_at
            """,
        ]
    }

    /// The same in a transaction of others' changes.
    static func succeed(
        _ email: String,
        _ guesses: [LoginAttempts.Guess] = LoginAttempts.Guess.allCases,
        from client: String?,
        at now: Date,
        _ tx: Transaction
    ) async throws {
        _ = try await tx.pipeline(succeed(email, guesses, from: client, at: now))
    }

    /// Deletes the failures of an address from all networks.
    ///
    /// - Parameter isOwner: Whether the person is there, with the link of a mail: then the network is known from now on. So they get in
    ///   even if somebody goes on guessing from many others.
    static func unlock(_ user: User, isOwner: Bool = false, by act: Act, _ tx: Transaction) async throws {
        let counts = try await tx.execute("DELETE FROM login_failures WHERE address_hash = \(hash(user.email))")
        if isOwner { try await succeed(user.email, from: act.address, at: act.time, tx) }
        try tx.record(
            Change("USER_UNLOCKED", "user", user.id, before: ["failureCounts": counts], after: ["failureCounts": 0]),
            by: act
        )
    }

    /// Deletes all counts of an address, and where it has logged in from.
    static func forget(_ email: String) -> [SQL] {
        let hash = hash(email)
        return [
            "DELETE FROM login_failures WHERE address_hash = \(hash)",
            "DELETE FROM login_networks WHERE address_hash = \(hash)",
        ]
    }

    /// Deletes what is too old to count.
    static func forgetOld(at now: Date) -> [SQL] {
        [
            "DELETE FROM login_failures WHERE last_at < \(now.addingTimeInterval(-LoginAttempts.memory))",
            "DELETE FROM login_networks WHERE last_at < \(now.addingTimeInterval(-LoginAttempts.networkMemory))",
        ]
    }

    /// The key for all networks together from which the address has not logged in.
    private static let strangeNetworks = ""

    /// As a count is stored.
    private static func key(_ network: String, _ guess: LoginAttempts.Guess) -> String {
        guess == .password ? network : "\(guess.rawValue) \(network)"
    }

    /// An IPv4 address, or the first 64 bits of an IPv6 address: a client can choose the rest freely.
    private static func network(of client: String?) -> String {
        guard let address = client.flatMap(IPAddress.init) else { return "unknown" }
        return address.bytes.count == 4
            ? address.description : address.bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":") + "/64"
    }

    /// Addresses are stored as hashes: people often type their password there by mistake.
    private static func hash(_ email: String) -> [UInt8] {
        Array(SHA256.hash(data: Data(email.lowercased().utf8)))
    }
}
