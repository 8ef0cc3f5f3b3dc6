public import Foundation

/// How and when a person last proved who they are. A session keeps it, and its access tokens carry it.
public struct Proof: Codable, Hashable, Sendable {
    /// The methods' names (the registry of RFC 8176): `pwd`, `otp`, `pop` for a security key, `user` for somebody who touched it, and `mfa` for several
    /// factors; `fed`, which is not in the registry, for a login elsewhere.
    public var methods: [String]
    public var at: Date

    public init(methods: [String], at: Date) {
        self.methods = methods
        self.at = at
    }

    /// A right password.
    public static func password(at time: Date) -> Proof { Proof(methods: ["pwd"], at: time) }

    /// A right password, and a one-time code besides.
    public static func passwordAndCode(at time: Date) -> Proof { Proof(methods: ["pwd", "otp", "mfa"], at: time) }

    /// A right password, and a security key besides. Whether its private half is in hardware (`hwk`) or not (`swk`), nobody vouches for.
    public static func passwordAndKey(at time: Date) -> Proof {
        Proof(methods: ["pwd", "pop", "user", "mfa"], at: time)
    }

    /// A login at the tenant's identity provider, which does not say how.
    public static func provider(at time: Date) -> Proof { Proof(methods: ["fed"], at: time) }

    /// Of a token that says nothing about it: a version before issued it.
    public static let unknown = Proof(methods: [], at: .distantPast)

    /// Whether it is at most so old.
    ///
    /// - Parameter age: In seconds.
    public func isWithin(_ age: TimeInterval, of now: Date) -> Bool { now.timeIntervalSince(at) <= age }
}
