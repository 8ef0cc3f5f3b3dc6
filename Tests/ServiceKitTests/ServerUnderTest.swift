import Foundation
import Hummingbird
import LocalServers
import Logging
import NIOCore
import ServiceKit
import ServiceLifecycle
import Synchronization
import TestSupport

/// Runs the server that all daemons use, with the test's own routes.
func withServer(
    _ routes: (Router<DaemonContext>) -> Void,
    limits: ServerLimits = ServerLimits(),
    tls: ServerTLS? = nil,
    _ body: (Int) async throws -> Void
) async throws {
    let port = try Port.free()
    let daemon = Daemon.forTests("server", try await TestAuthority(roles: [:]), port: port)
    let server = daemon.server(try daemon.router([], further: routes), limits: limits, tls: tls)
    var services: [any Service] = [server]
    if let tls { services.append(tls) }
    let group = ServiceGroup(configuration: .init(services: services, logger: daemon.logger))
    async let running: Void = group.run()
    let result: Result<Void, any Error>
    do {
        _ = try await eventually("the server to listen") { Port.answers(port) ? true : nil }
        result = .success(try await body(port))
    } catch {
        result = .failure(error)
    }
    await group.triggerGracefulShutdown()
    try await running
    try result.get()
}

/// Lines that the handlers have recorded.
final class Notes: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }
    func note(_ line: String) { lines.withLock { $0.append(line) } }
}

/// The text of a request; `body` is appended unchanged.
func request(_ method: String, _ path: String, _ headers: [String] = [], _ body: String = "") -> String {
    ([["\(method) \(path) HTTP/1.1", "Host: case.example"], headers, ["", body]].flatMap { $0 }).joined(
        separator: "\r\n"
    )
}

extension RawSocket {
    /// Sends a text and returns everything that arrives until the connection is closed.
    func exchange(_ text: String) async throws -> String {
        send(text)
        return try await whole()
    }

    /// Everything that arrives until the connection is closed.
    func whole() async throws -> String {
        let (answer, isClosed) = try await onThread { self.rest(within: 60_000) }
        guard isClosed else { throw StillOpen(answer: answer) }
        return answer
    }

    /// The next bytes that arrive, as text.
    func next() async throws -> String {
        String(decoding: try await onThread { self.receive(within: 60_000) } ?? [], as: UTF8.self)
    }

    struct StillOpen: Error { var answer: String }
}
