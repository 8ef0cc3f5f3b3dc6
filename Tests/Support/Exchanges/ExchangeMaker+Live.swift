/// Exchanges with what stays open: WebSockets and server-sent events.
extension ExchangeMaker {
    /// A handshake, right or wrong, and frames that no client should send among some that one may.
    mutating func webSocket() -> Exchange {
        var request = WebSocketClient.request(pick(["/ws", "/ws?kinds=workorders"]), token: oneIn(6) ? nil : token)
        if oneIn(6) {
            request = request.replacing(
                pick(["Upgrade: websocket\r\n", "Connection: Upgrade", "Version: 13", "bm9uY2U", "GET", "Host:"]),
                with: pick(["", "x", "Connection: close", "Version: 99", "POST"])
            )
        }
        if oneIn(10) { request += "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" }
        // Some do not wait for the answer.
        var exchange = Exchange(steps: [.send(Array(request.utf8))])
        if !oneIn(4) { exchange.steps.append(.read(50)) }
        for _ in 0..<pick([1, 2, 3, 8]) {
            let frame = frame()
            exchange.steps += pieces(of: oneIn(6) ? Array(frame.prefix(pick([1, 2, 3, 5, 9]))) : frame)
            if oneIn(5) { exchange.steps.append(.read(5)) }
        }
        exchange.steps += ending()
        return exchange
    }

    private mutating func frame() -> [UInt8] {
        let subscribe = Array(#"{"type":"subscribe","kinds":["workorders"],"cursor":"AQ"}"#.utf8)
        switch pick([0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) {
        case 0: return WebSocketClient.frame(1, subscribe)
        case 1: return WebSocketClient.frame(pick([3, 4, 7, 11, 15]), bytes(pick([0, 5, 200])))
        case 2: return WebSocketClient.frame(9, bytes(pick([0, 125, 126, 5000])), isLast: !oneIn(3))
        case 3: return WebSocketClient.frame(8, bytes(pick([0, 1, 2, 3, 125, 300])))
        case 4: return WebSocketClient.frame(1, bytes(pick([1, 100, 20_000, 300_000])))
        case 5: return WebSocketClient.frame(0, bytes(3))
        case 6: return WebSocketClient.frame(1, subscribe, isMasked: false)
        // A length of up to eight bytes that promises more than ever comes.
        case 7: return [0x81, 0xFF] + bytes(8) + bytes(4)
        case 8: return (0..<pick([5, 100])).flatMap { _ in WebSocketClient.frame(0, bytes(1), isLast: false) }
        case 9: return [pick([0xF1, 0xC1, 0x91, 0x71])] + WebSocketClient.frame(1, subscribe).dropFirst()
        case 10: return (0..<pick([10, 200])).flatMap { _ in WebSocketClient.frame(9, [1, 2, 3]) }
        default: return bytes(pick([1, 14, 500]))
        }
    }

    /// A stream, with parameters of every kind; the client leaves at some point.
    mutating func events() -> Exchange {
        let query = pick([
            "?kinds=workorders", "?kinds=alerts,assets", "?kinds=", "", "?kinds=workorders&cursor=AQ", "?kinds=\u{0}",
            "?kinds=workorders&site=x", "?kinds=" + String(repeating: "alerts,", count: 500),
        ])
        var lines = ["GET /api/v1/live\(query) HTTP/1.1", "Host: case.example"]
        if !oneIn(8) { lines.append("Authorization: Bearer \(token)") }
        if oneIn(3) { lines.append("Last-Event-ID: \(pick(["", "x", "AQ", String(repeating: "A", count: 9000)]))") }
        if oneIn(10) { lines.append("Content-Length: 5") }
        let request = lines.joined(separator: "\r\n") + "\r\n\r\n"
        var exchange = Exchange(steps: pieces(of: Array(request.utf8)))
        exchange.steps.append(.read(20))
        // Another request while the answer goes on.
        if oneIn(4) { exchange.steps.append(.send(Array(request.utf8))) }
        exchange.steps += ending()
        return exchange
    }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } }
}
