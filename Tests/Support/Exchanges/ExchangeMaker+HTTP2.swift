/// Exchanges over TLS: what is no TLS at all, and HTTP/2 with frames that break its rules (RFC 9113).
extension ExchangeMaker {
    /// What only begins like a handshake, or is something else.
    mutating func noTLS() -> Exchange {
        let hello: [UInt8] = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3]
        let noise = bytes(pick([1, 50, 600, 20_000]))
        let text = pick(["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"])
        let sent = pick([
            noise, hello + noise, hello, Array(text.utf8), [0x15, 3, 3, 0, 2, 2, 40], [0x17, 3, 3, 0xFF],
        ])
        return Exchange(steps: pieces(of: sent) + ending())
    }

    mutating func http2() -> Exchange {
        let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        var sent = Array(
            (oneIn(12) ? pick(["PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", ""]) : preface).utf8
        )
        sent += oneIn(12) ? [] : Self.frame(4, 0, 0, oneIn(4) ? bytes(pick([3, 6, 12])) : [])
        var points = [sent.count]
        var stream: UInt32 = 1
        for _ in 0..<pick([1, 2, 4, 12]) {
            sent += frames(&stream)
            points.append(sent.count)
        }
        let end = oneIn(4) ? pick(points) - pick([0, 1, 3]) : sent.count
        var exchange = Exchange(steps: pieces(of: Array(sent.prefix(max(0, end)))))
        exchange.protocols = ["h2"]
        exchange.steps += ending()
        return exchange
    }

    private mutating func frames(_ stream: inout UInt32) -> [UInt8] {
        defer { stream += 2 }
        let id = oneIn(8) ? pick([0, 2, 1, 0x7FFF_FFFF, stream &- 2]) : stream
        // A request is most of what is sent.
        switch pick([0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) {
        case 1: return Self.frame(0, pick([0, 1, 8, 9]), id, bytes(pick([0, 1, 100, 16_384, 20_000])))
        case 2: return Self.frame(3, 0, id, bytes(pick([4, 4, 3])))
        case 3: return Self.frame(4, pick([0, 1]), pick([0, 0, id]), bytes(pick([0, 6, 5, 600])))
        case 4: return (0..<pick([1, 300])).flatMap { _ in Self.frame(6, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]) }
        case 5: return Self.frame(7, 0, 0, bytes(pick([8, 8, 4, 100])))
        case 6:
            return Self.frame(
                8,
                0,
                pick([0, id]),
                pick([[0, 0, 0, 0], [0x7F, 0xFF, 0xFF, 0xFF], [0, 0, 1], [0, 0, 1, 0]])
            )
        case 7: return Self.frame(9, pick([0, 4]), id, bytes(pick([1, 50])))
        case 8: return Self.frame(pick([10, 0x42, 0xFF]), 0xFF, id, bytes(20))
        // Opened and reset at once.
        case 9:
            return (0..<pick([1, 50])).flatMap { number in
                let id = stream + UInt32(number) * 2
                return Self.frame(1, 5, id, head()) + Self.frame(3, 0, id, [0, 0, 0, 8])
            }
        // A length that the frame does not have.
        case 10: return [0xFF, 0xFF, 0xFF, 1, 4] + bytes(40)
        default:
            let hasBody = oneIn(3)
            let head = oneIn(10) ? bytes(pick([1, 30, 300])) : head()
            // A head in two frames, of which the second may be missing.
            let cut = oneIn(8) ? head.count / 2 : head.count
            var sent = Self.frame(1, (hasBody ? 0 : 1) | (cut < head.count ? 0 : 4), id, Array(head.prefix(cut)))
            if cut < head.count, !oneIn(3) { sent += Self.frame(9, 4, id, Array(head.dropFirst(cut))) }
            if hasBody { sent += Self.frame(0, pick([0, 1]), id, bytes(pick([1, 200, 16_000]))) }
            return sent
        }
    }

    /// A request's head, as literals without the table (RFC 7541, section 6.2.2).
    private mutating func head() -> [UInt8] {
        var fields: [(String, String)] = [
            (":method", pick(["GET", "GET", "POST", "X"])), (":scheme", "https"), (":authority", "case.example"),
            (":path", pick(["/api/v1/alerts", "/api/v1/live?kinds=workorders", "/ws", "/healthz", "*", ""])),
        ]
        if oneIn(8) { fields.remove(at: pick([0, 1, 2, 3])) }
        if oneIn(8) { fields.append((pick([":path", ":odd", "Upper", "connection", "te", "", "x\u{0}"]), "x")) }
        if !oneIn(3) { fields.append(("authorization", "Bearer \(token)")) }
        if oneIn(12) { fields += (0..<pick([120, 400])).map { ("x-\($0)", "1") } }
        if oneIn(12) { fields.append(("x", String(repeating: "y", count: pick([5000, 40_000])))) }
        if oneIn(8) { fields.append(("content-length", pick(["0", "5", "x", "-1"]))) }
        return fields.flatMap { [0] + Self.text($0.0) + Self.text($0.1) }
    }

    private static func text(_ text: String) -> [UInt8] {
        var (length, rest) = ([UInt8](), text.utf8.count)
        if rest < 127 { return [UInt8(rest)] + Array(text.utf8) }
        (length, rest) = ([127], rest - 127)
        while rest >= 128 {
            length.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return length + [UInt8(rest)] + Array(text.utf8)
    }

    private static func frame(_ type: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: [UInt8]) -> [UInt8] {
        let length = payload.count
        return [UInt8(length >> 16 & 0xFF), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF), type, flags]
            + (0..<4).reversed().map { UInt8(truncatingIfNeeded: stream >> ($0 * 8)) } + payload
    }
}
