import EventSchema
import Foundation
import Identifiers
import ServiceKit
import Synchronization

/// Tells auth when machines use their keys, so that people see which keys nobody needs. At most once a minute for each key.
final class KeyUses: Sendable {
    private static let pause: TimeInterval = 60
    /// How many keys are remembered.
    private static let most = 10_000

    private let told = Mutex(RecentlyUsed<UserID, Date>(limit: most))
    private let tell: @Sendable (APIKeyUsed) -> Void

    init(_ tell: @escaping @Sendable (APIKeyUsed) -> Void) {
        self.tell = tell
    }

    /// Notes that a key was used.
    func note(_ machine: Principal, at now: Date) {
        let isNew = told.withLock { told in
            if let last = told.value(of: machine.user), now.timeIntervalSince(last) < Self.pause { return false }
            told.remember(now, of: machine.user)
            return true
        }
        if isNew { tell(APIKeyUsed(id: machine.user, tenant: machine.tenant, at: now)) }
    }
}
