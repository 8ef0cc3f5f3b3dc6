import Foundation

/// After how many wrong passwords an address is locked, and for how long.
///
/// They are counted per address and network, so that an attacker locks out only their own network. For an attacker with many networks
/// there is a second count over all networks (NIST SP 800-63B allows at most 100). Networks from which the address has logged in before
/// are not part of this count and not locked by it, so that its owner can still log in from where they work.
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
