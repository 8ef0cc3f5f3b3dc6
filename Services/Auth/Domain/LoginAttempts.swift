import Foundation

/// After how many wrong passwords or codes an address is locked, and for how long.
///
/// They are counted per address and network, so that an attacker locks out only their own network. For an attacker with many networks
/// there is a second count over all networks (NIST SP 800-63B allows at most 100). Networks from which the address has logged in before
/// are not part of this count and not locked by it, so that its owner can still log in from where they work. Elsewhere the owner asks for
/// a mail: its link also makes the network known from which it is followed.
enum LoginAttempts {
    struct Limit: Sendable {
        var allowed: Int
        var lock: TimeInterval
    }

    /// What is guessed. Each is counted by itself.
    enum Guess: String, CaseIterable, Sendable {
        case password
        /// Of a second factor: only somebody with the password gets so far.
        case code

        var fromOneNetwork: Limit { self == .password ? LoginAttempts.fromOneNetwork : codesFromOneNetwork }
        var fromStrangeNetworks: Limit {
            self == .password ? LoginAttempts.fromStrangeNetworks : codesFromStrangeNetworks
        }
    }

    static let fromOneNetwork = Limit(allowed: 5, lock: 15 * 60)
    static let fromStrangeNetworks = Limit(allowed: 100, lock: 3600)
    /// Two challenges.
    static let codesFromOneNetwork = Limit(allowed: 2 * LoginChallenge.mostWrong, lock: 15 * 60)
    /// Three codes in a million are right at any time: this is a chance of one in 16,000 a day.
    static let codesFromStrangeNetworks = Limit(allowed: 20, lock: 86_400)
    /// How long a failure counts.
    static let memory: TimeInterval = 86_400
    /// How long a network is remembered after the last login from it.
    static let networkMemory: TimeInterval = 90 * 86_400
}
