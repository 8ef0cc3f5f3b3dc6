import Crypto
import Foundation

/// The secret that a receiver knows a message by, as Standard Webhooks writes it: `whsec_` and the key in Base64.
struct WebhookSecret: Hashable, Sendable {
    let text: String
    private let key: [UInt8]

    static let prefix = "whsec_"

    /// 256 random bits.
    init() {
        key = (0..<32).map { _ in UInt8.random(in: 0...255) }
        text = Self.prefix + Data(key).base64EncodedString()
    }

    init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), let key = Data(base64Encoded: String(text.dropFirst(Self.prefix.count)))
        else { return nil }
        (self.text, self.key) = (text, Array(key))
    }

    /// The signature of a message: HMAC-SHA-256 (RFC 2104) of its id, its time in seconds and its body, with dots between them.
    func signature(of id: String, at seconds: Int64, _ body: String) -> String {
        let signed = Data("\(id).\(seconds).\(body)".utf8)
        let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: key))
        return "v1," + Data(code).base64EncodedString()
    }
}
