public import Access
import Crypto
public import EventSchema
public import Foundation
import HTTPTypes
public import Identifiers
import JWTKit
public import Sealing
import Synchronization

/// Verifies access tokens with the keys it has received, and API keys; it knows what roles permit and where users belong.
///
/// There is no network fetch and no shared secret: keys, roles, users, tenants and ended sessions arrive on `auth.*` topics
/// (``AuthenticationFeed``). Only the algorithm of the key that a token names is accepted, whatever the token's header asks for.
public final class Authenticator: Sendable {
    struct State {
        var keys: [String: Key] = [:]
        var collection = JWTKeyCollection()
        var policies: [String: Grants] = [:]
        var people: [UserID: Person] = [:]
        var ended: [SessionID: Date] = [:]
        var apiKeys: [UserID: APIKeyState] = [:]
        var suspended: Set<TenantID> = []
        var rules: [TenantID: AttributeRules] = [:]
        var origins = AllowedOrigins()
        var letterbox: (box: Letterbox, createdAt: Date)?
        /// Verified tokens, by their hash.
        var verified: RecentlyUsed<SHA256.Digest, (principal: Claims, expiry: Date)>
        /// Counts whatever may change who may do what.
        var generation: UInt64 = 0
    }

    enum Key {
        case rsa(JWTKit.Insecure.RSA.PublicKey)
        case ecdsa(ES256PublicKey)

        /// As a token's header names it.
        var algorithm: String {
            switch self {
            case .rsa: "RS256"
            case .ecdsa: "ES256"
            }
        }
    }

    /// What is known of a user besides their tokens.
    struct Person {
        var roles: [String]
        var membership: Membership
        var isContractor: Bool
        var isActive: Bool
        var version: Int64
    }

    struct Claims: Sendable {
        var user: UserID
        var tenant: TenantID
        var session: SessionID
        var roles: [String]
        var proof: Proof
        /// The key that the token was signed with.
        var kid: String
    }

    let state: Mutex<State>
    /// No token of ours is longer; a longer one is refused unread.
    private static let maximumLength = 8192

    /// - Parameter rememberedTokens: How many verified tokens are remembered.
    public init(rememberedTokens: Int = 10_000) {
        state = Mutex(State(verified: RecentlyUsed(limit: rememberedTokens)))
    }

    // MARK: - Updates

    /// Adds or replaces a key.
    public func learn(_ key: SigningKeyState) async throws {
        let known: Key =
            switch key.algorithm {
            case .rs256: .rsa(try JWTKit.Insecure.RSA.PublicKey(modulus: key.modulus, exponent: key.exponent))
            case .es256: .ecdsa(try ES256PublicKey(parameters: (key.x, key.y)))
            // Tokens that a newer version signs like this are refused.
            case .unknown: throw JWTError.unknownKID(JWKIdentifier(string: key.kid))
            }
        change { $0.keys[key.kid] = known }
        await rebuild()
    }

    /// Removes a key: what it signed is no longer valid.
    public func forgetKey(_ kid: String) async {
        change { state in
            state.keys[kid] = nil
            state.verified.forgetAll()
        }
        await rebuild()
    }

    /// What the addresses of callers are sealed for; `nil` until the audit log has published its key. The topic has it before the first
    /// key that signs a token, so whoever can verify a token knows it.
    public var letterbox: Letterbox? { state.withLock { $0.letterbox?.box } }

    /// Sets what the addresses of callers are sealed for, unless a newer one is known.
    public func learn(_ letterbox: LetterboxState) {
        guard let box = Letterbox(publicKey: Array(letterbox.publicKey)) else { return }
        change { state in
            if let known = state.letterbox, known.createdAt > letterbox.createdAt { return }
            state.letterbox = (box, letterbox.createdAt)
        }
    }

    /// Adds or replaces a role.
    ///
    /// - Returns: The grants that this version does not know: they permit nothing.
    @discardableResult public func learn(_ policy: RolePolicyState) -> [String] {
        var unknown: [String] = []
        let grants = Grants(policy.texts) { unknown.append($0.description) }
        change { $0.policies[policy.key] = grants }
        return unknown
    }

    public func forgetPolicy(_ key: String) {
        change { $0.policies[key] = nil }
    }

    /// Sets a user's roles and where they belong. Their tokens are refused while they are not active.
    public func learn(_ user: UserState) {
        let membership = Membership(sites: Set(user.sites), assets: Set(user.assets), team: user.team)
        let person = Person(
            roles: user.roles,
            membership: membership,
            // What a newer version calls somebody is no reason to lift a limit.
            isContractor: user.employment == .contractor || user.employment == .unknown,
            isActive: user.isActive,
            version: user.version
        )
        change { $0.people[user.id] = person }
    }

