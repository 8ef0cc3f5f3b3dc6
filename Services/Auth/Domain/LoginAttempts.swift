import Foundation

/// How many wrong passwords in a row lock an address, and for how long.
///
/// They are counted per address and network, so that a stranger who types wrong passwords locks out nobody else. A second, higher
/// limit over all networks together stops an attacker who has many of them (NIST SP 800-63B allows at most 100). Networks from
/// which the address has logged in before are neither counted nor locked there, so that even then its owner can log in from their
/// usual network.
enum LoginAttempts {
    struct Limit: Sendable {
        var allowed: Int
        var lock: TimeInterval
    }

    static let fromOneNetwork = Limit(allowed: 5, lock: 15 * 60)
    static let fromStrangeNetworks = Limit(allowed: 100, lock: 3600)
    /// How long a failure counts.
    static let memory: TimeInterval = 86_400
    /// How long a network is remembered after the last login from it.
    static let networkMemory: TimeInterval = 90 * 86_400
}
