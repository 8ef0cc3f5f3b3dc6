public import Commands
import Foundation
public import HTTPTypes
public import Hummingbird

/// What a handler gives back. Every type that is `Codable` and says so is an answer with status 200 and a JSON body.
public protocol Answer: Sendable {
    static var status: HTTPResponse.Status { get }
    /// What the body looks like, for the API's document.
    static func content() throws -> AnswerContent
    /// The answer as it goes over the wire.
    func encoded() throws -> EncodedAnswer
    /// The response with it.
    func response() throws -> Response
}

/// The body of an answer.
public enum AnswerContent: Sendable {
    case json(Shape)
    /// One of several types, by the request.
    indirect case either([AnswerContent])
    /// Text of this media type.
    case text(String)
    case none
}

/// A record with a version: its answers carry the version as `ETag`, for the client to send back as `If-Match`.
public protocol Versioned {
    var version: Int64 { get }
}

extension Answer {
    public static var status: HTTPResponse.Status { .ok }
    public func response() throws -> Response { try encoded().response() }
}

extension Answer where Self: Codable {
    public static func content() throws -> AnswerContent { .json(try Shape.of(Self.self)) }
    public func encoded() throws -> EncodedAnswer { try .json(self, status: Self.status) }
}

extension EncodedAnswer {
    static func json(_ body: some Encodable, status: HTTPResponse.Status) throws -> EncodedAnswer {
        var headers = ["Content-Type": "application/json; charset=utf-8"]
        if let record = body as? any Versioned { headers["ETag"] = "\"\(record.version)\"" }
        return EncodedAnswer(status: status.code, headers: headers, body: try JSONWriter.write(body))
    }
}

/// 201 with what was created, and where it is.
public struct Created<Body: Codable & Sendable>: Answer {
    public static var status: HTTPResponse.Status { .created }
    public static func content() throws -> AnswerContent { .json(try Shape.of(Body.self)) }

    private let body: Body
    private let location: String?

    /// - Parameter location: The path of the new record; `nil` where none shows it alone.
    public init(_ body: Body, at location: String? = nil) {
        self.body = body
        self.location = location
    }

    public func encoded() throws -> EncodedAnswer {
        var answer = try EncodedAnswer.json(body, status: .created)
        answer.headers["Location"] = location
        return answer
    }
}

/// 204: it is done, and the body is empty.
public struct NoContent: Answer {
    public static var status: HTTPResponse.Status { .noContent }
    public static func content() -> AnswerContent { .none }

    public init() {}

    public func encoded() -> EncodedAnswer { EncodedAnswer(status: 204, headers: [:], body: []) }
}

/// JSON that was encoded before, for example in a cache.
public struct Encoded<Body: Codable & Sendable>: Answer {
    public static func content() throws -> AnswerContent { .json(try Shape.of(Body.self)) }

    private let bytes: [UInt8]

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    public func encoded() -> EncodedAnswer {
        EncodedAnswer(status: 200, headers: ["Content-Type": "application/json; charset=utf-8"], body: bytes)
    }
}

/// A table as comma-separated values (RFC 4180).
public struct CSVTable: Answer {
    public static func content() -> AnswerContent { .text("text/csv") }

    private let lines: [String]

    /// - Parameter lines: The first one names the columns.
    public init(lines: [String]) {
        self.lines = lines
    }

    public func encoded() -> EncodedAnswer {
        let text = lines.joined(separator: "\n") + "\n"
        return EncodedAnswer(status: 200, headers: ["Content-Type": "text/csv; charset=utf-8"], body: Array(text.utf8))
    }
}
