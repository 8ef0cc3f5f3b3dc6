import Crypto
import Foundation

/// The random name of a browser's session, which is all that the browser has of it. It stands in a cookie that no script sees.
struct SessionName: Hashable, Sendable {
    let text: String

    /// 256 random bits. There is a new one for each login, so nobody can know it before.
    init() {
        text = Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64URL
    }

    /// - Returns: `nil` for a text that is no name.
    init?(_ text: String) {
        guard text.utf8.count == 43, text.utf8.allSatisfy(\.isBase64URL) else { return nil }
        self.text = text
    }

    /// Its key in Redis. Whoever can read Redis can't use a session.
    var key: String { "browser:" + hash("session") }

    /// The key of the lock for the one who refreshes it.
    var lock: String { "browser-lock:" + hash("session") }

    /// What a page of ours has to send with each change. It follows from the name, so it is nowhere stored; and the name does not follow from
    /// it.
    var token: String { hash("token") }

    private func hash(_ purpose: String) -> String {
        Data(SHA256.hash(data: Data("dcmms browser \(purpose) \(text)".utf8))).base64URL
    }
}

extension Data {
    /// Base64 for URLs, without padding (RFC 4648, section 5).
    fileprivate var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

extension UInt8 {
    fileprivate var isBase64URL: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
