import AsyncHTTPClient
import EventSchema
import Foundation
import NIOCore
import NIOHTTP1

/// An id of ours that a registry gave to another schema, or a schema of ours that has another id there.
struct SchemaConflict: Error, CustomStringConvertible {
    let description: String
}

/// What the fleet says to a schema registry: Confluent's interface (its public API reference), as of version 5.5.
struct SchemaRegistryClient: Sendable {
    /// A refused connection fails at once; the caller tries again later. Lives as long as the process.
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private let base: String
    private let authorization: String?

    /// - Parameter url: Its base URL, with `user:password@` where the registry requires authentication.
    init(url: String) {
        var parts = URLComponents(string: url)
        if let user = parts?.user, let password = parts?.password {
            authorization = "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
        } else {
            authorization = nil
        }
        parts?.user = nil
        parts?.password = nil
        let base = parts?.string ?? url
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
    }

    private struct Schema: Codable {
        var schema: String
        var subject: String?
        var id: Int32?
        var version: Int?
    }

    private struct Problem: Decodable {
        var code: Int?
        var message: String?

        enum CodingKeys: String, CodingKey {
            case code = "error_code"
            case message
        }
    }

    private struct Refusal: Error, CustomStringConvertible {
        let request: String
        let status: UInt
        let code: Int?
        let message: String?
        var description: String { "\(request): \(status) \(code ?? 0) \(message ?? "")" }
        /// 40401 to 40403: subject, version or schema not found.
        var isUnknown: Bool { (40401...40403).contains(code ?? 0) }
    }

    /// The entries that are missing or wrong there: one request instead of one for each.
    ///
    /// All entries if the registry has no such list (it came after version 5.5).
    func missing(_ entries: [SchemaCatalog.Entry]) async throws -> [SchemaCatalog.Entry] {
        let list: [Schema]
        do {
            list = try await ask(.GET, "/schemas")
        } catch let refusal as Refusal where (400..<500).contains(refusal.status) {
            return entries
        }
        let known = Dictionary(grouping: list, by: \.id)
        return try entries.filter { entry in
            let text = try Self.canonical(String(decoding: entry.text, as: UTF8.self))
            return try known[entry.id]?.contains {
                try $0.subject == entry.subject && $0.version == entry.version && Self.canonical($0.schema) == text
            } != true
        }
    }

    /// Makes sure that a schema is there under its own id, as that version of its subject.
    ///
    /// Others may do the same at the same time: what is there is not written again, and a step that
    /// another one has undone fails and is tried again later.
    ///
    /// - Throws: ``SchemaConflict`` when the id is another schema's; other errors when the registry is away or refuses.
    func register(_ entry: SchemaCatalog.Entry) async throws {
        let subject = entry.subject
        let path = "/subjects/" + (subject.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? subject)
        let text = String(decoding: entry.text, as: UTF8.self)
        let mode = "/mode" + path.dropFirst("/subjects".count) + "?force=true"
        if let known: Schema = try await found({ try await ask(.POST, path, Schema(schema: text)) }) {
            guard known.id == entry.id else {
                throw SchemaConflict(
                    description:
                        "subject \(subject) has the schema of \(entry.name) with id \(known.id ?? 0), not \(entry.id)"
                )
            }
            return
        }
        if let other: Schema = try await found({ try await ask(.GET, "/schemas/ids/\(entry.id)") }),
            try Self.canonical(other.schema) != Self.canonical(text)
        {
            throw SchemaConflict(
                description:
                    "id \(entry.id) of \(entry.name) (subject \(subject)) belongs to another schema in the registry"
            )
        }
        let _: [String: String] = try await ask(.PUT, mode, ["mode": "IMPORT"])
        let registration = Schema(schema: text, id: entry.id, version: entry.version)
        let outcome: Result<[String: Int32], any Error>
        do {
            outcome = .success(try await ask(.POST, path + "/versions", registration))
        } catch {
            outcome = .failure(error)
        }
        // Also after a failure: a subject that stays open for imports would refuse everybody else.
        let _: [String: String] = try await ask(.PUT, mode, ["mode": "READWRITE"])
        _ = try outcome.get()
        let config = "/config" + path.dropFirst("/subjects".count)
        let _: [String: String] = try await ask(.PUT, config, ["compatibility": "BACKWARD"])
    }

    /// - Returns: nil when the registry does not know it.
    private func found<Answer>(_ ask: () async throws -> Answer) async throws -> Answer? {
        do {
            return try await ask()
        } catch let refusal as Refusal where refusal.isUnknown {
            return nil
        }
    }

    private func ask<Answer: Decodable>(_ method: HTTPMethod, _ path: String) async throws -> Answer {
        try await send(method, path, nil)
    }

    private func ask<Answer: Decodable>(
        _ method: HTTPMethod,
        _ path: String,
        _ body: some Encodable
    ) async throws -> Answer {
        try await send(method, path, try JSONEncoder().encode(body))
    }

    private func send<Answer: Decodable>(_ method: HTTPMethod, _ path: String, _ body: Data?) async throws -> Answer {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        request.headers.add(name: "accept", value: "application/vnd.schemaregistry.v1+json")
        if let authorization { request.headers.add(name: "authorization", value: authorization) }
        if let body {
            request.headers.add(name: "content-type", value: "application/vnd.schemaregistry.v1+json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let response = try await Self.http.execute(request, timeout: .seconds(10))
        let answer = Data(try await response.body.collect(upTo: 8 << 20).readableBytesView)
        guard response.status == .ok else {
            let problem = try? JSONDecoder().decode(Problem.self, from: answer)
            throw Refusal(
                request: "\(method) \(path)",
                status: response.status.code,
                code: problem?.code,
                message: problem?.message
            )
        }
        return try JSONDecoder().decode(Answer.self, from: answer)
    }

    /// The same text for schemas that differ in white space and in the order of attributes only.
    private static func canonical(_ schema: String) throws -> Data {
        let json = try JSONSerialization.jsonObject(with: Data(schema.utf8), options: .fragmentsAllowed)
        return try JSONSerialization.data(withJSONObject: json, options: [.sortedKeys, .fragmentsAllowed])
    }
}
