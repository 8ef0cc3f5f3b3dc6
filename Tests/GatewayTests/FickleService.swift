import Foundation
import TestSupport

/// A service that answers early, late, partly, wrongly or not at all, in turn; or, if `isSteady`, a well-behaved one.
final class FickleService: Sendable {
    let port: Int
    private let listener: RawListener

    init(isSteady: Bool = false) throws {
        let listener = try RawListener()
        self.listener = listener
        port = listener.port
        Thread.detachNewThread {
            var random = Seeded(1)
            while let connection = listener.accept() {
                let seed = random.next()
                Thread.detachNewThread { Self.serve(connection, isSteady: isSteady, Seeded(seed)) }
            }
        }
    }

    func stop() { listener.stop() }

    private static let whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

    /// The possible answers to a request.
    private static let answers = [
        whole, whole, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "HTTP/1.1 20", "nonsense\r\n\r\n", "",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n" + whole, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", whole + whole,
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nuntil the end",
        "HTTP/1.1 200 OK\r\nX: \(String(repeating: "y", count: 100_000))\r\n\r\n",
        "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + String(repeating: "z", count: 1_000_000),
    ]

    private static func serve(_ connection: RawSocket, isSteady: Bool, _ random: Seeded) {
        var random = random
        var received: [UInt8] = []
        while true {
            // An early answer can be sent before any of the body, or even the whole head, was read.
            let isEarly = !isSteady && Int.random(in: 0..<10, using: &random) == 0
            while received.isEmpty || (!isEarly && !contains(received, "\r\n\r\n")) {
                guard let bytes = connection.receive(within: 5000), !bytes.isEmpty else { return }
                received += bytes
            }
            received = []
            if isSteady {
                guard connection.send(whole) else { return }
                continue
            }
            guard connection.send(answers.randomElement(using: &random) ?? whole) else { return }
            switch Int.random(in: 0..<8, using: &random) {
            case 0: return
            case 1: return connection.resetWhenClosed()
            case 2: connection.finishSending()
            case 3: usleep(1_500_000)
            default: break
            }
        }
    }

    private static func contains(_ bytes: [UInt8], _ text: String) -> Bool {
        String(decoding: bytes, as: UTF8.self).contains(text)
    }
}
