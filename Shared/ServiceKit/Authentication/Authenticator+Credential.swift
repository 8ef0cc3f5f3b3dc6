import Access
import Crypto
import EventSchema
public import Foundation
public import Identifiers
import Synchronization

/// For connections that stay: whoever holds a credential can ask again and again whether its bearer still counts.
extension Authenticator {
    /// What a token or an API key has proved. It holds no secret.
    public struct Credential: Sendable {
        enum Kind: Sendable {
            case person(Claims)
            /// The key's id, and the hash of its text.
            case machine(UserID, [UInt8])
        }

        let kind: Kind
        /// When a token expires. An API key's end can be another one by then: its state decides.
        public let expiry: Date
    }

    /// Changes whenever a key, a role, a user, a tenant or a session does: until then ``principal(of:at:)`` gives the same answer, except
    /// that time passes.
    public var generation: UInt64 { state.withLock { $0.generation } }

    /// The team that a user belongs to, if any.
    public func team(of user: UserID) -> TeamID? { state.withLock { $0.people[user]?.membership.team } }

    /// What a token or API key that ``authenticate(_:at:)`` accepts says, for connections that stay: whoever holds it can ask again and
    /// again whether its bearer still counts, without keeping the token.
    ///
    /// - Throws: ``Problem``, as ``authenticate(_:at:)`` does.
    public func credential(_ token: String, at now: Date) async throws -> Credential {
        if token.hasPrefix(APIKeyText.prefix) {
            _ = try machine(token, at: now)
            guard let key = APIKeyText(token) else { throw Self.keyRefused }
            let expiry = state.withLock { $0.apiKeys[key.id]?.expiresAt } ?? now
            return Credential(kind: .machine(key.id, key.hash), expiry: expiry)
        }
        _ = try await authenticate(token, at: now)
        let hash = SHA256.hash(data: Data(token.utf8))
        let known = state.withLock { $0.verified.value(of: hash) }
        let (claims, expiry) = if let known { known } else { try await claims(token) }
        return Credential(kind: .person(claims), expiry: expiry)
    }

    /// Who the bearer is at this moment, and what they may do.
    ///
    /// - Throws: ``Problem``, as ``authenticate(_:at:)`` does: 401 from the moment at which the token expires.
    public func principal(of credential: Credential, at now: Date) throws -> Principal {
        switch credential.kind {
        case .machine(let id, let hash): return try machine(id, hash, at: now)
        case .person(let claims):
            guard credential.expiry > now else { throw Self.expired }
            guard state.withLock({ $0.keys[claims.kid] != nil }) else { throw Self.refused }
            let principal = try principal(claims, at: now)
            // Whatever stays open needs a permission.
            try principal.requireHours()
            return principal
        }
    }
}
