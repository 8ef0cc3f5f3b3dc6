import AsyncHTTPClient
import Foundation
import LocalServers
import NIOCore
import NIOHTTP1
import TestSupport

/// A broker with a schema registry, which the test can kill and start again.
final class RegistryProcess {
    let folder = FileManager.default.temporaryDirectory.appending(path: "dcmms-registry-\(UUID().uuidString)")
    private let registryPort: Int
    private let options: [String]
    private var server: BrokerServer

    init(_ options: [String] = []) async throws {
        registryPort = try Port.free()
        self.options = options
        server = try await BrokerServer.start(in: folder, registryPort: registryPort, options: options)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    var bootstrap: String { server.bootstrap }
    var process: ServerProcess { server.process }
    var url: String { "http://127.0.0.1:\(registryPort)" }
    var asker: Asker { Asker(url: url) }

    func killAndRestart() async throws {
        await server.process.kill()
        for port in [server.port, registryPort] {
            try await eventually("the killed broker's port") { try? Port.require(port, for: "broker") }
        }
        server = try await BrokerServer.start(
            in: folder,
            port: server.port,
            registryPort: registryPort,
            options: options
        )
        // The client may still hold a connection to the broker that was killed.
        _ = try await eventually("an answer of the new broker") { try? await asker.send(.GET, "/subjects") }
    }

    func kill() async { await server.process.kill() }

    /// The records of `_schemas`, as another client sees them: `key value`.
    func records() async throws -> [String] {
        try await kcat(["-b", bootstrap, "-C", "-t", "_schemas", "-e", "-q", "-Z", "-f", "%k %s\\n"])
            .split(separator: "\n").map(String.init)
    }
}

/// Sends requests to a registry without a client library, which could hide problems.
struct Asker: Sendable {
    let url: String
    var patience = TimeAmount.seconds(30)

    struct Answer {
        var status: Int
        var text: String
        var json: Any? { try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed) }
        var fields: [String: Any] { json as? [String: Any] ?? [:] }
        var id: Int? { fields["id"] as? Int }
        var code: Int? { fields["error_code"] as? Int }
        var message: String { fields["message"] as? String ?? "" }
    }

    func send(
        _ method: HTTPMethod,
        _ path: String,
        text: String,
        type: String = "application/vnd.schemaregistry.v1+json"
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        request.headers.add(name: "Content-Type", value: type)
        if !text.isEmpty { request.body = .bytes(ByteBuffer(string: text)) }
        let response = try await HTTPClient.shared.execute(request, timeout: patience)
        let body = try await response.body.collect(upTo: 4 << 20)
        return Answer(status: Int(response.status.code), text: String(buffer: body))
    }

    func send(_ method: HTTPMethod, _ path: String, _ body: [String: Any]? = nil) async throws -> Answer {
        let json = try body.map { try JSONSerialization.data(withJSONObject: $0) } ?? Data()
        return try await send(method, path, text: String(decoding: json, as: UTF8.self))
    }

    func register(_ subject: String, _ schema: String, _ more: [String: Any] = [:]) async throws -> Answer {
        try await send(.POST, "/subjects/\(subject)/versions", ["schema": schema].merging(more) { $1 })
    }
}

/// A record with this many fields of type int, all with a default: each number has one field more than the number before.
func schema(_ name: String, fields: Int = 1) -> String {
    let list = (0..<fields).map { #"{"name":"f\#($0)","type":"int","default":0}"# }.joined(separator: ",")
    return #"{"type":"record","name":"\#(name)","fields":[\#(list)]}"#
}
