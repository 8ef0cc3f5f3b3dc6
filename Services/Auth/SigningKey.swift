import Crypto
import CryptoExtras
import EventSchema
import Foundation

/// A key pair that signs access tokens.
struct SigningKey: Codable, Sendable {
    var kid: String
    var algorithm: SigningAlgorithm
    var privatePEM: String
    var createdAt: Date
    var activeFrom: Date

    static func generate(_ algorithm: SigningAlgorithm, activeFrom: Date, at now: Date) throws -> SigningKey {
        let pem =
            switch algorithm {
            case .es256: P256.Signing.PrivateKey().pemRepresentation
            case .rs256, .unknown: try _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation
            }
        return SigningKey(
            kid: UUID().uuidString.lowercased(),
            algorithm: algorithm,
            privatePEM: pem,
            createdAt: now,
            activeFrom: activeFrom
        )
    }

    var times: KeyPlan.Key { KeyPlan.Key(kid: kid, activeFrom: activeFrom) }

    /// The public half, as it is published to the other services.
    func state() throws -> SigningKeyState {
        var state = SigningKeyState(
            kid: kid,
            algorithm: algorithm,
            modulus: "",
            exponent: "",
            x: "",
            y: "",
            createdAt: createdAt
        )
        switch algorithm {
        case .es256:
            let point = try P256.Signing.PrivateKey(pemRepresentation: privatePEM).publicKey.rawRepresentation
            (state.x, state.y) = (point.prefix(32).base64URL, point.suffix(32).base64URL)
        case .rs256, .unknown:
            let key = try _RSA.Signing.PrivateKey(pemRepresentation: privatePEM)
            let primitives = try key.publicKey.getKeyPrimitives()
            state.modulus = Data(primitives.modulus).base64URL
            state.exponent = Data(primitives.publicExponent).base64URL
        }
        return state
    }
}

extension Data {
    /// Base64 for URLs, without padding (RFC 4648, section 5).
    var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
