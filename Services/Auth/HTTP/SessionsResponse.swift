import Foundation
import Identifiers
import ServiceKit

/// Where somebody is logged in.
struct SessionsResponse: Answer, Codable {
    struct Session: Codable, Sendable {
        var id: SessionID
        var createdAt: Date
        var refreshedAt: Date
        var address: String?
        var userAgent: String?
        /// Whether it is the session that asks.
        var isCurrent: Bool
    }

    var items: [Session]

    /// - Parameter current: The session that asks.
    init(_ open: [OpenSession], asked current: SessionID) {
        items = open.map {
            Session(
                id: $0.id,
                createdAt: $0.createdAt,
                refreshedAt: $0.refreshedAt,
                address: $0.address,
                userAgent: $0.userAgent,
                isCurrent: $0.id == current
            )
        }
    }
}
