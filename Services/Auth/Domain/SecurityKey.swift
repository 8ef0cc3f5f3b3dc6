import Foundation
import Identifiers

/// A security key or passkey of a person, as it is known here.
struct SecurityKey: Codable, Hashable, Sendable {
    var id: SecurityKeyID
    /// What the person calls it.
    var name: String
    /// By which the key finds its private half.
    var credential: [UInt8]
    /// As COSE writes it.
    var publicKey: [UInt8]
    /// How often it had signed when it was last used.
    var counter: Int64
    /// How browsers reach it.
    var transports: [String]
    /// Whether it can be copied to the person's other devices.
    var isSynced: Bool
    var addedAt: Date
    var lastUsedAt: Date?

    /// How many a person can have.
    static let most = 10

    /// Whether the key has signed once more since it was used last (Web Authentication, section 6.1.1). If not, somebody has a copy of it that is ahead
    /// or behind. Keys that do not count say 0 for ever: passkeys, most of all.
    func isAhead(_ counter: Int64) -> Bool { counter > self.counter || (counter == 0 && self.counter == 0) }
}

/// What a question to a key is for: an answer serves nothing else.
enum KeyPurpose: String, Codable, Sendable {
    /// To add a key, by somebody who is logged in.
    case registration
    /// To add the first factor, which a login requires.
    case enrolment
    case login
    case stepUp = "step-up"

    static let lifetime: TimeInterval = 5 * 60
    /// How many a person can have of one purpose at one time; one more ends the oldest.
    static let most = 5
}
