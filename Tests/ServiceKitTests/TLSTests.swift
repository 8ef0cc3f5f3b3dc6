import AsyncHTTPClient
import Foundation
import Hummingbird
import LocalServers
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import ServiceKit
import TestSupport
import Testing

/// TLS with HTTP/1.1 and HTTP/2, and a certificate that changes while the server runs.
@Suite struct TLSTests {
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func routes(_ router: Router<DaemonContext>) {
        router.get("/quick") { _, context in "quick from \(context.remoteAddress ?? "nobody")" }
        router.post("/body") { request, _ in "\(try await request.wholeBody(upTo: 100_000).readableBytes)" }
        router.post("/early") { _, _ in "early" }
    }

    @Test(arguments: [HTTPClient.Configuration.HTTPVersion.http1Only, .automatic])
    func clientsChooseTheirVersion(version: HTTPClient.Configuration.HTTPVersion) async throws {
        let files = try await Files("version-\(version == .automatic ? 2 : 1)")
        try await withServer(Self.routes, tls: try files.tls(quiet)) { port in
            try await withClient(trusting: files.authority, version) { client in
                let expected: HTTPVersion = version == .automatic ? .http2 : .http1_1
                let answer = try await client.ask("https://localhost:\(port)/quick")
                #expect(answer.version == expected)
                #expect(answer.text.hasPrefix("quick from "))
                #expect(answer.text != "quick from nobody")
                for body in [
                    HTTPClientRequest.Body.bytes(ByteBuffer(repeating: 7, count: 5000)),
                    .stream(AsyncStream.of([ByteBuffer(repeating: 7, count: 5000)]), length: .unknown),
                ] {
                    #expect(try await client.ask("https://localhost:\(port)/body", body).text == "5000")
                }
                #expect(try await client.ask("https://localhost:\(port)/body", .bytes(ByteBuffer())).text == "0")
                // Bodies that nobody reads, one after the other and at the same time.
                let large = HTTPClientRequest.Body.bytes(ByteBuffer(repeating: 7, count: 200_000))
                try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<10 {
                        group.addTask {
                            let answer = try? await client.ask("https://localhost:\(port)/early", large)
                            return answer?.text ?? "early"
                        }
                    }
                    for try await text in group { #expect(text == "early") }
                }
                #expect(try await client.ask("https://localhost:\(port)/quick").status == .ok)
            }
        }
    }

    @Test func aNewCertificateIsUsedForNewConnectionsAndDisturbsNoOther() async throws {
        let (old, new) = (try await Files("old"), try await Files("new"))
        let tls = try old.tls(quiet, interval: .milliseconds(20))
        try await withServer(Self.routes, tls: tls) { port in
            try await withClient(trusting: old.authority) { before in
                #expect(try await before.ask("https://localhost:\(port)/quick").status == .ok)
                // A half-written file changes nothing.
                try Data("-----BEGIN CERTIFICATE-----\nMIIB".utf8).write(to: old.certificate)
                _ = try await eventually("the trouble to be shown") { (try? tls.check()) == nil ? true : nil }
                try await withClient(trusting: old.authority) { other in
                    let answer = try await other.ask("https://localhost:\(port)/quick")
                    #expect(answer.status == .ok)
                }
                try Data(contentsOf: new.key).write(to: old.key)
                try Data(contentsOf: new.certificate).write(to: old.certificate)
                try await withClient(trusting: new.authority) { after in
                    _ = try await eventually("the new certificate to be used") {
                        try? await after.ask("https://localhost:\(port)/quick")
                    }
                }
                try tls.check()
                // The connection that was there goes on.
                #expect(try await before.ask("https://localhost:\(port)/quick").status == .ok)
            }
        }
    }

    @Test func aCertificateAndTheKeyOfAnotherAreRefusedAtTheStart() async throws {
        let (one, other) = (try await Files("one"), try await Files("other"))
        #expect(throws: ConfigurationError.self) {
            try ServerTLS(certificate: one.certificate.path, key: other.key.path, logger: quiet)
        }
        #expect(throws: ConfigurationError.self) {
            try ServerTLS(certificate: "/nothing", key: one.key.path, logger: quiet)
        }
    }

    @Test func aClientThatDoesNotFinishTheHandshakeIsDisconnected() async throws {
        let files = try await Files("handshake")
        var limits = ServerLimits()
        limits.head = .milliseconds(200)
        try await withServer(Self.routes, limits: limits, tls: try files.tls(quiet)) { port in
            let silent = try RawSocket(port: port)
            let answer = try await silent.whole()
            #expect(answer == "")
        }
    }

    @Test func aLateBodyEndsItsStreamAndNoOther() async throws {
        let files = try await Files("late")
        var limits = ServerLimits()
        limits.body = .milliseconds(300)
        try await withServer(Self.routes, limits: limits, tls: try files.tls(quiet)) { port in
            try await withClient(trusting: files.authority) { client in
                let answer = try await client.ask("https://localhost:\(port)/quick")
                #expect(answer.version == .http2)
                let (pieces, upload) = AsyncStream.makeStream(of: ByteBuffer.self)
                upload.yield(ByteBuffer(repeating: 7, count: 10))
                do {
                    _ = try await client.ask("https://localhost:\(port)/body", .stream(pieces, length: .unknown))
                    Issue.record("a body that was not complete was answered")
                } catch {
                    // Not the client's own patience.
                    #expect(error as? HTTPClientError != .deadlineExceeded)
                }
                upload.finish()
                #expect(try await client.ask("https://localhost:\(port)/quick").status == .ok)
            }
        }
    }

    /// A certificate of an authority of its own.
    private struct Files {
        let authority: URL
        let certificate: URL
        let key: URL

        init(_ name: String) async throws {
            let folder = TestServers.directory.appending(path: "tls-\(name)-\(UUID().uuidString)")
            let authority = try await CertificateAuthority(in: folder)
            self.authority = authority.certificate
            (certificate, key) = try await authority.issue("localhost")
        }

        func tls(_ logger: Logger, interval: Duration = .seconds(10)) throws -> ServerTLS {
            try ServerTLS(certificate: certificate.path, key: key.path, interval: interval, logger: logger)
        }
    }

    private func withClient(
        trusting authority: URL,
        _ version: HTTPClient.Configuration.HTTPVersion = .automatic,
        _ body: (HTTPClient) async throws -> Void
    ) async throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(authority.path)
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.httpVersion = version
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            try await body(client)
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }
}

extension HTTPClient {
    fileprivate func ask(
        _ url: String,
        _ body: HTTPClientRequest.Body? = nil
    ) async throws -> (version: HTTPVersion, status: HTTPResponseStatus, text: String) {
        var request = HTTPClientRequest(url: url)
        if let body {
            request.method = .POST
            request.body = body
        }
        let answer = try await execute(request, timeout: .seconds(60))
        return (answer.version, answer.status, String(buffer: try await answer.body.collect(upTo: 1 << 20)))
    }
}

extension AsyncStream where Element == ByteBuffer {
    fileprivate static func of(_ pieces: [ByteBuffer]) -> AsyncStream<ByteBuffer> {
        AsyncStream { stream in
            for piece in pieces { stream.yield(piece) }
            stream.finish()
        }
    }
}
