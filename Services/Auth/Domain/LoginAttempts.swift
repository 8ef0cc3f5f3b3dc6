import Foundation

/// How many wrong passwords in a row close the way to an address, and for how long.
///
/// They are counted for an address and the network that they come from, so that a stranger who types wrong passwords locks out
/// nobody but themselves. Somebody with many networks meets a second, wider count over all of them (NIST SP 800-63B allows at
/// most 100); networks from which the address has logged in before are neither counted there nor stopped by it, so that even
/// then its owner gets in from where they work.
enum LoginAttempts {
    struct Limit: Sendable {
        var allowed: Int
        var lock: TimeInterval
    }

    static let fromOneNetwork = Limit(allowed: 5, lock: 15 * 60)
    static let fromStrangeNetworks = Limit(allowed: 100, lock: 3600)
    /// How long a failure counts.
    static let memory: TimeInterval = 86_400
    /// How long a network is known after the last login from it.
    static let networkMemory: TimeInterval = 90 * 86_400
}
