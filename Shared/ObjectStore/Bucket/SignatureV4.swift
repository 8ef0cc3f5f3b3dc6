import Crypto
import Foundation

/// Signs requests as Amazon's services ask for: "AWS Signature Version 4", Amazon S3 API Reference, "Authenticating Requests: Using the
/// Authorization Header", with the whole payload's hash in the signature.
struct SignatureV4: Sendable {
    let accessKey: String
    let secretKey: String
    let region: String
    var service = "s3"

    struct Request {
        var method: String
        /// Not encoded.
        var path: String
        /// Not encoded.
        var query: [(name: String, value: String)] = []
        /// All that are signed; `host`, `x-amz-date` and `x-amz-content-sha256` have to be among them.
        var headers: [(name: String, value: String)]
        /// The SHA-256 of the body in hexadecimal.
        var payload: String
    }

    /// The value of the header `Authorization`.
    func authorization(for request: Request, at time: SigningTime) -> String {
        let headers = Self.canonical(request.headers)
        let names = headers.map(\.name).joined(separator: ";")
        let lines =
            [request.method, Self.encoded(request.path, keeping: "/"), Self.query(request.query)]
            + headers.map { "\($0.name):\($0.value)" } + ["", names, request.payload]
        let scope = "\(time.day)/\(region)/\(service)/aws4_request"
        let text = [
            "AWS4-HMAC-SHA256", time.text, scope,
            Hexadecimal.text(SHA256.hash(data: Data(lines.joined(separator: "\n").utf8))),
        ]
        let signature = Hexadecimal.text(Self.code(text.joined(separator: "\n"), key: key(of: time.day)))
        return "AWS4-HMAC-SHA256 Credential=\(accessKey)/\(scope),SignedHeaders=\(names),Signature=\(signature)"
    }

    /// A key for one day, region and service.
    private func key(of day: String) -> [UInt8] {
        [day, region, service, "aws4_request"].reduce(Array("AWS4\(secretKey)".utf8)) { Self.code($1, key: $0) }
    }

    private static func code(_ text: String, key: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: key)))
    }

    /// Names in small letters, in order; values without white space around them, and with single spaces.
    private static func canonical(_ headers: [(name: String, value: String)]) -> [(name: String, value: String)] {
        headers.map { ($0.name.lowercased(), $0.value.split(separator: " ").joined(separator: " ")) }
            .sorted { $0.name < $1.name }
    }

    /// The query as it is signed, and sent: sorted by the encoded names.
    static func query(_ query: [(name: String, value: String)]) -> String {
        query.map { (encoded($0.name), encoded($0.value)) }.sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }
            .joined(separator: "&")
    }

    /// Every byte but the unreserved ones of RFC 3986 (section 2.3) as `%2F`, with capital letters.
    static func encoded(_ text: String, keeping kept: String = "") -> String {
        text.utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            let isPlain = byte < 0x80 && (character.isLetter || character.isNumber || "-._~".contains(character))
            return isPlain || kept.contains(character) ? String(character) : "%" + Hexadecimal.text([byte]).uppercased()
        }.joined()
    }
}

/// A time as the signature writes it.
struct SigningTime: Equatable {
    /// `20130524T000000Z`
    let text: String
    /// `20130524`
    var day: String { String(text.prefix(8)) }

    init(_ date: Date) {
        var (seconds, parts) = (time_t(date.timeIntervalSince1970.rounded(.down)), tm())
        gmtime_r(&seconds, &parts)
        func digits(_ number: Int32, _ count: Int) -> String {
            let text = "\(number)"
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        text =
            digits(parts.tm_year + 1900, 4) + digits(parts.tm_mon + 1, 2) + digits(parts.tm_mday, 2) + "T"
            + digits(parts.tm_hour, 2) + digits(parts.tm_min, 2) + digits(parts.tm_sec, 2) + "Z"
    }
}
