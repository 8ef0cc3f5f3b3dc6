import Foundation

/// The steps of one client on one connection.
public struct Exchange: Sendable, CustomStringConvertible {
    enum Step {
        case send([UInt8])
        case pause(UInt32)
        case finishSending
        case read(Int32)
        case reset
    }

    var steps: [Step] = []
    /// What the client offers over TLS (ALPN); without it, there is no TLS.
    var protocols: [String] = []

    /// Runs the steps. Whatever the server does with the connection is accepted.
    public func run(port: Int) throws {
        let socket: any ExchangeSocket =
            if protocols.isEmpty { try RawSocket(port: port) } else {
                try SecureSocket(port: port, protocols: protocols)
            }
        for step in steps {
            switch step {
            case .send(let bytes): if !socket.transmit(bytes) { return }
            case .pause(let milliseconds): usleep(milliseconds * 1000)
            case .finishSending: socket.finishSending()
            case .read(let milliseconds): _ = socket.receive(within: milliseconds)
            case .reset: return socket.resetWhenClosed()
            }
        }
    }

    public var description: String {
        steps.map { step in
            if case .send(let bytes) = step {
                "send \(bytes.count): \(String(decoding: bytes.prefix(120), as: UTF8.self).debugDescription)"
            } else {
                "\(step)"
            }
        }.joined(separator: "; ")
    }
}

/// A kind of exchange.
public enum ExchangeForm: String, CaseIterable, Sendable {
    /// HTTP/1.1.
    case requests
    case webSocket
    /// Server-sent events.
    case events
    /// HTTP/1.1 over TLS, WebSockets and events among it.
    case secure
    case http2
    /// What is no TLS, to a server that wants TLS.
    case noTLS

    /// To a server without TLS, and to one with it.
    public static let plain: [ExchangeForm] = [.requests, .webSocket, .events]
    public static let overTLS: [ExchangeForm] = [.secure, .http2, .http2, .noTLS]
}

/// Generates exchanges with valid and invalid requests of every form, which stop at any point and in any way.
public struct ExchangeMaker<Random: RandomNumberGenerator> {
    var random: Random
    private let paths: [String]
    let token: String
    private let forms: [ExchangeForm]

    /// - Parameter forms: The kinds of exchanges, each as often as it is in the list.
    public init(_ random: Random, paths: [String], token: String, forms: [ExchangeForm] = [.requests]) {
        self.random = random
        self.paths = paths
        self.token = token
        self.forms = forms
    }

    public mutating func next() -> Exchange { next(pick(forms)) }

    private mutating func next(_ form: ExchangeForm) -> Exchange {
        switch form {
        case .requests: return requests()
        case .webSocket: return webSocket()
        case .events: return events()
        case .secure:
            var exchange = next(pick(ExchangeForm.plain))
            exchange.protocols = ["http/1.1"]
            return exchange
        case .http2: return http2()
        case .noTLS: return noTLS()
        }
    }

    private mutating func requests() -> Exchange {
        var bytes: [UInt8] = []
        var points = [0]
        // Mostly one request, sometimes several at once.
        for _ in 0..<pick([1, 1, 1, 2, 3]) {
            let (head, body) = request()
            points += [bytes.count + 1, bytes.count + head.count / 2, bytes.count + head.count]
            bytes += head
            for offset in [1, 3, body.count / 2, body.count - 1] where body.indices.contains(offset) {
                points.append(bytes.count + offset)
            }
            bytes += body
            points.append(bytes.count)
        }
        let end = oneIn(2) ? bytes.count : pick(points)
        var exchange = Exchange(steps: pieces(of: Array(bytes.prefix(end))))
        exchange.steps += ending()
        return exchange
    }

    /// How the client leaves.
    mutating func ending() -> [Exchange.Step] {
        pick([
            [.read(20)], [.read(20)], [.read(60), .read(1)], [], [.reset], [.pause(3), .reset], [.read(5), .reset],
            [.finishSending, .read(50)], [.finishSending], [.pause(30)], [.pause(10), .finishSending, .read(20)],
        ])
    }

    mutating func pieces(of bytes: [UInt8]) -> [Exchange.Step] {
        switch pick([0, 0, 0, 1, 2]) {
        case 1:
            let cut = bytes.isEmpty ? 0 : Int.random(in: 0...bytes.count, using: &random)
            return [.send(Array(bytes[..<cut])), .pause(pick([0, 1, 5])), .send(Array(bytes[cut...]))]
        case 2:
            // Only the last bytes are sent one by one, to limit the time.
            let tail = bytes.suffix(12)
            return [.send(Array(bytes.dropLast(12)))] + tail.flatMap { [.send([$0]), .pause(1)] }
        default: return [.send(bytes)]
        }
    }

    // MARK: - Requests