    public func forgetUser(_ id: UserID) {
        change { $0.people[id] = nil }
    }

    /// Adds or replaces a key of a machine.
    public func learn(_ key: APIKeyState) {
        change { $0.apiKeys[key.id] = key }
    }

    public func forgetAPIKey(_ id: UserID) {
        change { $0.apiKeys[id] = nil }
    }

    /// Refuses everything of a tenant while it is suspended, and sets its rules.
    public func learn(_ tenant: TenantState) {
        let rules = AttributeRules(tenant)
        change { state in
            state.rules[tenant.id] = rules
            state.origins.set(tenant.allowedOrigins, of: tenant.id)
            if tenant.isSuspended { state.suspended.insert(tenant.id) } else { state.suspended.remove(tenant.id) }
        }
    }

    public func forgetTenant(_ id: TenantID) {
        change { state in
            state.suspended.remove(id)
            state.rules[id] = nil
            state.origins.set([], of: id)
        }
    }

    /// The rules of a tenant; without its state, none.
    public func rules(of tenant: TenantID) -> AttributeRules { state.withLock { $0.rules[tenant] } ?? AttributeRules() }

    /// Whether pages of a web origin may use the API: see ``AllowedOrigins/contain(_:for:)``.
    public func allows(_ origin: String, for tenant: TenantID? = nil) -> Bool {
        state.withLock { $0.origins.contain(origin, for: tenant) }
    }

    /// Refuses the session's tokens from now on, until the last of them has expired.
    public func end(_ session: SessionEnded) {
        change { state in
            state.ended[session.session] = session.endedAt
            let old = session.endedAt.addingTimeInterval(-3600)
            state.ended = state.ended.filter { $0.value > old }
        }
    }

    private func change(_ body: (inout sending State) -> Void) {
        state.withLock { state in
            body(&state)
            state.generation &+= 1
        }
    }

    /// Whether it knows a key to verify with.
    public var isReady: Bool { state.withLock { !$0.keys.isEmpty } }

    private func rebuild() async {
        let keys = state.withLock { $0.keys }
        let collection = JWTKeyCollection()
        for (kid, key) in keys {
            let kid = JWKIdentifier(string: kid)
            switch key {
            case .rsa(let key): await collection.add(rsa: key, digestAlgorithm: .sha256, kid: kid)
            case .ecdsa(let key): await collection.add(ecdsa: key, kid: kid)
            }
        }
        state.withLock { $0.collection = collection }
    }

    // MARK: - Verification

    /// The bearer of a token or an API key.
    ///
    /// - Throws: ``Problem`` 401; it says whether the token has expired, and otherwise nothing that would help a forger. 403 while the
    ///   tenant is suspended.
    public func authenticate(_ token: String, at now: Date) async throws -> Principal {
        if let principal = try remembered(token, at: now) { return principal }
        return try principal(await claims(token).principal, at: now)
    }

    func claims(_ token: String) async throws -> (principal: Claims, expiry: Date) {
        let (claims, expiry) = try await verify(token)
        let hash = SHA256.hash(data: Data(token.utf8))
        state.withLock { $0.verified.remember((claims, expiry), of: hash) }
        return (claims, expiry)
    }

    /// The bearer of a token that was verified before: cheap, since no signature is checked.
    ///
    /// - Returns: `nil` for a token that ``authenticate(_:at:)`` would have to verify.
    /// - Throws: ``Problem`` 401 when the token can't be one, or its session has ended.
    public func remembered(_ token: String, at now: Date) throws -> Principal? {
        guard token.utf8.count <= Self.maximumLength else { throw Self.refused }
        if token.hasPrefix(APIKeyText.prefix) { return try machine(token, at: now) }
        let hash = SHA256.hash(data: Data(token.utf8))
        guard let known = state.withLock({ $0.verified.value(of: hash) }), known.expiry > now else { return nil }
        return try principal(known.principal, at: now)
    }

