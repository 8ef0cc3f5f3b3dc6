import Crypto
import Foundation

/// Keys that encrypt short secrets, such as the link of a mail, where others can read what holds them: a topic, a table.
///
/// AES-256-GCM (NIST SP 800-38D) with a random nonce. The first key seals; all of them open. So a key is replaced in two steps: put
/// the new one first, and remove the old one when nothing that it sealed is needed any more.
public struct SealingKeys: Sendable {
    /// The fewest characters of a key's secret.
    public static let shortestSecret = 32

    private struct Key: Sendable {
        /// The first bytes of the key's SHA-256: it stands before what the key sealed.
        var id: [UInt8]
        var key: SymmetricKey
    }

    private static let idLength = 4
    private let keys: [Key]

    /// - Parameters:
    ///   - secrets: The keys' secrets, each random and at least ``shortestSecret`` characters long, separated by commas. The keys are
    ///     derived from them with HKDF-SHA-256 (RFC 5869).
    ///   - purpose: What the keys are for. The same secrets give other keys for another purpose.
    /// - Returns: `nil` if there is no secret, or one is too short.
    public init?(_ secrets: String, for purpose: String) {
        let secrets = secrets.split(separator: ",", omittingEmptySubsequences: false)
        guard secrets.allSatisfy({ $0.count >= Self.shortestSecret }) else { return nil }
        keys = secrets.map { secret in
            let key = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: Data(secret.utf8)),
                info: Data("dcmms \(purpose)".utf8),
                outputByteCount: 32
            )
            let hash = key.withUnsafeBytes { SHA256.hash(data: $0) }
            return Key(id: Array(hash.prefix(Self.idLength)), key: key)
        }
    }

    /// A key that nobody else has, for tests and for a daemon that does not start.
    public init() {
        let secret = SymmetricKey(size: .bits256)
        keys = [Key(id: [0, 0, 0, 0], key: secret)]
    }

    /// What a configuration's text must be for ``init(_:for:)``.
    public static let expected = "random texts of at least \(shortestSecret) characters, separated by commas"

    /// The id of the key that seals: what it has sealed begins with it. Whatever begins otherwise can be sealed anew.
    public var firstID: [UInt8] { keys[0].id }

    /// Encrypts a secret.
    ///
    /// - Parameter context: What the secret belongs to, for example an event's id: it opens only with the same one.
    /// - Returns: The key's id (4 bytes), the nonce (12), the encrypted bytes, the tag (16).
    public func seal(_ secret: String, for context: String) throws -> [UInt8] {
        let key = keys[0]
        let box = try AES.GCM.seal(Data(secret.utf8), using: key.key, authenticating: Data(context.utf8))
        return key.id + (box.combined ?? Data())
    }

    /// Decrypts a secret.
    ///
    /// - Throws: ``CannotOpen`` if no key fits, the context is another one, or the bytes were changed.
    public func open(_ sealed: [UInt8], for context: String) throws -> String {
        guard let key = keys.first(where: { sealed.starts(with: $0.id) }),
            let box = try? AES.GCM.SealedBox(combined: Data(sealed.dropFirst(Self.idLength))),
            let secret = try? AES.GCM.open(box, using: key.key, authenticating: Data(context.utf8))
        else { throw CannotOpen() }
        return String(decoding: secret, as: UTF8.self)
    }
}

/// What was sealed can't be opened: no key fits, the context is another one, or the bytes were changed.
public struct CannotOpen: Error, CustomStringConvertible, Sendable {
    public var description: String { "no key opens it" }

    public init() {}
}
