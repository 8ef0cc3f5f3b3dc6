import Commands
import Crypto
import Foundation
import JWTKit

/// The public keys of a provider (RFC 7517), with which it signs ID tokens.
struct ProviderKeys: Sendable {
    private let keys: [JSONValue]

    var count: Int { keys.count }

    init(_ json: JSONValue) {
        // A provider has a few; more would only cost time.
        keys = Array((json["keys"]?.elements ?? []).prefix(100))
    }

    /// The algorithms that we verify: never `none`, and none whose key is a shared secret.
    private enum Algorithm: String {
        case rs256 = "RS256"
        case es256 = "ES256"

        var keyType: String { self == .rs256 ? "RSA" : "EC" }
    }

    private struct Signed: JWTPayload {
        func verify(using _: some JWTAlgorithm) throws {}
    }

    /// The claims of a token, if one of the keys has signed it.
    ///
    /// - Returns: `nil` if the key that it names is not here.
    /// - Throws: ``ProviderRefusal`` if it is signed in another way, or wrongly.
    func verify(_ token: String) async throws -> JSONValue? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count <= 64 << 10, parts.count == 3, let header = Self.json(parts[0]),
            let claims = Self.json(parts[1]), claims.members != nil
        else { throw ProviderRefusal("the ID token is malformed") }
        guard let algorithm = header["alg"]?.text.flatMap(Algorithm.init), header["crit"] == nil else {
            throw ProviderRefusal("the ID token is signed with an algorithm that is not accepted")
        }
        let kid = header["kid"]?.text
        let candidates = keys.filter { key in
            key["kty"]?.text == algorithm.keyType && [nil, "sig"].contains(key["use"]?.text)
                && [nil, algorithm.rawValue].contains(key["alg"]?.text) && (kid == nil || key["kid"]?.text == kid)
        }
        guard !candidates.isEmpty else { return nil }
        // Without a name, only one key can be meant.
        guard candidates.count == 1, let collection = try await Self.collection(candidates[0], algorithm) else {
            throw ProviderRefusal("the provider's key for the ID token can't be used")
        }
        do {
            _ = try await collection.verify(token, as: Signed.self)
        } catch {
            throw ProviderRefusal("the signature of the ID token is wrong")
        }
        return claims
    }

    private static func collection(_ key: JSONValue, _ algorithm: Algorithm) async throws -> JWTKeyCollection? {
        let collection = JWTKeyCollection()
        let kid = key["kid"]?.text.map { JWKIdentifier(string: $0) }
        switch algorithm {
        case .rs256:
            guard let modulus = key["n"]?.text, let exponent = key["e"]?.text,
                // It refuses keys of less than 2048 bits.
                let rsa = try? JWTKit.Insecure.RSA.PublicKey(modulus: modulus, exponent: exponent)
            else { return nil }
            await collection.add(rsa: rsa, digestAlgorithm: .sha256, kid: kid)
        case .es256:
            guard key["crv"]?.text == "P-256", let x = key["x"]?.text, let y = key["y"]?.text,
                let ecdsa = try? ES256PublicKey(parameters: (x, y))
            else { return nil }
            await collection.add(ecdsa: ecdsa, kid: kid)
        }
        return collection
    }

    private static func json(_ part: Substring) -> JSONValue? {
        guard let bytes = Data(base64URL: String(part)) else { return nil }
        return try? JSONReader.read(bytes)
    }
}

extension Data {
    /// - Returns: `nil` for a text that is not base64url (RFC 4648, section 5).
    init?(base64URL text: String) {
        guard !text.contains("+"), !text.contains("/"), !text.contains("=") else { return nil }
        let standard = text.replacing("-", with: "+").replacing("_", with: "/")
        self.init(base64Encoded: standard + String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4))
    }
}
