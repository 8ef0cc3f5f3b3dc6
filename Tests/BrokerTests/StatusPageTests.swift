import Foundation
import LocalServers
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import Broker

@Suite struct StatusPageTests {
    @Test func theAnswerToHeadHasNoBody() async throws {
        let http = try Port.free()
        let broker = try await BrokerProcess(["--http", "127.0.0.1:\(http)"])
        let answer = try await onThread {
            let connection = try RawConnection(port: http)
            connection.send(Array("HEAD /healthz HTTP/1.1\r\nConnection: close\r\n\r\n".utf8))
            return String(decoding: connection.rest(within: 60_000), as: UTF8.self)
        }
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        #expect(answer.hasSuffix("\r\n\r\n"))
        await broker.end()
    }

    /// One byte now and then must not keep a connection open: there are few, and the probes need one.
    @Test(arguments: [
        "GET / HTTP/1.1\r\nX: ", "POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n", "",
        "GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nX: ",
    ])
    func aRequestThatDoesNotArriveInTimeEndsItsConnection(beginning: String) async throws {
        let limits = RequestDeadlines.Limits(head: .seconds(2), body: .seconds(2))
        let server = HTTPServer(
            address: Endpoint(host: "127.0.0.1", port: 0),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            deadlines: limits
        ) { _ in HTTPServer.Answer(type: "text/plain", body: ByteBuffer(string: "served")) }
        let channel = try await server.bind(on: MultiThreadedEventLoopGroup.singleton)
        let port = try #require(channel.channel.localAddress?.port)
        let serving = Task { try await server.serve(channel) }
        let answer = try await onThread {
            let connection = try RawConnection(port: port)
            connection.send(Array(beginning.utf8))
            let end = Date() + 30
            var received: [UInt8] = []
            // A byte every 50 ms, until the server closes the connection or half a minute is over.
            while Date() < end {
                let rest = connection.rest(within: 50)
                received += rest
                if rest.isEmpty, connection.isClosed { return String(decoding: received, as: UTF8.self) }
                if !beginning.isEmpty { connection.send([UInt8(ascii: "a")]) }
            }
            return "still open"
        }
        #expect(answer != "still open")
        #expect(answer.contains("served") == beginning.hasPrefix("GET / HTTP/1.1\r\n\r\n"))
        serving.cancel()
        _ = await serving.result
    }
}
