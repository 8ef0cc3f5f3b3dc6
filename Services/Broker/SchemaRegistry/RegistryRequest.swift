import Foundation
import NIOCore
import NIOHTTP1

/// A request, split into the parts of its path and its query.
struct RegistryRequest {
    let method: HTTPMethod
    /// Each part is decoded: a subject can contain a slash.
    let path: [String]
    private let query: [String: String]
    private let body: ByteBuffer
    private let contentType: String

    /// The types that Confluent's registry accepts. A web page can send only other types without asking first (CORS).
    private static let types = [
        "application/vnd.schemaregistry.v1+json", "application/vnd.schemaregistry+json", "application/json",
        "application/octet-stream",
    ]

    init(_ request: HTTPServer.Request) {
        method = request.method
        let parts = request.uri.split(separator: "?", maxSplits: 1)
        path = (parts.first ?? "").split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        let items = URLComponents(string: "?" + (parts.count > 1 ? parts[1] : ""))?.queryItems ?? []
        query = Dictionary(items.map { ($0.name, $0.value ?? "") }) { $1 }
        body = request.body
        contentType = String((request.contentType ?? "").prefix { $0 != ";" }).lowercased()
    }

    func flag(_ name: String) -> Bool { query[name]?.lowercased() == "true" }

    func text(_ name: String) -> String? { query[name] }

    func decode<Body: Decodable>(_: Body.Type) throws(RegistryError) -> Body {
        guard Self.types.contains(contentType) else {
            throw RegistryError(code: 415, message: "HTTP 415 Unsupported Media Type: \(Self.types[0]) is expected")
        }
        do {
            return try JSONDecoder().decode(Body.self, from: Data(body.readableBytesView))
        } catch let DecodingError.keyNotFound(key, _) {
            throw RegistryError(code: 422, message: "the body's \(key.stringValue) is missing")
        } catch {
            throw RegistryError(code: 400, message: "the body is not the JSON object that is expected here")
        }
    }

    /// The subject at that place of the path.
    func subject(_ place: Int) throws(RegistryError) -> String {
        let subject = path[place]
        let isPlain = subject.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard isPlain, !subject.isEmpty else { throw .invalidSubject(subject) }
        return subject
    }
}

/// A handler's answer, and the records that must be in the log before it is sent.
struct RegistryAnswer {
    var json: Data
    var records: [SchemaRecord] = []

    init(_ value: some Encodable, records: [SchemaRecord] = []) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        json = try encoder.encode(value)
        self.records = records
    }

    /// A schema's text, unchanged.
    init(text: String) {
        json = Data(text.utf8)
    }
}
