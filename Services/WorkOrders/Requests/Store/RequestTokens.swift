import Crypto
import Foundation
import Identifiers

extension RequestToken {
    /// 128 random bits.
    static func random() -> RequestToken { RequestToken(bytes: (0..<16).map { _ in UInt8.random(in: 0...255) }) }

    /// The receipt of a request: whoever sends the same request once more gets the same one, and it is stored nowhere.
    static func receipt(of key: RequestToken, at link: RequestToken) -> RequestToken {
        RequestToken(bytes: Array(SHA256.hash(data: Data("receipt \(link) \(key)".utf8)).prefix(16)))
    }

    /// What is stored of it.
    var hash: [UInt8] { Array(SHA256.hash(data: Data(description.utf8))) }

    private init(bytes: [UInt8]) {
        let b = bytes
        self.init(
            UUID(
                uuid: (
                    b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]
                )
            )
        )
    }
}
