import Foundation
import Identifiers

/// A session as the audit log tells of it.
struct Session: Codable, Hashable, Sendable {
    enum Status: String, Codable, Sendable {
        case active
        case ended
    }

    var id: SessionID
    var userId: UserID
    var status: Status
    /// When its newest refresh token was given out.
    var refreshedAt: Date
}
