import Crypto
import Foundation

/// Texts of 256 random bits, which nobody can guess: refresh tokens, links, API keys. Only their hashes are stored. A fast hash is enough,
/// because there is nothing to try.
enum SecretText {
    static func new() -> String { randomBytes().base64URL }

    static func hash(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }

    static func randomBytes() -> Data { Data((0..<32).map { _ in UInt8.random(in: 0...255) }) }
}
