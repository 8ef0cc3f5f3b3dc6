import AsyncHTTPClient
import Foundation
import LocalServers
import NIOCore
import NIOHTTP1
import NIOSSL
import TestSupport
import Testing

@testable import Gateway

/// The daemon as a process, with a certificate and web files.
@Suite struct SecureProcessTests {
    @Test func theGatewayServesOverTLSAndOutlivesWhatIsNotTLS() async throws {
        let folder = TestServers.directory.appending(path: "secure-\(UUID().uuidString)")
        let authority = try await CertificateAuthority(in: folder)
        let files = try await authority.issue("localhost")
        let web = folder.appending(path: "web")
        try FileManager.default.createDirectory(at: web, withIntermediateDirectories: true)
        try Data("the app".utf8).write(to: web.appending(path: "index.html"))
        let service = try FickleService(isSteady: true)
        let gateway = try await GatewayProcess(
            "secure",
            service: "http://127.0.0.1:\(service.port)",
            [
                "GATEWAY_TLS_CERTIFICATE_FILE": files.certificate.path, "GATEWAY_TLS_KEY_FILE": files.key.path,
                "GATEWAY_WEB_ROOT": web.path,
            ]
        )
        let port = gateway.daemon.port
        try await onThread { try Self.sendNonsense(to: port) }
        for version in [HTTPClient.Configuration.HTTPVersion.automatic, .http1Only] {
            let expected: HTTPVersion = version == .automatic ? .http2 : .http1_1
            let client = Self.client(trusting: authority, version)
            let token = gateway.token
            for (path, token, text) in [("/api/v1/alerts", token, "{}"), ("/", "", "the app")] {
                var request = HTTPClientRequest(url: "https://localhost:\(port)\(path)")
                if !token.isEmpty { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
                let answer = try await client.execute(request, timeout: .seconds(60))
                #expect(answer.version == expected)
                #expect(answer.status == .ok)
                #expect(answer.headers.contains(name: "strict-transport-security"))
                #expect(String(buffer: try await answer.body.collect(upTo: 1000)) == text)
            }
            try await client.shutdown()
        }
        // Operators are answered without TLS, on their port.
        let request = HTTPClientRequest(url: "http://127.0.0.1:\(gateway.daemon.operationsPort)/metrics")
        let metrics = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        #expect(
            String(buffer: try await metrics.body.collect(upTo: 1 << 20)).contains("tls_certificate_expires_seconds")
        )
        #expect(gateway.daemon.process.isRunning, "\(gateway.daemon.process.lastWords)")
        service.stop()
        await gateway.stop()
    }

    /// What is not TLS, or only begins like it.
    private static func sendNonsense(to port: Int) throws {
        var random = Seeded(9)
        let hello: [UInt8] = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3]
        for number in 0..<200 {
            let socket = try RawSocket(port: port)
            let noise = (0..<Int.random(in: 1...600, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            switch number % 4 {
            case 0: socket.send("GET / HTTP/1.1\r\nHost: case.example\r\n\r\n")
            case 1: socket.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            case 2: socket.send(hello + noise)
            default: socket.send(noise)
            }
            if number % 3 == 0 { socket.resetWhenClosed() }
        }
    }

    private static func client(
        trusting authority: CertificateAuthority,
        _ version: HTTPClient.Configuration.HTTPVersion
    ) -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(authority.certificate.path)
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.httpVersion = version
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
