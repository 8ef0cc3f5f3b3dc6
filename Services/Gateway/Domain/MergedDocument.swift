import Commands

/// The API of the whole fleet as one OpenAPI document: the services' documents, and what the gateway adds to each answer.
enum MergedDocument {
    /// - Parameter documents: OpenAPI documents by service.
    static func make(_ documents: [String: JSONValue]) -> JSONValue {
        var paths: [String: JSONValue] = [:]
        var schemas: [String: JSONValue] = [:]
        for (service, document) in documents.sorted(by: { $0.key < $1.key }) {
            var renamed: [String: String] = [:]
            for (name, schema) in document["components"]?["schemas"]?.members ?? [:] {
                // Two services can use one name for two things.
                guard let other = schemas[name], other != schema else {
                    schemas[name] = schema
                    continue
                }
                renamed["#/components/schemas/\(name)"] = "#/components/schemas/\(service).\(name)"
                schemas["\(service).\(name)"] = schema.renaming(renamed)
            }
            for (path, operations) in document["paths"]?.members ?? [:] {
                let forwarded = (operations.members ?? [:]).filter { $1["x-not-forwarded"] != true }
                if forwarded.isEmpty { continue }
                let mine = forwarded.mapValues { $0.renaming(renamed).forwarded(service) }
                let others = paths[path]?.members ?? [:]
                paths[path] = .object(others.merging(mine) { $1 })
            }
        }
        // What the gateway answers itself.
        paths.merge(LiveDocument.paths) { $1 }
        schemas.merge(LiveDocument.schemas) { $1 }
        return [
            "openapi": "3.1.0",
            "info": ["title": "dCMMS", "version": "1"],
            "paths": .object(paths),
            "components": [
                "schemas": .object(schemas),
                "securitySchemes": ["token": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"]],
            ],
        ]
    }

    static func refusal(_ description: String) -> JSONValue {
        [
            "description": .string(description),
            "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]],
        ]
    }
}

extension JSONValue {
    fileprivate func renaming(_ names: [String: String]) -> JSONValue {
        guard !names.isEmpty else { return self }
        return switch self {
        case .string(let text): .string(names[text] ?? text)
        case .array(let elements): .array(elements.map { $0.renaming(names) })
        case .object(let members): .object(members.mapValues { $0.renaming(names) })
        case .null, .bool, .number: self
        }
    }

    /// An operation as it is seen through the gateway.
    fileprivate func forwarded(_ service: String) -> JSONValue {
        guard case .object(var operation) = self, case .object(var responses)? = operation["responses"] else {
            return self
        }
        if operation["requestBody"] != nil {
            responses["415"] = MergedDocument.refusal("The body is compressed, or not of a type that is read")
        }
        responses["429"] = MergedDocument.refusal(
            "Too many requests; Retry-After says when to try again. RateLimit-Remaining of every answer says what is left"
        )
        responses["503"] = MergedDocument.refusal(
            "The service is not reachable, or has too much to do: try again after Retry-After"
        )
        responses["504"] = MergedDocument.refusal("The service did not answer in time")
        operation["responses"] = .object(responses)
        operation["tags"] = [.string(service)]
        return .object(operation)
    }
}
