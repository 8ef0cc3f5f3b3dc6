import LocalServers
import Testing

@testable import Broker

@Suite struct StatusPageTests {
    @Test func theAnswerToHeadHasNoBody() async throws {
        let http = try Port.free()
        let broker = try await BrokerProcess(["--http", "127.0.0.1:\(http)"])
        let answer = try await onThread {
            let connection = try RawConnection(port: http)
            connection.send(Array("HEAD /healthz HTTP/1.1\r\nConnection: close\r\n\r\n".utf8))
            return String(decoding: connection.rest(within: 20_000), as: UTF8.self)
        }
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        #expect(answer.hasSuffix("\r\n\r\n"))
        await broker.end()
    }
}
