// Made by `make events` from Schemas/auth.session-ended.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted when a session ends before its access tokens expire: logout, reuse of a refresh token, a locked user.
public struct SessionEnded: Event {
    public static let name = "auth.session-ended.v1"
    public static let topic = Topic.authSessions

    public var session: SessionID
    public var user: UserID
    public var endedAt: Date

    public var key: String { session.description }

    public init(
        session: SessionID,
        user: UserID,
        endedAt: Date
    ) {
        self.session = session
        self.user = user
        self.endedAt = endedAt
    }
}
