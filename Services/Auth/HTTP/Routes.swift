import EventSchema
import ServiceKit

/// All routes of this daemon, by resource.
struct Routes: Sendable {
    let sessions: SessionRoutes
    let keys: KeyRoutes
    let users: UserRoutes
    let roles: RoleRoutes
    let audit: AuditRoutes

    init(_ directory: Directory, key: SigningKeyState, sessions: SessionRoutes) {
        self.sessions = sessions
        keys = KeyRoutes(key: key)
        let roles = Roles(database: directory.database)
        self.roles = RoleRoutes(roles: roles)
        users = UserRoutes(directory: directory, roles: roles)
        audit = AuditRoutes(log: AuditLog(database: directory.database))
    }

    func all() throws -> [Route] {
        try sessions.all() + keys.all() + users.all() + roles.all() + audit.all()
    }
}
