import Foundation
import Identifiers

/// That a person has a role: who gave it to them, and until when.
struct RoleAssignment: Codable, Hashable, Sendable {
    var role: String
    var assignedBy: UserID?
    var assignedAt: Date
    /// `nil`: until it is taken away.
    var expiresAt: Date?

    /// The longest time for which a person can pass on their own roles.
    static let longestDelegation: TimeInterval = 90 * 86_400
}
