public import Commands
import Foundation
public import HTTPTypes
public import Hummingbird
import NIOCore

/// What a handler gives back. Every type that is `Codable` and says so is an answer with status 200 and a JSON body.
public protocol Answer: Sendable {
    static var status: HTTPResponse.Status { get }
    /// What the body looks like, for the API's document.
    static func content() throws -> AnswerContent
    func response() throws -> Response
}

/// The body of an answer.
public enum AnswerContent: Sendable {
    case json(Shape)
    /// One of several, by what was asked.
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
}

extension Answer where Self: Codable {
    public static func content() throws -> AnswerContent { .json(try Shape.of(Self.self)) }
    public func response() throws -> Response { try .json(self, status: Self.status) }
}

extension Response {
    static func json(_ body: some Encodable, status: HTTPResponse.Status) throws -> Response {
        var headers: HTTPFields = [.contentType: "application/json; charset=utf-8"]
        if let record = body as? any Versioned { headers[.eTag] = "\"\(record.version)\"" }
        return Response(
            status: status,
            headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: try JSONEncoder.api.encode(body)))
        )
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

    public func response() throws -> Response {
        var response = try Response.json(body, status: .created)
        response.headers[.location] = location
        return response
    }
}

/// 204: it is done, and there is nothing to tell.
public struct NoContent: Answer {
    public static var status: HTTPResponse.Status { .noContent }
    public static func content() -> AnswerContent { .none }

    public init() {}

    public func response() -> Response { Response(status: .noContent) }
}

/// JSON that was encoded before, for example in a cache.
public struct Encoded<Body: Codable & Sendable>: Answer {
    public static func content() throws -> AnswerContent { .json(try Shape.of(Body.self)) }

    private let bytes: [UInt8]

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    public func response() -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes))
        )
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

    public func response() -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/csv; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: lines.joined(separator: "\n") + "\n"))
        )
    }
}
