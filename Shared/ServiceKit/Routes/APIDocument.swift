import Access
public import Commands
import HTTPTypes

/// The OpenAPI 3.1 document of a list of routes.
public enum APIDocument {
    /// Makes the document that a daemon serves at `/openapi.json`.
    public static func make(_ title: String, _ routes: [Route]) throws -> JSONValue {
        var components: [String: JSONValue] = ["Problem": try problem()]
        var paths: [String: [String: JSONValue]] = [:]
        for route in routes {
            paths[route.fullPath, default: [:]][route.method.rawValue.lowercased()] = route.operation(&components)
        }
        return [
            "openapi": "3.1.0",
            "info": ["title": .string(title), "version": "1"],
            "paths": .object(paths.mapValues { .object($0) }),
            "components": [
                "schemas": .object(components),
                "securitySchemes": ["token": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"]],
            ],
        ]
    }

    private static func problem() throws -> JSONValue {
        var components: [String: JSONValue] = [:]
        let shape = try Shape.of(Problem.Body.self)
        _ = shape.schema(isInput: false, &components)
        // Named after what it is, not after the type that carries it.
        guard let schema = components.values.first(where: { $0["properties"]?["requestId"] != nil }),
            case .object(var members) = schema, case .object(var properties)? = members["properties"]
        else { throw ShapeError.problem }
        let texts: JSONValue = ["type": ["object", "null"], "additionalProperties": ["type": "string"]]
        properties["errors"] = [
            "type": ["array", "null"],
            "items": [
                "type": "object", "required": ["field", "code", "message"],
                "properties": [
                    "field": ["type": "string"], "code": ["type": "string"], "message": ["type": "string"],
                    "parameters": texts,
                ],
            ],
        ]
        properties["parameters"] = texts
        members["properties"] = .object(properties)
        members["description"] =
            "An error (RFC 9457). Programs read `code`, of the whole and of each field in `errors`; `parameters` are the values that a text for a code needs, as texts. `detail` and `message` are texts for people, in English."
        return .object(members)
    }

    static let problemResponse: JSONValue = [
        "application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]
    ]

    /// What each status means, in every document.
    static func meaning(of status: Int) -> String {
        switch status {
        case 400: "A field is invalid; `errors` lists the invalid fields"
        case 401: "No valid token"
        case 403: "A permission is missing; `detail` names it"
        case 404: "Not found, or not visible to the caller"
        case 409: "The record's current state does not allow this"
        case 413: "The body is too large"
        case 422: "The Idempotency-Key was already used for another request"
        case 429: "Too many requests; Retry-After says when to try again"
        case 503: "Temporarily unavailable; Retry-After says when to try again"
        case 504: "The service did not answer in time"
        default: "Refused"
        }
    }
}

extension Route {
    /// Every status that a route may answer with, besides success.
    var refusals: [Int] {
        var statuses: Set<Int> = [503]
        // 403 also while the tenant is suspended.
        if access != .open { statuses.formUnion([401, 403]) }
        if !fields.isEmpty || !parameters.isEmpty { statuses.insert(400) }
        if !parameters.isEmpty { statuses.insert(404) }
        if takesBody { statuses.formUnion([400, 413]) }
        if isKeyed { statuses.formUnion([400, 422]) }
        for option in options {
            switch option {
            case .refuses(let further): statuses.formUnion(further.map(\.code))
            case .versioned: statuses.formUnion([400, 409])
            case .mayRequire: statuses.insert(403)
            case .atRoot, .readsOnly, .givesSecret, .sensitive, .words, .number, .stepUp, .form, .forBrowsers,
                .openQuery,
                .notForwarded:
                break
            }
        }
        return statuses.sorted()
    }

