import Commands
import Crypto
public import Foundation
import HTTPTypes
public import Hummingbird
public import Identifiers
import NIOCore

/// A request that may come twice but is carried out once: its `Idempotency-Key`, and a hash of the request.
///
/// A client that did not get its answer sends the request again with the same key, and gets the answer of the first one (IETF
/// draft-ietf-httpapi-idempotency-key-header). Keys belong to a user: two users may use the same key.
public struct RequestKey: Hashable, Sendable {
    public let tenant: TenantID
    public let user: UserID
    /// The key that the client chose, 1 to 255 visible ASCII characters.
    public let key: String
    /// SHA-256 over method, path, version and body: the same key with another request is a mistake of the client's. Passwords in the body
    /// do not count: from a fast hash that is stored they could be guessed.
    public let fingerprint: [UInt8]

    /// How long an answer is kept, from the first request on.
    public static let lifetime: TimeInterval = 86_400

    /// - Throws: ``JSONError`` for a body that can't be read.
    init(
        _ key: String,
        _ request: HTTPRequest,
        body: ByteBuffer?,
        withoutFields secrets: Set<String>,
        _ principal: Principal
    ) throws {
        tenant = principal.tenant
        user = principal.user
        self.key = key
        var hash = SHA256()
        for part in [request.method.rawValue, request.path ?? "", request.headerFields[.ifMatch] ?? ""] {
            hash.update(data: Data(part.utf8))
            hash.update(data: Data([0]))
        }
        let bytes = body?.readableBytesView ?? .init()
        if secrets.isEmpty {
            hash.update(data: Data(bytes))
        } else if let members = try JSONReader.read(bytes).members {
            let counted = members.filter { !secrets.contains($0.key) }
            hash.update(data: Data(JSONValue.object(counted).text().utf8))
        }
        fingerprint = Array(hash.finalize())
    }

    /// The request's key, if it has one.
    ///
    /// - Throws: ``Problem`` 400 that names the header.
    static func text(of request: HTTPRequest) throws -> String? {
        guard let text = request.headerFields[.idempotencyKey] else { return nil }
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Problem.field("Idempotency-Key", .keyForm)
        }
        return text
    }
}

/// An answer as it goes over the wire; kept for a request that may come again.
public struct EncodedAnswer: Hashable, Sendable {
    public let status: Int
    /// `Content-Type`, `ETag`, `Location`.
    public var headers: [String: String]
    public let body: [UInt8]

    public init(status: Int, headers: [String: String], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The response with it.
    public func response() -> Response {
        var fields = HTTPFields()
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return Response(
            status: .init(code: status),
            headers: fields,
            body: body.isEmpty ? .init() : .init(byteBuffer: .init(bytes: body))
        )
    }
}

/// Where a service keeps the answers to requests that may come again.
public protocol AnswerStore: Sendable {
    /// The answer that the same request got before.
    ///
    /// - Throws: ``Problem`` 422 when the key was used for another request.
    func answer(to key: RequestKey) async throws -> EncodedAnswer?
}

/// Thrown out of a command whose request was answered before, perhaps just now by a copy of it: the client gets that answer.
public struct AnsweredBefore: Error {
    let answer: EncodedAnswer

    public init(_ answer: EncodedAnswer) {
        self.answer = answer
    }

    /// The first answer again, marked as such.
    var response: Response {
        var answer = answer
        answer.headers["Idempotent-Replayed"] = "true"
        return answer.response()
    }
}

extension Problem {
    /// The same request came before and has no answer yet.
    public static let beingAnswered = Problem(
        .serviceUnavailable,
        "busy",
        "the same request is still being handled: try again",
        retryAfter: 1
    )

    /// The key was used for another request.
    public static let keyReused = Problem(
        .unprocessableContent,
        "idempotency_key_reused",
        "Idempotency-Key: this key was used for another request",
        errors: [FieldError("Idempotency-Key", .keyReused)]
    )
}

extension FieldRule {
    fileprivate static let keyForm = FieldRule(
        code: "not_a_request_key",
        "must be 1 to 255 visible ASCII characters"
    )
    fileprivate static let keyReused = FieldRule(problem: "idempotency_key_reused", "was used for another request")
}

extension HTTPField.Name {
    /// `Idempotency-Key`.
    public static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
}
