import Crypto
import Foundation

/// A key pair that signs checkpoints of the audit log, and nothing else (Ed25519, RFC 8032).
struct AuditKey: Codable, Sendable {
    /// SHA-256 of the public key, in hexadecimal: who knows it from a safe source can trust a key that comes with a checkpoint.
    var kid: String
    var privateKey: [UInt8]
    var publicKey: [UInt8]
    var createdAt: Date

    static func generate(at now: Date) -> AuditKey {
        let key = Curve25519.Signing.PrivateKey()
        let publicKey = Array(key.publicKey.rawRepresentation)
        return AuditKey(
            kid: kid(of: publicKey),
            privateKey: Array(key.rawRepresentation),
            publicKey: publicKey,
            createdAt: now
        )
    }

    static func kid(of publicKey: [UInt8]) -> String { Array(SHA256.hash(data: publicKey)).hex }

    /// - Parameter checkpoint: Names this key.
    func sign(_ checkpoint: AuditCheckpoint) throws -> SignedCheckpoint {
        SignedCheckpoint(
            checkpoint: checkpoint,
            publicKey: publicKey,
            signature: try signature(of: checkpoint.canonical)
        )
    }

    /// - Parameter cut: Names this key.
    func sign(_ cut: AuditCut) throws -> SignedCut {
        SignedCut(cut: cut, publicKey: publicKey, signature: try signature(of: cut.canonical))
    }

    private func signature(of bytes: [UInt8]) throws -> [UInt8] {
        Array(try Curve25519.Signing.PrivateKey(rawRepresentation: privateKey).signature(for: bytes))
    }

    /// Whether a key has this id, and has signed these bytes.
    fileprivate static func isGenuine(_ signature: [UInt8], of bytes: [UInt8], _ publicKey: [UInt8], _ kid: String)
        -> Bool
    {
        guard Self.kid(of: publicKey) == kid, let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey)
        else { return false }
        return key.isValidSignature(signature, for: bytes)
    }
}

/// A checkpoint that can be verified without the database.
struct SignedCheckpoint: Hashable, Sendable {
    var checkpoint: AuditCheckpoint
    var publicKey: [UInt8]
    var signature: [UInt8]

    /// Whether the key is the one that the checkpoint names, and has signed it.
    var isGenuine: Bool { AuditKey.isGenuine(signature, of: checkpoint.canonical, publicKey, checkpoint.kid) }
}

/// A cut that can be verified without the database.
struct SignedCut: Hashable, Sendable {
    var cut: AuditCut
    var publicKey: [UInt8]
    var signature: [UInt8]

    /// Whether the key is the one that the cut names, and has signed it.
    var isGenuine: Bool { AuditKey.isGenuine(signature, of: cut.canonical, publicKey, cut.kid) }
}
