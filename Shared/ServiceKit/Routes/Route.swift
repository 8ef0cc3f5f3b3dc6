public import Access
public import Commands
import Foundation
public import HTTPTypes
import Hummingbird
import Identifiers
import NIOCore

/// A route of a daemon, as data: its permission, its input, its output and its handler.
///
/// The check of the permission, the reading of the input, the API's document, the gateway's table and the tests of refusals all
/// come from here; no route exists outside a list of these.
///
/// ```swift
/// Route(.post, "/workorders", "Create a work order", .requires(.workOrderCreate), use: create)
/// ```
///
/// Its input and output are in the signature of its handler: `(Call<CreateWorkOrder>) async throws -> Created<…>`. A GET or
/// DELETE reads its input from the query, every other method from the body.
public struct Route: Sendable {
    public let method: HTTPRequest.Method
    /// Below `/api/v1`, unless it was made with ``Option/atRoot``: `/workorders/{id}/tasks/{task}`.
    public let path: String
    /// What it does, for the API's document: `Create a work order`.
    public let summary: String
    public let access: Access
    public let options: [Option]
    let input: Shape
    /// Whether a request may have no body.
    let acceptsNothing: Bool
    /// Whether its body is not JSON but bytes of any kind (``RawBody``).
    public let takesBytes: Bool
    let answer: AnswerContent
    let status: HTTPResponse.Status
    let run: @Sendable (Request, DaemonContext, (any AnswerStore)?) async throws -> Response

    /// Who may call it.
    public enum Access: Hashable, Sendable {
        /// Anybody, without a token.
        case open
        /// Everybody with a valid token.
        case anyone
        /// Everybody with the permission.
        case requires(Permission)
        /// Everybody with one of the permissions; the request says which it needs, and the handler asks for that.
        case requiresOne(of: [Permission])

        var permission: Permission? {
            if case .requires(let permission) = self { permission } else { nil }
        }

        /// Those of which the caller must have one; empty if none is needed.
        public var permissions: [Permission] {
            switch self {
            case .open, .anyone: []
            case .requires(let permission): [permission]
            case .requiresOne(let permissions): permissions
            }
        }
    }

    /// Further properties of a route.
    public enum Option: Sendable {
        /// The path is not below `/api/v1`.
        case atRoot
        /// It shows people's data or what they did: who reads it is recorded.
        case sensitive
        /// The answer has a secret, which must not be stored: the route takes no `Idempotency-Key`.
        case givesSecret
        /// A POST that changes nothing.
        case readsOnly
        /// Accepts `If-Match` with the version that the client saw.
        case versioned
        /// Some inputs need a further permission.
        case mayRequire(Permission)
        /// The person must have proved who they are within this time, with their second factor if they have one (RFC 9470). So a
        /// stolen token, or a screen that somebody left unlocked, is not enough.
        ///
        /// A machine's API key passes unless `onlyPeople` is true: nobody is there who could be asked.
        case stepUp(within: Duration, onlyPeople: Bool = false)
        /// A path parameter that is not a UUID but one of a list of words.
        case words(String, [String])
        /// A path parameter that is not a UUID but a whole number from 1.
        case number(String)
        /// Refusals besides those that follow from the route itself.
        case refuses([HTTPResponse.Status])
        /// Its body is a form (`application/x-www-form-urlencoded`), as browsers and OAuth clients send it.
        case form
        /// It answers with pages, and leads the browser on (303).
        case forBrowsers
        /// Its query comes from somebody else's server, which may add parameters: those that it does not know are ignored.
        case openQuery
        /// Only other daemons call it: the gateway does not forward it.
        case notForwarded
    }

    /// - Parameters:
    ///   - path: Parameters are in braces; they are UUIDs unless an option says otherwise.
    ///   - use: The handler.
    public init<Value: Input, Given: Answer>(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ summary: String,
        _ access: Access,
        _ options: Option...,
        use handle: @escaping @Sendable (Call<Value>) async throws -> Given
    ) throws {
        let reader = try InputReader<Value>()
        self.method = method
        self.path = path
        self.summary = summary
        self.access = access
        self.options = options
        input = reader.shape
        acceptsNothing = reader.acceptsNothing
        answer = try Given.content()
        status = Given.status
        let takesBytes = Value.self == RawBody.self
        precondition(!takesBytes || method == .put, "only PUT can come twice without a key")
        self.takesBytes = takesBytes
        let takesBody = Self.takesBody(method)
        let (isForm, isOpen) = (options.isForm, options.hasOpenQuery)
        let isKeyed = !takesBytes && Self.isKeyed(method, access, options)
        let secrets = reader.shape.secretFields
        run = { request, context, answers in
            if !access.permissions.isEmpty {
                let principal = try context.principal
                try principal.requireHours()
                try principal.authority.require(oneOf: access.permissions)
            }
            try Self.requireProof(context, options)
            let body = takesBody ? try await request.onlyBody(context) : nil
            let key =
                isKeyed
                ? try RequestKey.text(of: request.head).map {
                    try RequestKey($0, request.head, body: body, withoutFields: secrets, context.principal)
                } : nil
            do {
                if let key, let answer = try await answers?.answer(to: key) { throw AnsweredBefore(answer) }
                let input =
                    if let body, let raw = RawBody(body) as? Value {
                        raw
                    } else if let body {
                        try isForm ? reader.read(FormFields.read(body)) : reader.read(body)
                    } else {
                        try reader.read(FormFields.read(queryOf: request), ignoringUnknown: isOpen)
                    }
                let call = Call(
                    input: input,
                    request: request.head,
                    context: context,
                    key: key,
                    permission: access.permission
                )
                return try await handle(call).response()
            } catch let before as AnsweredBefore {
                return before.response
            } catch let refusal as any ProblemConvertible {
                // Its twin may have been faster: what is refused now is what that has changed.
                if let key, let answer = try? await answers?.answer(to: key) { return AnsweredBefore(answer).response }
                guard refusal.problem.code == Problem.tooNarrowCode else { throw refusal }
                throw try refusal.problem.naming(access.permissions, of: context.principal.authority)
            }
        }
    }

