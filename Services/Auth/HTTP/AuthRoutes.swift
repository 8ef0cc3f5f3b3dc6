import EventSchema
import Foundation
import HTTPTypes
import Hummingbird
import Identifiers
import Logging
import Messaging
import Postgres
import RedisClient
import ServiceKit

/// `/api/v1/auth`, `/users`, `/audit` and the JWKS.
struct AuthRoutes: Sendable {
    let sessions: Sessions
    let directory: Directory
    let issuer: TokenIssuer
    let key: SigningKeyState
    let cache: Redis
    var now: @Sendable () -> Date = { Date() }

    func addOpen(to router: Router<DaemonContext>) {
        router.post("/api/v1/auth/login", use: login)
        router.post("/api/v1/auth/refresh", use: refresh)
        router.get("/.well-known/jwks.json", use: keys)
    }

    func add(to router: RouterGroup<DaemonContext>) {
        router.post("/api/v1/auth/logout", use: logout)
        router.get("/api/v1/auth/me", use: me)
        router.post("/api/v1/users", use: createUser)
        router.get("/api/v1/users", use: listUsers)
        router.get("/api/v1/roles", use: listRoles)
        router.get("/api/v1/audit", use: audit)
    }

    // MARK: - Login

    struct LoginBody: Decodable, Sendable {
        var email: String
        var password: String

        func check() throws {
            var validation = Validation()
            validation.text(email, "email", 1...254)
            validation.text(password, "password", 1...200)
            try validation.check()
        }
    }

    struct TokenResponse: ResponseEncodable, Sendable {
        var accessToken: String
        var refreshToken: String
        var tokenType = "Bearer"
        var expiresIn = Int(TokenIssuer.accessLifetime)
    }

    @Sendable func login(_ request: Request, _ context: DaemonContext) async throws -> TokenResponse {
        let body = try await request.decode(as: LoginBody.self, context: context)
        try body.check()
        let now = now()
        if let until = try await sessions.lockedUntil(body.email), until > now {
            throw Refusal.locked(seconds: Int(until.timeIntervalSince(now).rounded(.up)))
        }
        let candidate = try await sessions.candidate(body.email)
        let scope = EventScope(
            source: "auth",
            tenant: candidate?.user.tenant,
            correlation: context.requestID,
            traceparent: context.trace.description,
            time: now
        )
        func entry(_ action: String) -> AuditRecorded {
            AuditRecorded(
                tenant: candidate?.user.tenant,
                user: candidate?.user.id,
                service: "auth",
                action: action,
                resourceType: "session",
                cause: context.requestID,
                address: context.remoteAddress,
                userAgent: context.userAgent,
                at: now
            )
        }
        // An unknown address takes as long as a wrong password: a hash is made either way.
        let matches = try await Password.matches(body.password, candidate?.passwordHash ?? Self.nobody)
        guard let candidate, matches, candidate.user.isActive else {
            try await sessions.fail(body.email, in: scope, audit: entry("LOGIN_FAILED"))
            throw Refusal.credentials
        }
        let session = SessionID.new()
        let refreshToken = TokenIssuer.newRefreshToken()
        try await sessions.begin(
            candidate.user,
            session: session,
            refreshToken: refreshToken,
            in: scope,
            audit: entry("LOGIN_SUCCESS")
        )
        return TokenResponse(
            accessToken: try await issuer.issue(for: candidate.user, session: session, at: now),
            refreshToken: refreshToken
        )
    }

    /// A hash that no password has.
    private static let nobody =
        "scrypt$32768$8$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

    struct RefreshBody: Decodable, Sendable {
        var refreshToken: String
    }

    @Sendable func refresh(_ request: Request, _ context: DaemonContext) async throws -> TokenResponse {
        let body = try await request.decode(as: RefreshBody.self, context: context)
        let now = now()
        let successor = TokenIssuer.newRefreshToken()
        let (user, session) = try await sessions.rotate(body.refreshToken, to: successor, at: now)
        return TokenResponse(
            accessToken: try await issuer.issue(for: user, session: session, at: now),
            refreshToken: successor
        )
    }

    @Sendable func logout(_ request: Request, _ context: DaemonContext) async throws -> HTTPResponse.Status {
        let principal = try context.principal
        try await sessions.end(
            principal.session,
            principal.user,
            action: "LOGOUT",
            in: try context.scope(of: "auth", at: now())
        )
        try? await cache.delete("auth:user:\(principal.user)")
        return .noContent
    }

    struct KeysResponse: ResponseEncodable, Sendable {
        struct Key: Encodable, Sendable {
            var kty = "RSA"
            var use = "sig"
            var alg = "RS256"
            var kid: String
            var n: String
            var e: String
        }

        var keys: [Key]
    }

    @Sendable func keys(_ request: Request, _ context: DaemonContext) async throws -> KeysResponse {
        KeysResponse(keys: [.init(kid: key.kid, n: key.modulus, e: key.exponent)])
    }

    // MARK: - Users

