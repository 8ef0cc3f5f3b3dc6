import Foundation
public import HTTPTypes
import Hummingbird
public import HummingbirdTesting
public import Identifiers
import NIOCore
public import ServiceKit

/// Sends requests to the real router of a daemon, as a user with a token.
public struct ServiceClient: Sendable {
    public let http: any TestClientProtocol
    public let authority: TestAuthority
    /// The routes of the daemon.
    public let routes: [Route]
    /// If empty, no token is sent.
    public var token: String

    /// The same client for another user.
    public func acting(as user: UserID, of tenant: TenantID, roles: [String] = ["all"]) async throws -> ServiceClient {
        ServiceClient(
            http: http,
            authority: authority,
            routes: routes,
            token: try await authority.token(user, of: tenant, roles: roles)
        )
    }

    /// Sends a request with an optional JSON body.
    public func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: [String: Any]? = nil,
        headers: HTTPFields = [:]
    ) async throws -> ServiceAnswer {
        let text = try body.map {
            String(decoding: try JSONSerialization.data(withJSONObject: $0, options: .sortedKeys), as: UTF8.self)
        }
        return try await send(method, path, text: text, headers: headers)
    }

    /// Sends a request with any text as its body.
    public func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        text: String?,
        headers: HTTPFields = [:]
    ) async throws -> ServiceAnswer {
        var headers = headers
        if !token.isEmpty { headers[.authorization] = "Bearer \(token)" }
        let buffer = text.map { ByteBuffer(string: $0) }
        if let buffer { headers[.contentLength] = "\(buffer.readableBytes)" }
        return try await http.execute(uri: path, method: method, headers: headers, body: buffer) {
            ServiceAnswer(status: $0.status, headers: $0.headers, text: String(buffer: $0.body))
        }
    }

    /// Reads all pages of a list.
    public func all(_ path: String, limit: Int) async throws -> [[String: Any]] {
        var items: [[String: Any]] = []
        var cursor: String? = ""
        while let after = cursor {
            let separator = path.contains("?") ? "&" : "?"
            let position = after.isEmpty ? "" : "&cursor=\(after)"
            let page = try await send(.get, "\(path)\(separator)limit=\(limit)\(position)")
            guard page.status == .ok, page.items.count <= limit else { throw UnexpectedAnswer(text: page.text) }
            items += page.items
            cursor = page["nextCursor"]
        }
        return items
    }
}

/// An answer that a test can't continue with.
public struct UnexpectedAnswer: Error {
    public var text: String

    public init(text: String) {
        self.text = text
    }
}

/// The answer of a daemon.
public struct ServiceAnswer: Sendable {
    public var status: HTTPResponse.Status
    public var headers: HTTPFields
    public var text: String

    public init(status: HTTPResponse.Status, headers: HTTPFields, text: String) {
        self.status = status
        self.headers = headers
        self.text = text
    }

    /// The body as a JSON object; empty if it is not one.
    public var object: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
    }

    /// A text member of the body.
    public subscript(field: String) -> String? { object[field] as? String }

    /// A number member of the body.
    public func number(_ field: String) -> Double? { (object[field] as? NSNumber)?.doubleValue }

    /// The items of a list.
    public var items: [[String: Any]] { object["items"] as? [[String: Any]] ?? [] }

    /// The fields that a problem names. One without the code of a rule, or with values that are not texts, does not count.
    public var wrongFields: [String] {
        (object["errors"] as? [[String: Any]] ?? []).compactMap { error in
            guard error["code"] is String, error["message"] is String else { return nil }
            guard error["parameters"].map({ $0 is [String: String] }) ?? true else { return nil }
            return error["field"] as? String
        }
    }

    /// The codes of the rules that fields break.
    public var brokenRules: [String] {
        (object["errors"] as? [[String: Any]] ?? []).compactMap { $0["code"] as? String }
    }

    /// The values for a text of the problem's code.
    public var parameters: [String: String] { object["parameters"] as? [String: String] ?? [:] }
}

extension Daemon {
    /// Runs a test against routes of this daemon on its real router, as Anna of Sunfield with the permissions of the role `all`.
    public func withRoutes(
        _ authority: TestAuthority,
        _ routes: [Route],
        answers: (any AnswerStore)? = nil,
        _ body: @escaping @Sendable (ServiceClient) async throws -> Void
    ) async throws {
        let application = Application(router: try router(routes, answers: answers), logger: logger)
        let token = try await authority.token(.anna, of: .sunfield, roles: ["all"])
        try await application.test(.router) {
            try await body(ServiceClient(http: $0, authority: authority, routes: routes, token: token))
        }
    }
}
