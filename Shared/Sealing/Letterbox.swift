import Crypto
import Foundation

/// A box that everybody can put something into and only its owner can open: others carry what is in it and can't read it.
///
/// Hybrid public key encryption (RFC 9180) in its base mode, with X25519, HKDF-SHA-256 and ChaCha20-Poly1305. Each text gets a key of its
/// own, and nobody but the owner of the private half can make that key again, not even the sender.
public struct Letterbox: Hashable, Sendable {
    /// 32 bytes (RFC 7748, section 5).
    public let publicKey: [UInt8]

    static let mark = "letterbox:"
    static let suite = HPKE.Ciphersuite.Curve25519_SHA256_ChachaPoly
    static let info = Data("dcmms letterbox".utf8)

    /// - Returns: `nil` if it can't be a key.
    public init?(publicKey: [UInt8]) {
        guard (try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: publicKey)) != nil else { return nil }
        self.publicKey = publicKey
    }

    /// The first bytes of the key's SHA-256.
    var id: [UInt8] { Array(SHA256.hash(data: publicKey).prefix(4)) }

    /// Names the box: its id in hexadecimal.
    public var name: String { id.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }

    /// Whether a text is what ``seal(_:for:)`` makes.
    public static func isSealed(_ text: String) -> Bool { text.hasPrefix(mark) }

    /// Encrypts a text.
    ///
    /// - Parameter context: What it belongs to, for example a person's id: it opens only with the same one.
    /// - Returns: A mark, and in Base64 the box's id (4 bytes), the encapsulated key (32), the encrypted bytes and the tag (16).
    public func seal(_ text: String, for context: String) throws -> String {
        let key = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: publicKey)
        var sender = try HPKE.Sender(recipientKey: key, ciphersuite: Self.suite, info: Self.info)
        let sealed = try sender.seal(Data(text.utf8), authenticating: Data(context.utf8))
        return Self.mark + (Data(id) + sender.encapsulatedKey + sealed).base64EncodedString()
    }
}

/// The private half of a ``Letterbox``.
public struct LetterboxKey: Sendable {
    /// 32 bytes.
    public let privateKey: [UInt8]
    /// The other half.
    public let letterbox: Letterbox

    /// A new one.
    public init() {
        let key = Curve25519.KeyAgreement.PrivateKey()
        privateKey = Array(key.rawRepresentation)
        letterbox = Letterbox(of: key)
    }

    /// One that was stored.
    ///
    /// - Throws: ``CannotOpen`` if it can't be a key.
    public init(privateKey: [UInt8]) throws {
        guard let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: privateKey) else {
            throw CannotOpen()
        }
        self.privateKey = privateKey
        letterbox = Letterbox(of: key)
    }

    /// Decrypts what was put into the box.
    ///
    /// - Throws: ``CannotOpen`` if it was another box, the context is another one, or the text was changed.
    public func open(_ text: String, for context: String) throws -> String {
        guard Letterbox.isSealed(text), let bytes = Data(base64Encoded: String(text.dropFirst(Letterbox.mark.count))),
            bytes.count > 36, Array(bytes.prefix(4)) == letterbox.id,
            let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: privateKey),
            var recipient = try? HPKE.Recipient(
                privateKey: key,
                ciphersuite: Letterbox.suite,
                info: Letterbox.info,
                encapsulatedKey: bytes.dropFirst(4).prefix(32)
            ),
            let opened = try? recipient.open(bytes.dropFirst(36), authenticating: Data(context.utf8))
        else { throw CannotOpen() }
        return String(decoding: opened, as: UTF8.self)
    }
}

extension Letterbox {
    fileprivate init(of key: Curve25519.KeyAgreement.PrivateKey) {
        publicKey = Array(key.publicKey.rawRepresentation)
    }
}
