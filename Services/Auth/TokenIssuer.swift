import Access
import EventSchema
import Foundation
import Identifiers
import JWTKit
import ServiceKit
import Synchronization

/// Signs access tokens with the key whose time it is.
final class TokenIssuer: Sendable {
    private struct Signer: Sendable {
        var keys: JWTKeyCollection
        var kid: String
    }

    private struct State: Sendable {
        var signers: [(KeyPlan.Key, Signer)] = []
        var published: [SigningKeyState] = []
    }

    private let state = Mutex(State())

    /// Uses these keys from now on.
    func use(_ keys: [SigningKey]) async throws {
        let published = try keys.map { try $0.state() }
        // Made anew only when the keys changed: this is called again and again.
        guard published.map(\.kid) != state.withLock({ $0.published.map(\.kid) }) else { return }
        var signers: [(KeyPlan.Key, Signer)] = []
        for key in keys {
            let collection = JWTKeyCollection()
            let kid = JWKIdentifier(string: key.kid)
            switch key.algorithm {
            case .es256: await collection.add(ecdsa: try ES256PrivateKey(pem: key.privatePEM), kid: kid)
            case .rs256, .unknown:
                let rsa = try JWTKit.Insecure.RSA.PrivateKey(pem: key.privatePEM)
                await collection.add(rsa: rsa, digestAlgorithm: .sha256, kid: kid)
            }
            signers.append((key.times, Signer(keys: collection, kid: key.kid)))
        }
        let all = signers
        state.withLock { $0 = State(signers: all, published: published) }
    }

    /// The public halves of all keys: of the one that signs, of the next one, and of those whose tokens are still valid.
    var published: [SigningKeyState] { state.withLock { $0.published } }

    func issue(for user: User, session: SessionID, _ proof: Proof, at now: Date) async throws -> String {
        guard let signer = state.withLock({ KeyPlan.active($0.signers, at: now) }) else { throw NoSigningKey() }
        // Strict libraries refuse times with fractions of a second.
        let now = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
        let token = AccessToken(
            user: user.id.description,
            tenant: user.tenant.description,
            session: session.description,
            roles: user.roles,
            proof: proof,
            id: UUID().uuidString.lowercased(),
            issuedAt: now,
            expiresAt: now.addingTimeInterval(KeyPlan.tokenLifetime)
        )
        return try await signer.keys.sign(token, kid: JWKIdentifier(string: signer.kid))
    }
}

/// The clock stands before the first key's time.
struct NoSigningKey: Error, CustomStringConvertible {
    let description = "no key signs at this time: is the clock right?"
}
