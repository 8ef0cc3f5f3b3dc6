import EventSchema
import RedisClient
import ServiceKit

/// All routes of this daemon, by resource.
struct Routes: Sendable {
    let sessions: SessionRoutes
    let account: AccountRoutes
    let keys: KeyRoutes
    let users: UserRoutes
    let roles: RoleRoutes
    let audit: AuditRoutes

    init(_ directory: Directory, key: SigningKeyState, sessions: SessionRoutes, auditKey: AuditKey, cache: Redis) {
        self.sessions = sessions
        account = AccountRoutes(
            provider: sessions.provider,
            locks: sessions.locks,
            sessions: sessions.sessions,
            directory: directory,
            cache: cache
        )
        keys = KeyRoutes(key: key)
        let roles = Roles(database: directory.database)
        self.roles = RoleRoutes(roles: roles)
        users = UserRoutes(directory: directory, sessions: sessions.sessions, roles: roles)
        audit = AuditRoutes(
            log: AuditLog(database: directory.database),
            checkpoints: AuditCheckpoints(database: directory.database, key: auditKey)
        )
    }

    func all() throws -> [Route] {
        try sessions.all() + account.all() + keys.all() + users.all() + roles.all() + audit.all()
    }
}
