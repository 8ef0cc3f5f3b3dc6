import EventSchema
import RedisClient
import ServiceKit

/// All routes of this daemon, by resource.
struct Routes: Sendable {
    let sessions: SessionRoutes
    let account: AccountRoutes
    let links: LinkRoutes
    let keys: KeyRoutes
    let users: UserRoutes
    let roles: RoleRoutes
    let audit: AuditRoutes
    let imports: ImportRoutes
    let delegations: DelegationRoutes
    let tenants: TenantRoutes
    let apiKeys: APIKeyRoutes

    init(
        _ directory: Directory,
        sessions: SessionRoutes,
        links: AccountLinks,
        auditKey: AuditKey,
        cache: Redis
    ) {
        self.sessions = sessions
        account = AccountRoutes(
            provider: sessions.provider,
            locks: sessions.locks,
            sessions: sessions.sessions,
            directory: directory,
            cache: cache
        )
        keys = KeyRoutes(issuer: sessions.issuer)
        let roles = Roles(database: directory.database)
        self.roles = RoleRoutes(roles: roles)
        self.links = LinkRoutes(directory: directory, sessions: sessions.sessions, links: links)
        users = UserRoutes(directory: directory, sessions: sessions.sessions, roles: roles, links: links)
        imports = ImportRoutes(directory: directory, roles: roles, links: links)
        delegations = DelegationRoutes(
            directory: directory,
            assignments: RoleAssignments(directory: directory),
            roles: roles
        )
        tenants = TenantRoutes(
            tenants: Tenants(database: directory.database),
            directory: directory,
            links: links
        )
        apiKeys = APIKeyRoutes(keys: APIKeys(database: directory.database), roles: roles)
        audit = AuditRoutes(
            log: AuditLog(database: directory.database),
            checkpoints: AuditCheckpoints(database: directory.database, key: auditKey)
        )
    }

    func all() throws -> [Route] {
        try sessions.all() + account.all() + links.all() + keys.all() + users.all() + imports.all() + delegations.all()
            + roles.all()
            + tenants.all() + apiKeys.all() + audit.all()
    }
}
