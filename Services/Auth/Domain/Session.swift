import Foundation
import Identifiers

/// A session as it is recorded in the audit log.
struct Session: Codable, Hashable, Sendable {
    enum Status: String, Codable, Sendable {
        case active
        case ended
    }

    var id: SessionID
    var userId: UserID
    var status: Status
    /// When its newest refresh token was issued.
    var refreshedAt: Date
}