    func principal(_ claims: Claims, at now: Date) throws -> Principal {
        let (isEnded, person, isSuspended, rules) = state.withLock {
            (
                $0.ended[claims.session] != nil, $0.people[claims.user], $0.suspended.contains(claims.tenant),
                $0.rules[claims.tenant] ?? AttributeRules()
            )
        }
        guard !isSuspended else { throw Problem.tenantSuspended }
        guard !isEnded else { throw Problem(.unauthorized, "session_ended", "the session has ended") }
        guard person?.isActive ?? true else {
            throw Problem(.unauthorized, "user_deactivated", "the user has been deactivated")
        }
        // The roles of this moment: those in the token are as old as it is.
        let roles = person?.roles ?? claims.roles
        return Principal(
            user: claims.user,
            tenant: claims.tenant,
            session: claims.session,
            roles: roles,
            authority: authority(of: claims.user, roles: roles, tenant: claims.tenant),
            rules: rules,
            isOutsideHours: person?.isContractor == true && rules.contractorHours?.contain(now) == false,
            version: person?.version,
            proof: claims.proof
        )
    }

    func machine(_ text: String, at now: Date) throws -> Principal {
        guard isReady else { throw Self.notReady }
        guard let key = APIKeyText(text) else { throw Self.keyRefused }
        return try machine(key.id, key.hash, at: now)
    }

    func machine(_ id: UserID, _ hash: [UInt8], at now: Date) throws -> Principal {
        let (known, isSuspended) = state.withLock { state in
            let key = state.apiKeys[id]
            return (key, key.map { state.suspended.contains($0.tenant) } ?? false)
        }
        // Both sides are hashes: how long the comparison takes tells nothing about the key.
        guard let known, hash == Array(known.hash) else { throw Self.keyRefused }
        guard known.expiresAt > now else { throw Problem(.unauthorized, "api_key_expired", "the API key has expired") }
        guard !isSuspended else { throw Problem.tenantSuspended }
        return Principal(
            user: known.id,
            tenant: known.tenant,
            session: SessionID(known.id.rawValue),
            roles: known.roles,
            authority: authority(
                of: known.id,
                roles: known.roles,
                tenant: known.tenant,
                at: Membership(sites: Set(known.sites), assets: Set(known.assets))
            )
        )
    }

    /// What a holder of these roles may do: a tenant's own role replaces the system's role of the same name.
    ///
    /// - Parameter places: Where the roles' scopes reach; `nil` stands for where the user belongs.
    public func authority(
        of user: UserID,
        roles: [String],
        tenant: TenantID,
        at places: Membership? = nil
    ) -> Authority {
        state.withLock { state in
            let grants = roles.reduce(into: Grants()) { grants, role in
                let policy = state.policies["\(tenant)/\(role)"] ?? state.policies["system/\(role)"]
                if let policy { grants.formUnion(policy) }
            }
            return Authority(
                user: user,
                grants: grants,
                membership: places ?? state.people[user]?.membership ?? Membership()
            )
        }
    }

    private func verify(_ token: String) async throws -> (Claims, expiry: Date) {
        // The header is read before anything else: the algorithm is ours to choose, not the token's, and without a known key
        // there is nothing to verify with.
        guard let header = Self.header(of: token), let kid = header.kid else { throw Self.refused }
        let (algorithm, isReady, collection) = state.withLock {
            ($0.keys[kid]?.algorithm, !$0.keys.isEmpty, $0.collection)
        }
        // Without any key a token can't be verified, and a good one must not be refused for that.
        guard isReady else { throw Self.notReady }
        guard let algorithm, header.alg == algorithm else { throw Self.refused }
        do {
            let payload = try await collection.verify(token, as: AccessToken.self)
            guard let user = UserID(payload.sub.value), let tenant = TenantID(payload.tid),
                let session = SessionID(payload.sid)
            else { throw Self.refused }
            return (
                Claims(
                    user: user,
                    tenant: tenant,
                    session: session,
                    roles: payload.roles,
                    proof: payload.proof,
                    kid: kid
                ), payload.exp.value
            )
        } catch let error as JWTError where error.failedClaim is ExpirationClaim {
            throw Self.expired
        } catch {
            throw Self.refused
        }
    }

    private static let notReady = Problem(
        .serviceUnavailable,
        "keys_unknown",
        "no signing key is known yet",
        retryAfter: 5
    )
    static let expired = Problem(.unauthorized, "token_expired", "the token has expired")
    static let keyRefused = Problem(.unauthorized, "api_key_invalid", "the API key is not valid")
    static let refused = Problem(.unauthorized, "token_invalid", "the token is not valid")

    private struct Header: Decodable {
        var alg: String
        var kid: String?
    }

    private static func header(of token: String) -> Header? {
        guard let part = token.split(separator: ".", omittingEmptySubsequences: false).first else { return nil }
        let padded = part.replacing("-", with: "+").replacing("_", with: "/")
        guard let data = Data(base64Encoded: padded + String(repeating: "=", count: (4 - padded.count % 4) % 4))
        else { return nil }
        return try? JSONDecoder().decode(Header.self, from: data)
    }
}
