import EventSchema
import Foundation
import HTTPTypes
import Hummingbird
import Identifiers
import Messaging
import RedisClient
import ServiceKit

/// `/api/v1/auth`: login, refresh, logout, and who is logged in.
struct SessionRoutes: Sendable {
    let provider: any IdentityProvider
    let locks: AddressLocks
    let sessions: Sessions
    let directory: Directory
    let issuer: TokenIssuer
    let cache: Redis
    var now: @Sendable () -> Date = { Date() }

    func addOpen(to router: Router<DaemonContext>) {
        router.post("/api/v1/auth/login", use: login)
        router.post("/api/v1/auth/refresh", use: refresh)
    }

    func add(to router: RouterGroup<DaemonContext>) {
        router.post("/api/v1/auth/logout", use: logout)
        router.get("/api/v1/auth/me", use: me)
    }

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
        try await locks.admit(body.email, from: context.clientAddress, at: now)
        let identity = try await provider.authenticate(body.email, body.password)
        // Also when nobody was identified: the audit log is to say whose password was guessed at.
        let user = try await directory.find(email: identity?.email ?? body.email)
        let origin = Self.origin(of: context, at: now)
        guard identity != nil, let user, user.isActive else {
            try await sessions.refuse(user, origin)
            throw Refusal.credentials
        }
        let session = SessionID.new()
        let refreshToken = TokenIssuer.newRefreshToken()
        try await sessions.begin(user, session: session, refreshToken: refreshToken, address: body.email, origin)
        return TokenResponse(
            accessToken: try await issuer.issue(for: user, session: session, at: now),
            refreshToken: refreshToken
        )
    }

    struct RefreshBody: Decodable, Sendable {
        var refreshToken: String
    }

    @Sendable func refresh(_ request: Request, _ context: DaemonContext) async throws -> TokenResponse {
        let body = try await request.decode(as: RefreshBody.self, context: context)
        let now = now()
        let successor = TokenIssuer.newRefreshToken()
        let (user, session) = try await sessions.rotate(
            body.refreshToken,
            to: successor,
            Self.origin(of: context, at: now)
        )
        return TokenResponse(
            accessToken: try await issuer.issue(for: user, session: session, at: now),
            refreshToken: successor
        )
    }

    @Sendable func logout(_ request: Request, _ context: DaemonContext) async throws -> HTTPResponse.Status {
        let principal = try context.principal
        try await sessions.end(principal, Self.origin(of: context, at: now()))
        try? await cache.delete("auth:user:\(principal.user)")
        return .noContent
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

    private static func origin(of context: DaemonContext, at now: Date) -> Sessions.Origin {
        Sessions.Origin(
            request: context.requestID,
            traceparent: context.trace.description,
            address: context.clientAddress,
            userAgent: context.userAgent,
            time: now
        )
    }
}