    /// `createWorkOrder` for `Create a work order`.
    var operationID: String {
        let words = summary.split(whereSeparator: { !$0.isLetter && !$0.isNumber }).map { $0.lowercased() }
            .filter { !["a", "an", "the", "of"].contains($0) }
        return (words.first ?? "") + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    fileprivate func operation(_ components: inout [String: JSONValue]) -> JSONValue {
        var operation: [String: JSONValue] = [
            "summary": .string(summary), "operationId": .string(operationID),
            "responses": responses(&components),
        ]
        switch access {
        case .open: operation["security"] = []
        case .anyone: operation["security"] = [["token": []]]
        case .requires(let permission):
            operation["security"] = [["token": []]]
            operation["x-permission"] = .string(permission.rawValue)
            operation["description"] = .string("Needs the permission `\(permission.rawValue)`.")
        case .requiresOne(let permissions):
            operation["security"] = [["token": []]]
            operation["x-one-of-permissions"] = .array(permissions.map { .string($0.rawValue) })
            let names = permissions.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            operation["description"] = .string("Needs one of the permissions \(names): what is changed says which.")
        }
        let further = options.compactMap { option -> JSONValue? in
            if case .mayRequire(let permission) = option { .string(permission.rawValue) } else { nil }
        }
        if let stepUp {
            operation["x-step-up-seconds"] = .number("\(stepUp.components.seconds)")
        }
        if !further.isEmpty { operation["x-further-permissions"] = .array(further) }
        let parameters = pathParameters + headerParameters + (takesBody ? [] : queryParameters(&components))
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if takesBytes {
            let bytes: JSONValue = ["type": "string", "format": "binary"]
            operation["requestBody"] = [
                "required": true, "content": ["application/octet-stream": ["schema": bytes]],
            ]
        }
        if takesBody, !fields.isEmpty {
            operation["requestBody"] = [
                "required": .bool(!acceptsNothing),
                "content": [
                    isForm ? "application/x-www-form-urlencoded" : "application/json": [
                        "schema": input.schema(isInput: true, &components),
                        "example": input.example(onlyRequired: false),
                    ]
                ],
            ]
        }
        if options.contains(where: { if case .notForwarded = $0 { true } else { false } }) {
            operation["x-not-forwarded"] = true
        }
        return .object(operation)
    }

    private func responses(_ components: inout [String: JSONValue]) -> JSONValue {
        var success: [String: JSONValue] = ["description": .string(status == .created ? "Created" : "Done")]
        if let content = answer.document(&components) { success["content"] = content }
        var responses: [String: JSONValue] = ["\(status.code)": .object(success)]
        for status in refusals {
            responses["\(status)"] = [
                "description": .string(APIDocument.meaning(of: status)), "content": APIDocument.problemResponse,
            ]
        }
        if options.contains(where: { if case .forBrowsers = $0 { true } else { false } }) {
            for status in refusals {
                guard case .object(var response)? = responses["\(status)"] else { continue }
                let page: JSONValue = ["text/html": ["schema": ["type": "string"]]]
                response["content"] = page.merged(with: APIDocument.problemResponse)
                responses["\(status)"] = .object(response)
            }
            responses["303"] = ["description": "`Location` leads the browser on"]
        }
        return .object(responses)
    }

    private var pathParameters: [JSONValue] {
        parameters.map { name in
            var schema: JSONValue = ["type": "string", "format": "uuid"]
            for case .number(name) in options { schema = ["type": "integer", "minimum": 1] }
            for case .words(name, let words) in options {
                schema = ["type": "string", "enum": .array(words.map(JSONValue.string))]
            }
            return ["name": .string(name), "in": "path", "required": true, "schema": schema]
        }
    }

    private var headerParameters: [JSONValue] {
        var headers: [JSONValue] = []
        if options.contains(where: { if case .versioned = $0 { true } else { false } }) {
            headers.append([
                "name": "If-Match", "in": "header",
                "description":
                    "The version that the client read last, in quotes, such as \"3\"; 409 if the record has another version now",
                "schema": ["type": "string", "pattern": "^\"[0-9]{1,18}\"$"],
            ])
        }
        if isKeyed {
            headers.append([
                "name": "Idempotency-Key", "in": "header",
                "description": """
                A key that the client chooses. If the same request comes again with the same key within 24 hours, it changes \
                nothing and gets the first response again
                """,
                "schema": ["type": "string", "pattern": "^[!-~]{1,255}$"],
            ])
        }
        return headers
    }

    private func queryParameters(_ components: inout [String: JSONValue]) -> [JSONValue] {
        fields.map { field in
            // A query has no null: a parameter is given or missing.
            var field = field
            field.isNullable = false
            var parameter: [String: JSONValue] = ["name": .string(field.name), "in": "query"]
            parameter["required"] = .bool(field.isRequired)
            if let summary = field.summary { parameter["description"] = .string(summary) }
            field.summary = nil
            parameter["schema"] = field.schema(isInput: true, &components)
            return .object(parameter)
        }
    }
}

extension AnswerContent {
    fileprivate func document(_ components: inout [String: JSONValue]) -> JSONValue? {
        switch self {
        case .json(let shape): return ["application/json": ["schema": shape.schema(isInput: false, &components)]]
        case .text(let type): return .object([type: ["schema": ["type": "string"]]])
        case .either(let contents):
            var schemas: [JSONValue] = []
            var types: [String: JSONValue] = [:]
            for content in contents {
                switch content {
                case .json(let shape): schemas.append(shape.schema(isInput: false, &components))
                case .text(let type): types[type] = ["schema": ["type": "string"]]
                case .either, .none: break
                }
            }
            if !schemas.isEmpty { types["application/json"] = ["schema": ["anyOf": .array(schemas)]] }
            return .object(types)
        case .none: return nil
        }
    }
}

extension ShapeError {
    fileprivate static var problem: ShapeError { ShapeError("a problem document has no shape") }
}

extension JSONValue {
    fileprivate func merged(with other: JSONValue) -> JSONValue {
        .object((members ?? [:]).merging(other.members ?? [:]) { $1 })
    }
}
