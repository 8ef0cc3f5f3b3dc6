import CryptoExtras
import EventSchema
import Foundation
import Identifiers
import JWTKit
import ServiceKit

/// Signs access tokens with the newest key.
struct TokenIssuer: Sendable {
    static let accessLifetime: TimeInterval = 15 * 60

    private let keys: JWTKeyCollection
    private let kid: String

    init(_ key: SigningKey) async throws {
        kid = key.kid
        keys = JWTKeyCollection()
        await keys.add(
            rsa: try JWTKit.Insecure.RSA.PrivateKey(pem: key.privatePEM),
            digestAlgorithm: .sha256,
            kid: JWKIdentifier(string: key.kid)
        )
    }

    func issue(for user: User, session: SessionID, at now: Date) async throws -> String {
        // Strict libraries refuse times with fractions of a second.
        let now = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
        let token = AccessToken(
            user: user.id.description,
            tenant: user.tenant.description,
            session: session.description,
            roles: user.roles,
            id: UUID().uuidString.lowercased(),
            issuedAt: now,
            expiresAt: now.addingTimeInterval(Self.accessLifetime)
        )
        return try await keys.sign(token, kid: JWKIdentifier(string: kid))
    }
}

/// An RSA key pair that signs access tokens.
struct SigningKey: Codable, Sendable {
    var kid: String
    var privatePEM: String
    var createdAt: Date

    static func generate(at now: Date) throws -> SigningKey {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        return SigningKey(kid: UUID().uuidString.lowercased(), privatePEM: key.pemRepresentation, createdAt: now)
    }

    /// The public half, as it is published to the other services.
    func state() throws -> SigningKeyState {
        let key = try _RSA.Signing.PrivateKey(pemRepresentation: privatePEM)
        let primitives = try key.publicKey.getKeyPrimitives()
        return SigningKeyState(
            kid: kid,
            modulus: Data(primitives.modulus).base64URL,
            exponent: Data(primitives.publicExponent).base64URL,
            createdAt: createdAt
        )
    }
}

extension Data {
    /// Base64 for URLs, without padding (RFC 4648, section 5).
    var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