    private mutating func request() -> (head: [UInt8], body: [UInt8]) {
        let method = pick([
            "POST", "POST", "POST", "PUT", "PATCH", "GET", "DELETE", "HEAD", "OPTIONS", "CONNECT", "X", "TRACE",
        ])
        let path = pick(oneIn(5) ? Self.oddPaths : paths)
        var lines = [
            "\(method) \(path) \(oneIn(12) ? pick(["HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "http", ""]) : "HTTP/1.1")"
        ]
        if !oneIn(12) { lines.append("Host: \(pick(["case.example", "127.0.0.1", "", "a b", "[::1]:80"]))") }
        if oneIn(20) { lines.append("Host: other.example") }
        if !oneIn(3) { lines.append("Authorization: Bearer \(oneIn(4) ? "x.y.z" : token)") }
        if oneIn(6) { lines.append("Connection: \(pick(["close", "Close", "keep-alive", "upgrade, close", "TE"]))") }
        if oneIn(12) { lines.append("Upgrade: \(pick(["h2c", "websocket", "x"]))") }
        if oneIn(8) { lines.append("Expect: \(pick(["100-continue", "100-Continue", "200-ok"]))") }
        if oneIn(6) { lines.append(oddHeader()) }
        lines.append("Content-Type: application/json")
        let body = body()
        var sent = body
        switch pick([0, 0, 0, 0, 1, 1, 1, 2, 3, 4]) {
        case 0: lines.append("Content-Length: \(body.count)")
        case 1:
            lines.append("Transfer-Encoding: \(oneIn(10) ? pick(["gzip", "chunked, chunked", "identity"]) : "chunked")")
            sent = chunked(body)
        case 2:
            lines.append("Content-Length: \(pick([body.count + 1, body.count * 2, 5_000_000, max(0, body.count - 1)]))")
        case 3: lines.append("Content-Length: \(pick(["-1", "x", "1, 2", "99999999999999999999", "0x10", "+1", ""]))")
        default: break
        }
        if oneIn(25) { lines += ["Content-Length: 3", "Transfer-Encoding: chunked"] }
        return (Array((lines.joined(separator: oneIn(30) ? "\n" : "\r\n") + "\r\n\r\n").utf8), sent)
    }

    private static var oddPaths: [String] {
        [
            "/", "*", "", "x", "//", "/api/v1/../x", "/%00", "/api/v1/assets/\u{e9}",
            "http://evil.example/api/v1/assets",
            "/api/v1/assets?" + String(repeating: "a=b&", count: 2000), "/" + String(repeating: "x", count: 100_000),
            "/%zz",
        ]
    }

    private mutating func oddHeader() -> String {
        pick([
            "X: " + String(repeating: "y", count: pick([1000, 40_000, 200_000])),
            (0..<pick([90, 300])).map { "X-\($0): 1" }.joined(separator: "\r\n"), ": empty", "no colon", "X\u{0}: 1",
            "X: \u{1}",
            " folded: 1", "X: a\r\n b", "Trailer: X", "TE: trailers", "X-Forwarded-For: 1.2.3.4, 5.6.7.8", "X: \u{e9}",
        ])
    }

    private mutating func body() -> [UInt8] {
        switch pick([0, 0, 0, 1, 1, 2, 3, 4]) {
        case 1: Array(#"{"email":"a@example.com","password":"p"}"#.utf8)
        case 2: Array(repeating: UInt8(ascii: "["), count: pick([10, 1000, 100_000]))
        case 3: [UInt8](repeating: UInt8(ascii: " "), count: pick([1, 20_000, 70_000, 1_200_000]))
        case 4: (0..<pick([1, 100, 5000])).map { _ in UInt8.random(in: 0...255, using: &random) }
        default: oneIn(3) ? [] : Array("{}".utf8)
        }
    }

    private mutating func chunked(_ body: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = body[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(pick([1, 2, 1000, 100_000]))
            // Small chunks are used only up to a limit, to limit the time.
            let size = bytes.count > 2000 ? rest.count : chunk.count
            var line = String(size, radix: 16)
            if oneIn(12) {
                line = pick(["zz", "-1", "ffffffffffffffff", "", "1;a=\(String(repeating: "b", count: 50_000))"])
            }
            bytes += Array("\(line)\r\n".utf8) + rest.prefix(size) + Array((oneIn(15) ? "" : "\r\n").utf8)
            rest = rest.dropFirst(size)
        }
        return bytes
            + Array(
                pick([
                    "0\r\n\r\n", "0\r\n\r\n", "0\r\n\r\n", "", "0\r\nX: 1\r\n\r\n", "0\r\n",
                    "0\r\n\(oddHeader())\r\n\r\n",
                ]).utf8
            )
    }

    mutating func pick<T>(_ choices: [T]) -> T { choices[Int.random(in: 0..<choices.count, using: &random)] }
    mutating func oneIn(_ n: Int) -> Bool { Int.random(in: 0..<n, using: &random) == 0 }
}
