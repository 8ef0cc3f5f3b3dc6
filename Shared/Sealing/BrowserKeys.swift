import Crypto
import Foundation

/// What gateway and auth share for logins in a browser, in which the gateway is the one OAuth client of our authorization server
/// (RFC 6749).
public struct BrowserKeys: Sendable {
    /// The gateway's `client_id`.
    public static let client = "dcmms-gateway"
    /// Where a browser comes back with its code, below the installation's public address.
    public static let callback = "/auth/callback"

    /// What the gateway seals sessions and logins with.
    public let sessions: SealingKeys
    /// What auth seals the secrets of identity providers with, and logins there.
    public let providers: SealingKeys
    private let exchange: SealingKeys

    /// - Parameter secrets: As for ``SealingKeys/init(_:for:)``.
    /// - Returns: `nil` if there is no secret, or one is too short.
    public init?(_ secrets: String) {
        guard let sessions = SealingKeys(secrets, for: "browser sessions"),
            let providers = SealingKeys(secrets, for: "identity providers"),
            let exchange = SealingKeys(secrets, for: "browser client")
        else { return nil }
        (self.sessions, self.providers, self.exchange) = (sessions, providers, exchange)
    }

    /// With keys that nobody else has, for tests and for a daemon that does not start.
    public init() {
        (sessions, providers, exchange) = (SealingKeys(), SealingKeys(), SealingKeys())
    }

    /// The `client_secret` for the exchange of one code. It is good for nothing else, so whoever sees it learns nothing.
    public func clientSecret(for code: String) throws -> String {
        try exchange.sealText(Self.client, for: code)
    }

    /// Whether the gateway made it for this code.
    public func isClientSecret(_ secret: String, for code: String) -> Bool {
        (try? exchange.openText(secret, for: code)) == Self.client
    }
}

extension SealingKeys {
    /// ``seal(_:for:)`` as text that can stand in a URL or a cookie (base64url, RFC 4648, section 5).
    public func sealText(_ secret: String, for context: String) throws -> String {
        Data(try seal(secret, for: context)).base64URL
    }

    /// Opens what ``sealText(_:for:)`` made.
    ///
    /// - Throws: ``CannotOpen``.
    public func openText(_ sealed: String, for context: String) throws -> String {
        var text = sealed.replacing("-", with: "+").replacing("_", with: "/")
        text += String(repeating: "=", count: (4 - text.count % 4) % 4)
        guard let bytes = Data(base64Encoded: text) else { throw CannotOpen() }
        return try open(Array(bytes), for: context)
    }
}

/// Proof Key for Code Exchange (RFC 7636), with SHA-256 only.
public enum ProofKey {
    /// 256 random bits, as a verifier is written.
    public static func newVerifier() -> String {
        Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64URL
    }

    /// The challenge of a verifier (`S256`, section 4.2).
    public static func challenge(of verifier: String) -> String {
        Data(SHA256.hash(data: Data(verifier.utf8))).base64URL
    }
}

extension Data {
    /// Base64 for URLs, without padding (RFC 4648, section 5).
    fileprivate var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
