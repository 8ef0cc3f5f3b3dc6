import EventSchema
import Hummingbird
import ServiceKit

/// Everything that this daemon answers, a resource each.
struct Routes: Sendable {
    let sessions: SessionRoutes
    let keys: KeyRoutes
    let users: UserRoutes
    let roles = RoleRoutes()
    let audit: AuditRoutes

    init(_ directory: Directory, key: SigningKeyState, sessions: SessionRoutes) {
        self.sessions = sessions
        keys = KeyRoutes(key: key)
        users = UserRoutes(directory: directory)
        audit = AuditRoutes(log: AuditLog(database: directory.database))
    }

    /// What needs no token.
    func addOpen(to router: Router<DaemonContext>) {
        sessions.addOpen(to: router)
        keys.addOpen(to: router)
    }

    func add(to router: RouterGroup<DaemonContext>) {
        sessions.add(to: router)
        users.add(to: router)
        roles.add(to: router)
        audit.add(to: router)
    }
}
