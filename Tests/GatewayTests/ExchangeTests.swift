import Foundation
import LocalServers
import Synchronization
import TestSupport
import Testing

/// Clients and services misbehave thousands of times, at every point of an exchange, while a well-behaved client is served.
@Suite struct ExchangeTests {
    private static let seed: UInt64 = 8
    /// The most memory that a gateway may use during all this (it starts at about 60 MB in a debug build).
    private static let memoryLimit = 400 << 20

    @Test func malformedExchangesNeitherEndTheGatewayNorDisturbOthers() async throws {
        let (fickle, steady) = (try FickleService(), try FickleService(isSteady: true))
        let gateway = try await GatewayProcess(
            "exchanges",
            service: "http://127.0.0.1:\(fickle.port)",
            [
                "GATEWAY_REQUESTS_PER_MINUTE": "1000000", "GATEWAY_TIMEOUT_SECONDS": "1",
                "GATEWAY_NOTIFICATION_URL": "http://127.0.0.1:\(steady.port)",
            ]
        )
        let (process, port, token) = (gateway.daemon.process, gateway.daemon.port, gateway.token)
        let filesBefore = process.openFiles
        let isOver = Atomic(false)
        let goodClient = Task {
            var answered = 0
            while !isOver.load(ordering: .relaxed) {
                let answer = try await onThread { try Self.ask(port, "/api/v1/alerts", token: token) }
                try #require(answer.hasPrefix("HTTP/1.1 200"), "a good client got \(answer.prefix(300))")
                answered += 1
            }
            return answered
        }
        let done = await Attack.run(
            on: port,
            exchanges: 4000,
            seed: Self.seed,
            paths: [
                "/api/v1/auth/login", "/api/v1/auth/login", "/api/v1/assets", "/api/v1/sync/push",
                "/api/v1/workorders/x/y/z",
                "/healthz", "/nothing", "/.well-known/jwks.json",
            ],
            token: token
        )
        isOver.store(true, ordering: .relaxed)
        try #require(process.isRunning, "the gateway is gone after \(done) exchanges:\n\(process.lastWords)")
        let answered = try await goodClient.value
        #expect(done == 4000)
        fickle.stop()
        steady.stop()
        let answer = try await onThread { try Self.ask(port, "/healthz", token: "") }
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        try await eventually("the connections to be closed: \(process.openFiles) files, \(filesBefore) before") {
            process.openFiles <= filesBefore + 8 ? true : nil
        }
        #expect(process.peakMemory < Self.memoryLimit, "\(process.peakMemory >> 20) MB")
        print(
            "\(done) exchanges (seed \(Self.seed)), \(answered) good ones between them: at most \(process.peakMemory >> 20) MB"
        )
        await gateway.stop()
    }

    /// Each of these once crashed the process: the answer was sent while the request's body was still being read.
    @Test(arguments: [
        ("/api/v1/auth/login", 1000, 1), ("/api/v1/auth/login", 5_000_000, 1_200_000),
        ("/api/v1/workorders/x/y/z", 1000, 1),
    ])
    func anAnswerBeforeTheWholeBodyEndsTheConnection(path: String, length: Int, sent: Int) async throws {
        let service = try FickleService(isSteady: true)
        let gateway = try await GatewayProcess(
            "early-\(length)-\(path.count)",
            service: "http://127.0.0.1:\(service.port)",
            ["GATEWAY_TIMEOUT_SECONDS": "1"]
        )
        let (port, token) = (gateway.daemon.port, gateway.token)
        let head =
            "POST \(path) HTTP/1.1\r\nHost: case.example\r\nAuthorization: Bearer \(token)\r\nContent-Length: \(length)\r\n\r\n"
        let answer = try await onThread {
            let client = try RawSocket(port: port)
            client.send(Array(head.utf8) + [UInt8](repeating: 32, count: sent))
            // The rest of the body is never sent. If there is no answer by now, the client closes its side.
            if let early = client.receive(within: 500) { return String(decoding: early, as: UTF8.self) }
            client.finishSending()
            return client.rest(within: 5000).text
        }
        #expect(answer.hasPrefix("HTTP/1.1 4"), "\(answer.prefix(300))")
        #expect(answer.contains("onnection: close"))
        let alive = try await onThread { try Self.ask(port, "/healthz", token: "") }
        #expect(alive.hasPrefix("HTTP/1.1 200"), "\(gateway.daemon.process.lastWords)")
        service.stop()
        await gateway.stop()
    }

    private static func ask(_ port: Int, _ path: String, token: String) throws -> String {
        let socket = try RawSocket(port: port)
        socket.send(
            "GET \(path) HTTP/1.1\r\nHost: case.example\r\nAuthorization: Bearer \(token)\r\nConnection: close\r\n\r\n"
        )
        return socket.rest(within: 10_000).text
    }
}
