// Made by `make events` from Schemas/auth.letterbox.v1.avsc: edit that instead.

public import Foundation

/// The public key for which services seal what only the audit log may read: where a request came from. The newest one
/// counts.
public struct LetterboxState: Event {
    public static let name = "auth.letterbox.v1"
    public static let topic = Topic.authKeys

    /// The first bytes of the key's SHA-256, in hexadecimal.
    public var id: String
    /// X25519 (RFC 7748, section 5): 32 bytes.
    public var publicKey: Data
    public var createdAt: Date

    public var key: String { id }

    public init(
        id: String,
        publicKey: Data,
        createdAt: Date
    ) {
        self.id = id
        self.publicKey = publicKey
        self.createdAt = createdAt
    }
}
