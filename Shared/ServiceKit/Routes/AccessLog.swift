import Commands
public import EventSchema
public import Foundation
import HTTPTypes
import Identifiers
import Sealing
import Synchronization

/// Records who was refused something that their permissions do not cover, and who read something sensitive (``Route/Option/sensitive``).
///
/// Each person and route counts once a minute: a script that is refused a thousand times a second leaves one entry a minute.
public final class AccessLog: Sendable {
    private static let pause: TimeInterval = 60
    private static let most = 10_000

    private let service: String
    private let now: @Sendable () -> Date
    private let tell: @Sendable (AuditRecorded) -> Void
    private let told = Mutex(RecentlyUsed<[String], Date>(limit: most))

    /// - Parameter tell: Publishes an entry.
    public init(
        _ service: String,
        now: @escaping @Sendable () -> Date = { Date() },
        tell: @escaping @Sendable (AuditRecorded) -> Void
    ) {
        self.service = service
        self.now = now
        self.tell = tell
    }

    /// The caller was refused.
    ///
    /// - Parameter route: With its method: `GET /api/v1/users`.
    func refused(_ problem: Problem, _ route: String, _ context: DaemonContext) {
        let changes = JSONValue.object(["refusal": .array([.null, .string(problem.detail)])]).text()
        note("ACCESS_REFUSED", route, ["refused", problem.code], changes: changes, context)
    }

    /// The caller has read something sensitive.
    ///
    /// - Parameter path: With the record's id.
    func read(_ path: String, _ context: DaemonContext) {
        note("SENSITIVE_READ", path, ["read"], changes: nil, context)
    }

    private func note(
        _ action: String,
        _ resource: String,
        _ kind: [String],
        changes: String?,
        _ context: DaemonContext
    ) {
        guard let caller = context.caller else { return }
        let now = now()
        let isNew = told.withLock { told in
            let key = [caller.user.description, resource] + kind
            if let last = told.value(of: key), now.timeIntervalSince(last) < Self.pause { return false }
            told.remember(now, of: key)
            return true
        }
        guard isNew else { return }
        let origin = Origin(address: context.clientAddress, userAgent: context.userAgent)
        tell(
            AuditRecorded(
                tenant: caller.tenant,
                user: caller.user,
                service: service,
                action: action,
                resourceType: "route",
                resourceID: resource,
                cause: context.requestID,
                address: try? origin.sealed(for: caller.user.description, in: context.letterbox),
                changes: changes,
                at: now
            )
        )
    }
}
