import Crypto
import Foundation
public import Identifiers

/// The text of an API key, with which a machine authenticates itself as a bearer: `dcmms_<id>_<secret>`. The prefix lets scanners for
/// leaked secrets find it.
public struct APIKeyText: Hashable, Sendable {
    public static let prefix = "dcmms_"
    private static let idLength = 32

    /// The key's id, which stands where a person's id would.
    public let id: UserID
    public let text: String

    /// - Parameter secret: Random, at least 256 bits as text.
    public init(id: UserID, secret: String) {
        self.id = id
        let digits = id.description.replacing("-", with: "")
        text = "\(Self.prefix)\(digits)_\(secret)"
    }

    /// - Returns: `nil` for a text of another form.
    public init?(_ text: String) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        let rest = text.dropFirst(Self.prefix.count)
        let digits = Array(rest.prefix(Self.idLength))
        guard digits.count == Self.idLength, rest.dropFirst(Self.idLength).first == "_" else { return nil }
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
        guard let id = UserID(groups.joined(separator: "-")) else { return nil }
        self.id = id
        self.text = text
    }

    /// SHA-256 of the whole text: what is stored and published. The secret is random, so nobody can guess it from a fast hash.
    public var hash: [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }
}
