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
    /// How the person logged in (RFC 8176). Only of a session that begins.
    var methods: [String]?
}

/// One of a person's sessions, as they see it: an app or a browser that is logged in.
struct OpenSession: Codable, Hashable, Sendable {
    var id: SessionID
    var createdAt: Date
    var refreshedAt: Date
    /// The network address of the login.
    var address: String?
    var userAgent: String?
}