    /// Whether the route accepts `Idempotency-Key`: every one that changes something does, except open ones, whose answers are tokens, and
    /// those that give other secrets. They must not be stored.
    private static func isKeyed(_ method: HTTPRequest.Method, _ access: Access, _ options: [Option]) -> Bool {
        access != .open && isMutating(method, options)
            && !options.contains { if case .givesSecret = $0 { true } else { false } }
    }

    private static func requireProof(_ context: DaemonContext, _ options: [Option]) throws {
        for case .stepUp(let age, let onlyPeople) in options {
            let principal = try context.principal
            if onlyPeople, principal.proof == nil { throw Problem.onlyPeople }
            try principal.requireProof(within: age)
        }
    }

    /// How old the caller's proof of who they are can be; `nil` if that does not matter.
    public var stepUp: Duration? {
        for case .stepUp(let age, _) in options { return age }
        return nil
    }

    /// Whether it ignores parameters of its query that it does not know.
    public var hasOpenQuery: Bool { options.hasOpenQuery }

    /// Whether its body is a form.
    public var isForm: Bool { options.isForm }

    var isSensitive: Bool { options.contains { if case .sensitive = $0 { true } else { false } } }

    /// Whether it accepts `Idempotency-Key`.
    public var isKeyed: Bool { !takesBytes && Self.isKeyed(method, access, options) }

    static func takesBody(_ method: HTTPRequest.Method) -> Bool { method != .get && method != .delete }

    var takesBody: Bool { Self.takesBody(method) }

    /// The full path: `/api/v1/workorders/{id}`.
    public var fullPath: String {
        options.contains { if case .atRoot = $0 { true } else { false } } ? path : "/api/v1\(path)"
    }

    /// Whether it changes something.
    public var isMutating: Bool { Self.isMutating(method, options) }

    private static func isMutating(_ method: HTTPRequest.Method, _ options: [Option]) -> Bool {
        method != .get && !options.contains { if case .readsOnly = $0 { true } else { false } }
    }

    /// The names in braces, in their order.
    public var parameters: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }

    /// The names of its fields.
    public var fields: [ObjectShape.Field] {
        if case .object(let object) = input { object.fields } else { [] }
    }

    /// The smallest input that passes, for tests and for the API's document.
    public var example: JSONValue { input.example(onlyRequired: true) }
}

extension [Route.Option] {
    fileprivate var isForm: Bool { contains { if case .form = $0 { true } else { false } } }
    fileprivate var hasOpenQuery: Bool { contains { if case .openQuery = $0 { true } else { false } } }
}

extension Request {
    /// The body of a request that reads nothing from its query.
    fileprivate func onlyBody(_ context: DaemonContext) async throws -> ByteBuffer {
        if let name = uri.queryParameters.first?.key {
            throw InvalidInput(name.prefix(scalars: 64), .unknownParameter)
        }
        return try await wholeBody(upTo: context.maxUploadSize)
    }
}

extension InputReader {
    fileprivate func read(_ body: ByteBuffer) throws -> Value {
        guard body.readableBytes > 0 else {
            guard acceptsNothing else { throw Problem(.badRequest, "body_missing", "a JSON body is required") }
            return try read(.object([:]))
        }
        return try read(body.readableBytesView)
    }

    /// - Parameter fields: Names and values, each of them text. Only a list may come several times.
    fileprivate func read(_ fields: [(name: String, value: String)], ignoringUnknown: Bool = false) throws -> Value {
        guard case .object(let object) = shape else { return try read(.object([:])) }
        var members: [String: JSONValue] = [:]
        for (name, value) in fields {
            let text = value.normalizedNFC
            let field = object.fields.first { $0.name == name }
            if field == nil, ignoringUnknown { continue }
            if case .list(let element, _)? = field?.shape {
                // A list comes as its elements, each under the same name: `?status=open&status=scheduled`.
                let earlier = members[name]?.elements ?? []
                members[name] = .array(earlier + [element.value(ofQuery: text)])
                continue
            }
            guard members.updateValue(field?.shape.value(ofQuery: text) ?? .string(text), forKey: name) == nil else {
                throw InvalidInput(name.prefix(scalars: 64), .repeated)
            }
        }
        return try read(.object(members))
    }
}

extension Shape {
    /// A query parameter as the JSON that its field expects; text that can't be converted stays text, and the check refuses it.
    fileprivate func value(ofQuery text: String) -> JSONValue {
        switch self {
        case .whole: Int64(strict: text).map { .number("\($0)") } ?? .string(text)
        case .number:
            if case .number(let digits)? = try? JSONReader.read(text.utf8) { .number(digits) } else { .string(text) }
        case .truth: text == "true" ? true : text == "false" ? false : .string(text)
        default: .string(text)
        }
    }
}

extension JSONError: ProblemConvertible {
    public var problem: Problem { Problem(.badRequest, "body_malformed", description) }
}

extension InvalidInput: ProblemConvertible {
    public var problem: Problem {
        let text = errors.map { "\($0.field) \($0.message)" }.joined(separator: "; ")
        return Problem(.badRequest, "invalid_fields", text, errors: errors)
    }
}
