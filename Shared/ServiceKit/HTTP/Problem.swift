public import Commands
import Foundation
import HTTPTypes
public import Hummingbird

/// A refusal in the form of RFC 9457, with the members that our clients read: `code` and `parameters`, `error`, `errors` by field,
/// `allowedTransitions`, for a refusal for want of a permission `permission`, `condition` and `granted`, and `challenge` of a login that has
/// another step.
///
/// Each code has a text in every language, as `problems.<code>` in `Shared/Localization`: `deploy/web/check.py` finds the codes by these initializers, which
/// take literals only.
public struct Problem: Error, Sendable {
    public typealias FieldError = Commands.FieldError

    public var status: HTTPResponse.Status
    /// A stable name for programs, for example `stale_version`.
    public var code: String
    /// The values that its text needs in any language: numbers in plain digits, several words with `, ` between them.
    public var parameters: [String: String]
    /// For a person who reads English.
    public var detail: String
    public var errors: [FieldError]
    public var allowedTransitions: [String]?
    /// The record's present version, for a conflict.
    public var currentVersion: Int64?
    /// Seconds after which the request may be tried again.
    public var retryAfter: Int?
    /// The methods that the path allows, for 405.
    public var allow: String?
    /// What the client sends back with the next step of a login that has several.
    public var challenge: String?
    /// How that step can be done: `totp`, `webauthn`, `recovery_code`.
    public var methods: [String]?
    /// `WWW-Authenticate`, if it says more than the scheme.
    public var authenticate: String?
    /// The permission that is missing or too narrow, for 403.
    public var permission: String?
    /// The condition of a grant that the request does not meet.
    public var condition: String?
    /// How far the caller's grants of the permission reach.
    public var granted: [String]?

    public init(
        _ status: HTTPResponse.Status,
        _ code: StaticString,
        _ detail: String,
        _ parameters: [String: String] = [:],
        errors: [FieldError] = [],
        allowedTransitions: [String]? = nil,
        currentVersion: Int64? = nil,
        retryAfter: Int? = nil
    ) {
        self.status = status
        self.code = "\(code)"
        self.parameters = parameters
        self.detail = detail
        self.errors = errors
        self.allowedTransitions = allowedTransitions
        self.currentVersion = currentVersion
        self.retryAfter = retryAfter
    }

    /// What another daemon of the fleet has answered.
    public init(
        passingOn code: String,
        _ detail: String,
        _ parameters: [String: String] = [:],
        status: HTTPResponse.Status,
        retryAfter: Int? = nil
    ) {
        self.init(status, "refused", detail, parameters, retryAfter: retryAfter)
        self.code = code
    }

    /// One field is wrong.
    ///
    /// - Parameter code: A code for several rules, each of which has its own in `errors`.
    public static func field(_ field: String, _ rule: FieldRule, problem code: StaticString? = nil) -> Problem {
        let text = "\(field): \(rule.message)"
        var problem = Problem(.badRequest, "invalid_field", text, rule.parameters, errors: [FieldError(field, rule)])
        if rule.namesProblem { problem.code = rule.code }
        if let code { problem.code = "\(code)" }
        return problem
    }

    /// The refusal as what is wrong with one field among others, such as a line of a table.
    public var rule: FieldRule { FieldRule(passingOn: code, detail, parameters) }

    /// Nothing is at the path.
    public static let noRoute = Problem(.notFound, "no_route", "there is nothing at this path")

    /// No record with that id, or none that the caller may see.
    public static func notFound(_ what: String) -> Problem {
        Problem(.notFound, "not_found", "there is no such \(what)")
    }
}

/// An error that can be turned into a response to the client.
public protocol ProblemConvertible: Error {
    var problem: Problem { get }
}

/// An error that may pass by itself, such as a store's. Until then the client is asked to try again (503), not told that something
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
        var parameters: [String: String]?
        var error: String
        var requestId: String?
        var errors: [FieldError]?
        var allowedTransitions: [String]?
        var currentVersion: Int64?
        var challenge: String?
        var methods: [String]?
        var permission: String?
        var condition: String?
        var granted: [String]?
    }

    /// The response that a client sees.
    func response(requestID: String?) throws -> Response {
        var headers: HTTPFields = [.contentType: "application/problem+json"]
        if status == .unauthorized { headers[.wwwAuthenticate] = authenticate ?? "Bearer" }
        if let retryAfter { headers[.retryAfter] = "\(retryAfter)" }
        headers[.allow] = allow
        return Response(status: status, headers: headers, body: .init(byteBuffer: try json(requestID: requestID)))
    }

    /// The document as JSON, for an answer that takes another way than HTTP.
    ///
    /// - Throws: `EncodingError`.
    public func document() throws -> String { String(buffer: try json(requestID: nil)) }

    /// The body of that response.
    func json(requestID: String?) throws -> ByteBuffer {
        let body = Body(
            title: status.reasonPhrase,
            status: status.code,
            detail: detail,
            code: code,
            parameters: parameters.isEmpty ? nil : parameters,
            error: detail,
            requestId: requestID,
            errors: errors.isEmpty ? nil : errors,
            allowedTransitions: allowedTransitions,
            currentVersion: currentVersion,
            challenge: challenge,
            methods: methods,
            permission: permission,
            condition: condition,
            granted: granted
        )
        return ByteBuffer(bytes: try JSONWriter.write(body))
    }
}
