import Crypto
import CryptoExtras
import Foundation

/// What is stored of a password (RFC 5802, section 3, with SHA-256 as in RFC 7677): enough to check it, not enough to log in.
struct ScramVerifier: Sendable, Equatable, CustomStringConvertible {
    static let minimumIterations = 8192
    static let maximumIterations = 10_000_000
    static let defaultIterations = 16_384
    static let defaultSaltLength = 18
    static let mechanism = "SCRAM-SHA-256"

    let iterations: Int
    let salt: [UInt8]
    let storedKey: [UInt8]
    let serverKey: [UInt8]

    init(iterations: Int, salt: [UInt8], storedKey: [UInt8], serverKey: [UInt8]) {
        (self.iterations, self.salt) = (iterations, salt)
        (self.storedKey, self.serverKey) = (storedKey, serverKey)
    }

    /// Takes tens of milliseconds, on purpose. Must not be called on the event loop.
    init(password: [UInt8], salt: [UInt8], iterations: Int) throws {
        let salted = try Self.salted(password, salt, iterations)
        self.init(
            iterations: iterations,
            salt: salt,
            storedKey: Array(Self.storedKey(salted)),
            serverKey: Array(HMAC<SHA256>.authenticationCode(for: Data("Server Key".utf8), using: salted))
        )
    }

    private static func salted(_ password: [UInt8], _ salt: [UInt8], _ iterations: Int) throws -> SymmetricKey {
        // "Unchecked": the package's own minimum is for passwords that are hashed once; SCRAM's clients repeat the work at
        // every connection.
        try KDF.Insecure.PBKDF2.deriveKey(
            from: password,
            salt: salt,
            using: .sha256,
            outputByteCount: SHA256.byteCount,
            unsafeUncheckedRounds: iterations
        )
    }

    private static func storedKey(_ salted: SymmetricKey) -> SHA256Digest {
        let clientKey = HMAC<SHA256>.authenticationCode(for: Data("Client Key".utf8), using: salted)
        return SHA256.hash(data: Data(clientKey))
    }

    /// The text form, which is also PostgreSQL's.
    init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == Self.mechanism else { return nil }
        let (work, keys) = (parts[1].split(separator: ":"), parts[2].split(separator: ":"))
        guard work.count == 2, keys.count == 2, let iterations = Int(work[0]),
            (Self.minimumIterations...Self.maximumIterations).contains(iterations),
            let salt = Data(base64Encoded: String(work[1])), salt.count >= 8,
            let stored = Data(base64Encoded: String(keys[0])), stored.count == SHA256.byteCount,
            let server = Data(base64Encoded: String(keys[1])), server.count == SHA256.byteCount
        else { return nil }
        self.init(iterations: iterations, salt: [UInt8](salt), storedKey: [UInt8](stored), serverKey: [UInt8](server))
    }

    var description: String {
        "\(Self.mechanism)$\(iterations):\(salt.base64)$\(storedKey.base64):\(serverKey.base64)"
    }

    /// Whether a password is the right one. Takes as long as making a verifier.
    func accepts(_ password: [UInt8]) throws -> Bool {
        // Comparing two digests always takes the same time.
        Self.storedKey(try Self.salted(password, salt, iterations)) == storedKey
    }

    /// Whether a client has proved that it knows the key whose hash is `storedKey`.
    func accepts(proof: [UInt8], of message: String) -> Bool {
        let signature = HMAC<SHA256>.authenticationCode(
            for: Data(message.utf8),
            using: SymmetricKey(data: Data(storedKey))
        )
        let clientKey = zip(proof, signature).map { $0 ^ $1 }
        return proof.count == SHA256.byteCount && SHA256.hash(data: Data(clientKey)) == storedKey
    }

    /// Proves to the client that we know the verifier.
    func signature(of message: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Data(message.utf8), using: SymmetricKey(data: Data(serverKey))))
    }
}

extension [UInt8] {
    var base64: String { Data(self).base64EncodedString() }

    /// Bytes that nobody can guess.
    static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in .random(in: .min ... .max, using: &generator) }
    }
}
