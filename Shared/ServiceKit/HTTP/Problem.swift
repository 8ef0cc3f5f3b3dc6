public import Commands
import Foundation
import HTTPTypes
public import Hummingbird

/// A refusal in the form of RFC 9457, with the members that our clients read: `code`, `error`, `errors` by field, and
/// `allowedTransitions`.
public struct Problem: Error, Sendable {
    public typealias FieldError = Commands.FieldError

    public var status: HTTPResponse.Status
    /// A stable name for programs, for example `stale_version`.
    public var code: String
    /// For a person.
    public var detail: String
    public var errors: [FieldError]
    public var allowedTransitions: [String]?
    /// The version of the record as it stands, for a conflict.
    public var currentVersion: Int64?
    /// Seconds after which the request may be tried again.
    public var retryAfter: Int?
    /// The methods that the path takes, for 405.
    public var allow: String?

    public init(
        _ status: HTTPResponse.Status,
        _ code: String,
        _ detail: String,
        errors: [FieldError] = [],
        allowedTransitions: [String]? = nil,
        currentVersion: Int64? = nil,
        retryAfter: Int? = nil
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors
        self.allowedTransitions = allowedTransitions
        self.currentVersion = currentVersion
        self.retryAfter = retryAfter
    }

    /// One field is wrong.
    public static func field(_ field: String, _ message: String, code: String = "invalid_field") -> Problem {
        Problem(.badRequest, code, "\(field): \(message)", errors: [FieldError(field: field, message: message)])
    }

    /// There is nothing at the path.
    public static let noRoute = Problem(.notFound, "no_route", "there is nothing at this path")

    /// There is nothing of that id, as far as the caller may know.
    public static func notFound(_ what: String) -> Problem {
        Problem(.notFound, "not_found", "there is no such \(what)")
    }
}

/// An error that knows how to tell a client.
public protocol ProblemConvertible: Error {
    var problem: Problem { get }
}

/// An error that may pass by itself, as a store's does. While it is so, the client is told to come again (503), not that something
/// broke (500).
public protocol PassingError: Error {
    /// Whether the same request may succeed later without any change.
    var isTransient: Bool { get }
}

extension Problem: ProblemConvertible {
    public var problem: Problem { self }
}

extension Problem {
    /// The members of the document.
    struct Body: Codable {
        var type = "about:blank"
        var title: String
        var status: Int
        var detail: String
        var code: String
        var error: String
        var requestId: String?
        var errors: [FieldError]?
        var allowedTransitions: [String]?
        var currentVersion: Int64?
    }

    /// The response that a client sees.
    func response(requestID: String?) throws -> Response {
        var headers: HTTPFields = [.contentType: "application/problem+json"]
        if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        if let retryAfter { headers[.retryAfter] = "\(retryAfter)" }
        headers[.allow] = allow
        return Response(status: status, headers: headers, body: .init(byteBuffer: try json(requestID: requestID)))
    }

    /// The body of that response.
    func json(requestID: String?) throws -> ByteBuffer {
        let body = Body(
            title: status.reasonPhrase,
            status: status.code,
            detail: detail,
            code: code,
            error: detail,
            requestId: requestID,
            errors: errors.isEmpty ? nil : errors,
            allowedTransitions: allowedTransitions,
            currentVersion: currentVersion
        )
        return ByteBuffer(bytes: try JSONEncoder.api.encode(body))
    }
}
