public import Access
import CryptoExtras
public import EventSchema
public import Foundation
public import Identifiers
import JWTKit
import Kafka
public import Logging
public import Sealing
public import ServiceKit
import Synchronization

/// Signs tokens as auth does, for tests of routes, with a real key pair, a real authenticator and real roles.
public struct TestAuthority: Sendable {
    public let authenticator = Authenticator()
    private let keys = JWTKeyCollection()
    private let people = People()
    public static let kid = "test-key"
    /// Opens what services seal for the audit log.
    public let letterbox = LetterboxKey()
    /// The key that auth would publish, for daemons that are ready only when they know one.
    public let signingKey: SigningKeyState
    /// The public key, for tests that forge tokens with it.
    public let publicPEM: String

    public init(roles: [String: [Permission]]) async throws {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        publicPEM = key.publicKey.pemRepresentation
        let primitives = try key.publicKey.getKeyPrimitives()
        func base64URL(_ bytes: some DataProtocol) -> String {
            Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
                "=",
                with: ""
            )
        }
        signingKey = SigningKeyState(
            kid: Self.kid,
            algorithm: .rs256,
            modulus: base64URL(primitives.modulus),
            exponent: base64URL(primitives.publicExponent),
            x: "",
            y: "",
            createdAt: Date()
        )
        try await authenticator.learn(signingKey)
        authenticator.learn(
            LetterboxState(
                id: letterbox.letterbox.name,
                publicKey: Data(letterbox.letterbox.publicKey),
                createdAt: .distantPast
            )
        )
        for (role, permissions) in roles { grant(role, permissions.map { Grant($0) }) }
        await keys.add(
            rsa: try JWTKit.Insecure.RSA.PrivateKey(pem: key.pemRepresentation),
            digestAlgorithm: .sha256,
            kid: JWKIdentifier(string: Self.kid)
        )
    }

    /// Gives a role of all tenants exactly these grants.
    public func grant(_ role: String, _ grants: [Grant]) { authenticator.learn(RolePolicyState.sample(role, grants)) }

    /// Gives a role of all tenants every permission in one scope.
    public func grantEverything(_ role: String, _ scope: GrantScope) {
        grant(role, Permission.allCases.map { Grant($0, scope) })
    }

    /// Sets the sites, assets and team that a user belongs to.
    public func place(_ user: UserID, of tenant: TenantID, _ membership: Membership) {
        var state = UserState.sample(user, of: tenant, roles: people.roles.withLock { $0[user] ?? [] })
        state.sites = Array(membership.sites)
        state.assets = Array(membership.assets)
        state.team = membership.team
        people.placed.withLock { $0[user] = state }
        authenticator.learn(state)
    }

    /// What it has told of users: their published state has the roles of their newest token.
    private final class People: Sendable {
        let roles = Mutex<[UserID: [String]]>([:])
        let placed = Mutex<[UserID: UserState]>([:])
    }

    /// A token of a user with these roles.
    ///
    /// - Parameter provedAgo: How many seconds ago they have proved who they are.
    public func token(
        _ user: UserID,
        of tenant: TenantID,
        roles: [String],
        session: SessionID = .new(),
        expiresIn: TimeInterval = 900,
        provedAgo: TimeInterval = 0
    ) async throws -> String {
        people.roles.withLock { $0[user] = roles }
        if var state = people.placed.withLock({ $0[user] }) {
            state.roles = roles
            authenticator.learn(state)
        }
        let now = Date()
        return try await keys.sign(
            AccessToken(
                user: user.description,
                tenant: tenant.description,
                session: session.description,
                roles: roles,
                proof: .password(at: now.addingTimeInterval(-provedAgo)),
                id: UUID().uuidString,
                issuedAt: now,
                expiresAt: now.addingTimeInterval(expiresIn)
            ),
            kid: JWKIdentifier(string: Self.kid)
        )
    }
}

extension Daemon {
    /// A daemon's context for tests. Its authenticator knows `authority`'s key and roles.
    ///
    /// - Parameter kafka: The address of the log; by default nothing listens there.
    public static func forTests(
        _ service: String,
        _ authority: TestAuthority,
        kafka: String = "127.0.0.1:1",
        port: Int = 0,
        logger: Logger? = nil
    ) -> Daemon {
        let environment = Environment(["KAFKA_BOOTSTRAP_SERVERS": kafka, "HTTP_PORT": "\(port)"])
        let logger = logger ?? Logger(label: service) { _ in SwiftLogNoOpLogHandler() }
        return Daemon(
            CommonSettings(environment, service: service, defaultPort: 0, logger: logger),
            logger: logger,
            authenticator: authority.authenticator
        )
    }
}
