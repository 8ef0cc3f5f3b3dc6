import Commands
import Foundation
import HTTPTypes
import Hummingbird

/// The API's document as a readable page: one self-contained HTML file, without scripts and without external resources.
enum ReferencePage {
    static func make(_ document: JSONValue) -> String {
        var groups: [String: [(path: String, method: String, operation: JSONValue)]] = [:]
        for (path, operations) in document["paths"]?.members ?? [:] {
            for (method, operation) in operations.members ?? [:] {
                let service = operation["tags"]?.elements?.first?.text ?? "api"
                groups[service, default: []].append((path, method.uppercased(), operation))
            }
        }
        let sections = groups.sorted { $0.key < $1.key }.map { service, routes in
            let sorted = routes.sorted { ($0.path, $0.method) < ($1.path, $1.method) }
            return "<h2 id=\"\(escaped(service))\">\(escaped(service))</h2>"
                + sorted.map { route($0.path, $0.method, $0.operation, document) }.joined()
        }
        let contents = groups.keys.sorted().map { "<a href=\"#\(escaped($0))\">\(escaped($0))</a>" }
        return """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>dCMMS API</title>
            <meta name="viewport" content="width=device-width, initial-scale=1"><style>\(style)</style></head><body>
            <h1>dCMMS API</h1><p>Every request but the open ones carries <code>Authorization: Bearer</code> with an access token.
            Refusals are problem documents (RFC 9457); <code>errors</code> names each wrong field.
            For programs: <a href="/openapi.json">/openapi.json</a>.</p>
            <nav>\(contents.joined(separator: " "))</nav>\(sections.joined())</body></html>
            """
    }

    /// The page runs and loads nothing. The policy enforces this in the browser.
    static func response(_ page: String) -> Response {
        var headers: HTTPFields = [.contentType: "text/html; charset=utf-8"]
        headers[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: page)))
    }

    private static func route(_ path: String, _ method: String, _ operation: JSONValue, _ document: JSONValue) -> String
    {
        let needed =
            [operation["x-permission"]].compactMap { $0?.text }
            + (operation["x-one-of-permissions"]?.elements ?? []).compactMap(\.text)
        let permission =
            needed.isEmpty
            ? "" : "<p>Needs " + needed.map { "<code>\(escaped($0))</code>" }.joined(separator: " or ") + ".</p>"
        let isOpen = operation["security"] == [] ? "<p>Open: no token is needed.</p>" : ""
        var parts = ""
        if let parameters = operation["parameters"]?.elements, !parameters.isEmpty {
            let rows = parameters.map { parameter in
                row(
                    parameter["name"]?.text ?? "",
                    parameter["schema"] ?? [:],
                    isRequired: parameter["required"] == true,
                    (parameter["in"]?.text ?? "") + (parameter["description"]?.text.map { ": \($0)" } ?? "")
                )
            }
            parts += table("Parameters", rows)
        }
        if let body = schema(of: operation["requestBody"]) { parts += table("Body", rows(of: body, document)) }
        for (status, answer) in (operation["responses"]?.members ?? [:]).sorted(by: { $0.key < $1.key }) {
            let description = answer["description"]?.text ?? ""
            parts += "<p><b>\(escaped(status))</b> \(escaped(description))</p>"
            if status.hasPrefix("2"), let body = schema(of: answer) {
                parts += table("Answer", rows(of: body, document))
            }
        }
        return """
            <details><summary><b class="\(escaped(method.lowercased()))">\(escaped(method))</b> <code>\(escaped(path))</code>
            \(escaped(operation["summary"]?.text ?? ""))</summary>\(permission)\(isOpen)\(parts)</details>
            """
    }

    private static func schema(of content: JSONValue?) -> JSONValue? {
        content?["content"]?["application/json"]?["schema"]
    }

    private static func table(_ title: String, _ rows: [String]) -> String {
        rows.isEmpty ? "" : "<h4>\(title)</h4><table>\(rows.joined())</table>"
    }

    private static func rows(of schema: JSONValue, _ document: JSONValue) -> [String] {
        let schema = resolved(schema, document)
        let required = Set((schema["required"]?.elements ?? []).compactMap(\.text))
        return (schema["properties"]?.members ?? [:]).sorted { $0.key < $1.key }.map { name, field in
            row(name, field, isRequired: required.contains(name), field["description"]?.text ?? "")
        }
    }

    private static func resolved(_ schema: JSONValue, _ document: JSONValue) -> JSONValue {
        guard let name = schema["$ref"]?.text?.split(separator: "/").last else { return schema }
        return document["components"]?["schemas"]?[String(name)] ?? schema
    }

    private static func row(_ name: String, _ schema: JSONValue, isRequired: Bool, _ meaning: String) -> String {
        "<tr><td><code>\(escaped(name))</code>\(isRequired ? "" : " <i>optional</i>")</td>"
            + "<td>\(escaped(type(of: schema)))</td><td>\(escaped(meaning))</td></tr>"
    }

    /// `string, 1 to 200 characters`
    private static func type(of schema: JSONValue) -> String {
        if let name = schema["$ref"]?.text?.split(separator: "/").last { return String(name) }
        if let choices = schema["anyOf"]?.elements { return choices.map(type(of:)).joined(separator: " or ") }
        if let words = schema["enum"]?.elements {
            return words.map { $0.text ?? "null" }.joined(separator: ", ")
        }
        if let items = schema["items"] { return "list of \(type(of: items))" }
        let kinds = schema["type"].map { $0.elements ?? [$0] } ?? []
        var text = kinds.map { $0.text ?? "" }.joined(separator: " or ")
        if let format = schema["format"]?.text { text += ", \(format)" }
        func limit(_ minimum: String, _ maximum: String, _ unit: String) {
            switch (schema[minimum]?.text(), schema[maximum]?.text()) {
            case (let low?, let high?): text += ", \(low) to \(high)\(unit)"
            case (let low?, nil): text += ", at least \(low)\(unit)"
            case (nil, let high?): text += ", at most \(high)\(unit)"
            case (nil, nil): break
            }
        }
        limit("minLength", "maxLength", " characters")
        limit("minimum", "maximum", "")
        return text.isEmpty ? "any JSON" : text
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    private static let style = """
        body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2733;background:#fff}
        code{font:.92em ui-monospace,monospace}h1,h2{line-height:1.2}h2{margin-top:2.5rem}h4{margin:1rem 0 .25rem}
        nav a{margin-right:1rem}a{color:#0b5cad}details{border:1px solid #d5dde5;border-radius:6px;margin:.5rem 0;padding:.5rem .75rem}
        summary{cursor:pointer}summary b{display:inline-block;min-width:4.2rem}
        .get{color:#0a6b3d}.post{color:#0b5cad}.patch{color:#8a5a00}.delete{color:#b3261e}
        table{border-collapse:collapse;width:100%}td{border-top:1px solid #e6ebf0;padding:.3rem .5rem .3rem 0;vertical-align:top}
        td:first-child{white-space:nowrap}i{color:#5b6b7a}
        @media (prefers-color-scheme:dark){body{background:#14191f;color:#dfe6ee}a,.post{color:#7db8f0}.get{color:#6fcf97}
        .patch{color:#e0b050}.delete{color:#f08a80}details,td{border-color:#33404d}i{color:#97a6b5}}
        """
}
