import EventSchema
import RedisClient
import Sealing
import ServiceKit

/// All routes of this daemon, by resource.
struct Routes: Sendable {
    let sessions: SessionRoutes
    let account: AccountRoutes
    let links: LinkRoutes
    let keys: KeyRoutes
    let users: UserRoutes
    let names: NameRoutes
    let access: AccessRoutes
    let roles: RoleRoutes
    let audit: AuditRoutes
    let legalHolds: LegalHoldRoutes
    let imports: ImportRoutes
    let delegations: DelegationRoutes
    let tenants: TenantRoutes
    let apiKeys: APIKeyRoutes
    let factors: FactorRoutes
    let securityKeys: SecurityKeyRoutes
    let authorization: AuthorizationRoutes
    let identityProviders: IdentityProviderRoutes

    /// What logins in browsers need.
    struct Browsers: Sendable {
        var keys: BrowserKeys
        /// Where browsers find the installation.
        var publicURL: String
        var http: ProviderHTTP
    }

    init(
        _ directory: Directory,
        sessions: SessionRoutes,
        links: AccountLinks,
        browsers: Browsers,
        auditKey: AuditKey,
        cache: Redis,
        commonPasswords: CommonPasswords,
        stepUp: Duration
    ) {
        let tenants = Tenants(database: directory.database)
        let passwords = NewPasswords(common: commonPasswords, tenants: tenants)
        account = AccountRoutes(
            provider: sessions.provider,
            locks: sessions.locks,
            sessions: sessions.sessions,
            directory: directory,
            passwords: passwords,
            cache: cache
        )
        keys = KeyRoutes(issuer: sessions.issuer)
        let roles = Roles(database: directory.database)
        self.roles = RoleRoutes(roles: roles, stepUp: stepUp)
        access = AccessRoutes(directory: directory, roles: roles)
        self.links = LinkRoutes(
            directory: directory,
            sessions: sessions.sessions,
            links: links,
            passwords: passwords
        )
        users = UserRoutes(
            directory: directory,
            roles: roles,
            links: links,
            logins: sessions.logins,
            passwords: passwords,
            stepUp: stepUp
        )
        names = NameRoutes(directory: directory)
        imports = ImportRoutes(directory: directory, roles: roles, links: links, stepUp: stepUp)
        delegations = DelegationRoutes(
            directory: directory,
            assignments: RoleAssignments(directory: directory),
            roles: roles,
            stepUp: stepUp
        )
        self.tenants = TenantRoutes(tenants: tenants, directory: directory, links: links, stepUp: stepUp)
        apiKeys = APIKeyRoutes(keys: APIKeys(database: directory.database), roles: roles, stepUp: stepUp)
        factors = FactorRoutes(
            provider: sessions.provider,
            locks: sessions.locks,
            logins: sessions.logins,
            directory: directory,
            issuer: sessions.issuer,
            stepUp: stepUp
        )
        securityKeys = SecurityKeyRoutes(login: sessions, stepUp: stepUp)
        let codes = AuthorizationCodes(
            database: directory.database,
            sessions: sessions.sessions,
            keys: browsers.keys.providers
        )
        let login = ProviderLogin(
            providers: IdentityProviders(database: directory.database, keys: browsers.keys.providers),
            openID: OpenIDProvider(browsers.http),
            people: ProviderPeople(directory: directory),
            codes: codes,
            publicURL: browsers.publicURL
        )
        var sessions = sessions
        sessions.elsewhere = ProviderPasswords(login: login, passwords: sessions.passwords)
        self.sessions = sessions
        authorization = AuthorizationRoutes(
            passwords: sessions.passwords,
            logins: sessions.logins,
            codes: codes,
            providers: login,
            issuer: sessions.issuer,
            keys: browsers.keys,
            publicURL: browsers.publicURL
        )
        identityProviders = IdentityProviderRoutes(
            login: login,
            roles: roles,
            tenants: Tenants(database: directory.database),
            isLocal: browsers.http.isLocal
        )
        legalHolds = LegalHoldRoutes(holds: LegalHolds(database: directory.database), stepUp: stepUp)
        audit = AuditRoutes(
            log: AuditLog(database: directory.database),
            checkpoints: AuditCheckpoints(database: directory.database, key: auditKey),
            verification: AuditVerification(database: directory.database)
        )
    }

    func all() throws -> [Route] {
        try sessions.all() + factors.all() + securityKeys.all() + account.all() + links.all() + keys.all() + users.all()
            + names.all() + imports.all()
            + delegations.all()
            + access.all() + roles.all() + MatrixRoutes().all()
            + tenants.all() + apiKeys.all() + authorization.all()
            + identityProviders.all() + audit.all() + legalHolds.all()
    }
}