    struct UserResponse: ResponseEncodable, Codable, Sendable {
        var id: UserID
        var tenantId: TenantID
        var email: String
        var displayName: String
        var phone: String?
        var roles: [String]
        var isActive: Bool
        var permissions: [String]?

        init(_ user: User, permissions: [String]? = nil) {
            id = user.id
            tenantId = user.tenant
            email = user.email
            displayName = user.displayName
            phone = user.phone
            roles = user.roles
            isActive = user.isActive
            self.permissions = permissions
        }
    }

    @Sendable func me(_ request: Request, _ context: DaemonContext) async throws -> UserResponse {
        let principal = try context.principal
        let key = "auth:user:\(principal.user)"
        // Redis is a cache: without it the answer comes from the database.
        if let cached = try? await cache.get(key),
            let user = try? JSONDecoder.api.decode(UserResponse.self, from: Data(cached))
        {
            return user
        }
        guard let user = try await directory.find(principal.user, tenant: principal.tenant) else {
            throw Refusal.unknownUser
        }
        let response = UserResponse(user, permissions: principal.permissions.sorted())
        try? await cache.set(key, to: Array(JSONEncoder.api.encode(response)), for: .seconds(1800))
        return response
    }

    struct CreateUserBody: Decodable, Sendable {
        var email: String
        var displayName: String
        var phone: String?
        var roles: [String]
        var password: String

        func check() throws {
            var validation = Validation()
            validation.require(
                email.count <= 254 && email.split(separator: "@").count == 2
                    && email.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F },
                "email",
                "must be an e-mail address"
            )
            validation.text(displayName, "displayName", 1...200)
            validation.require(
                phone.map { $0.hasPrefix("+") && (8...16).contains($0.count) && $0.dropFirst().allSatisfy(\.isNumber) }
                    ?? true,
                "phone",
                "must be in E.164 form, such as +4930123456"
            )
            validation.require((12...200).contains(password.count), "password", "must have 12 to 200 characters")
            validation.require(!roles.isEmpty, "roles", "must name one at least")
            try validation.check()
            for role in roles where SystemRoles.permissions[role] == nil { throw Refusal.unknownRole(role) }
        }
    }

    @Sendable func createUser(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let principal = try context.principal
        try principal.require(.userCreate)
        let body = try await request.decode(as: CreateUserBody.self, context: context)
        try body.check()
        let now = now()
        let user = User(
            id: .new(),
            tenant: principal.tenant,
            email: body.email.lowercased(),
            displayName: body.displayName,
            phone: body.phone,
            roles: body.roles,
            isActive: true,
            version: 1
        )
        try await directory.create(
            user,
            passwordHash: try await Password.hash(body.password),
            in: try context.scope(of: "auth", at: now),
            audit: AuditRecorded(
                "USER_CREATED",
                "user",
                user.id.description,
                by: principal,
                in: context,
                service: "auth",
                at: now
            )
        )
        var response = try UserResponse(user).response(from: request, context: context)
        response.status = .created
        return response
    }

    @Sendable func listUsers(_ request: Request, _ context: DaemonContext) async throws -> Page<UserResponse> {
        let principal = try context.principal
        try principal.require(.userRead)
        let page = try PageRequest(request)
        let users = try await directory.list(
            tenant: principal.tenant,
            after: try page.position(as: UserID.self),
            limit: page.limit + 1
        )
        return try Page(users.map { UserResponse($0) }, limit: page.limit) { $0.id }
    }

    struct RolesResponse: ResponseEncodable, Sendable {
        struct Role: Encodable, Sendable {
            var role: String
            var permissions: [String]
        }

        var items: [Role]
    }

    @Sendable func listRoles(_ request: Request, _ context: DaemonContext) async throws -> RolesResponse {
        try context.principal.require(.roleRead)
        return RolesResponse(items: SystemRoles.states.map { .init(role: $0.role, permissions: $0.permissions) })
    }

    // MARK: - Audit

    struct AuditEntry: Encodable, Sendable {
        var id: Int64
        var userId: UserID?
        var service: String
        var action: String
        var resourceType: String
        var resourceId: String?
        var cause: String?
        var at: Date
    }

    @Sendable func audit(_ request: Request, _ context: DaemonContext) async throws -> Page<AuditEntry> {
        let principal = try context.principal
        try principal.require(.auditRead)
        let page = try PageRequest(request)
        let before = try page.position(as: Int64.self) ?? Int64.max
        let rows = try await directory.database.query(
            """
            SELECT id, user_id, service, action, resource_type, resource_id, cause, at FROM audit_log
            WHERE tenant_id = \(principal.tenant) AND id < \(before) ORDER BY id DESC LIMIT \(page.limit + 1)
            """
        )
        let entries = try rows.map { row in
            AuditEntry(
                id: try row["id"],
                userId: try row["user_id"],
                service: try row["service"],
                action: try row["action"],
                resourceType: try row["resource_type"],
                resourceId: try row["resource_id"],
                cause: try row["cause"],
                at: try row["at"]
            )
        }
        return try Page(entries, limit: page.limit) { $0.id }
    }
}
