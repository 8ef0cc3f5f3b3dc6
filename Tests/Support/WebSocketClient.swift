import Foundation

/// A client of RFC 6455 that sends whatever it is told to, also what no client should send.
public final class WebSocketClient: Sendable {
    /// What the server sent.
    public enum Message: Hashable, Sendable {
        case text(String)
        case ping
        case pong([UInt8])
        case close(code: Int?, reason: String)
        /// The connection is over.
        case end
    }

    public let socket: RawSocket
    private let buffer: Buffer

    private final class Buffer: @unchecked Sendable {
        // Safe to share: a client belongs to one test, which asks it one thing after the other.
        var bytes: [UInt8] = []
    }

    /// A refusal of the handshake.
    public struct Refused: Error, CustomStringConvertible {
        public let description: String
        /// The status of the answer.
        public var status: Int { Int(description.split(separator: " ").dropFirst().first ?? "") ?? 0 }
    }

    /// The request of a handshake.
    public static func request(_ path: String, token: String?, headers: [String] = []) -> String {
        let credential = token.map { ["Authorization: Bearer \($0)"] } ?? []
        let lines =
            [
                "GET \(path) HTTP/1.1", "Host: case.example", "Connection: Upgrade", "Upgrade: websocket",
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            ] + credential + headers
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// Connects.
    ///
    /// - Throws: ``Refused`` with the answer.
    public static func connect(
        port: Int,
        _ path: String = "/ws",
        token: String?,
        headers: [String] = []
    ) async throws -> WebSocketClient {
        try await onThread { try WebSocketClient(port: port, request(path, token: token, headers: headers)) }
    }

    /// Blocks.
    public init(port: Int, _ request: String) throws {
        socket = try RawSocket(port: port)
        buffer = Buffer()
        socket.send(request)
        let end = Array("\r\n\r\n".utf8)
        while buffer.bytes.firstRange(of: end) == nil {
            guard let more = socket.receive(within: 60_000), !more.isEmpty else { break }
            buffer.bytes += more
        }
        let range = buffer.bytes.firstRange(of: end)
        let head = String(decoding: buffer.bytes.prefix(upTo: range?.lowerBound ?? buffer.bytes.count), as: UTF8.self)
        // The answer to the sample key of the RFC (section 1.3).
        guard head.hasPrefix("HTTP/1.1 101"), head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), let range else {
            let rest = socket.rest(within: 2000).text
            throw Refused(description: String(decoding: buffer.bytes, as: UTF8.self) + rest)
        }
        buffer.bytes.removeSubrange(..<range.upperBound)
    }

    /// A frame of a client, masked.
    public static func frame(
        _ opcode: UInt8,
        _ payload: [UInt8],
        isLast: Bool = true,
        isMasked: Bool = true
    ) -> [UInt8] {
        let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        var frame = [(isLast ? 0x80 : 0) | opcode]
        let bit: UInt8 = isMasked ? 0x80 : 0
        switch payload.count {
        case ..<126: frame.append(bit | UInt8(payload.count))
        case ..<65_536: frame += [bit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: frame += [bit | 127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: payload.count >> ($0 * 8)) }
        }
        guard isMasked else { return frame + payload }
        return frame + mask + payload.enumerated().map { $0.element ^ mask[$0.offset % 4] }
    }

    public func send(_ text: String) { socket.send(Self.frame(1, Array(text.utf8))) }
    public func send(_ opcode: UInt8, _ payload: [UInt8] = []) { socket.send(Self.frame(opcode, payload)) }

    /// The next message; `nil` when none comes in time.
    public func next(within milliseconds: Int32 = 60_000) async throws -> Message? {
        try await onThread { self.nextBlocking(within: milliseconds) }
    }

    /// The next message that is no ping, as JSON.
    ///
    /// - Throws: ``Unexpected`` when it is no text.
    public func json(within milliseconds: Int32 = 60_000) async throws -> [String: Any] {
        while true {
            switch try await next(within: milliseconds) {
            case .ping?: continue
            case .text(let text)?:
                return try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
            case let other: throw Unexpected(description: "\(String(describing: other))")
            }
        }
    }

    public struct Unexpected: Error, CustomStringConvertible { public let description: String }

    /// The code with which the server closes; what it sends before that is passed over.
    public func closeCode(within milliseconds: Int32 = 60_000) async throws -> Int? {
        while let message = try await next(within: milliseconds) {
            switch message {
            case .close(let code, _): return code
            case .end: return nil
            default: continue
            }
        }
        return nil
    }

    /// Blocks.
    public func nextBlocking(within milliseconds: Int32) -> Message? {
        while true {
            if let message = take() { return message }
            guard let more = socket.receive(within: milliseconds) else { return nil }
            if more.isEmpty { return .end }
            buffer.bytes += more
        }
    }

    private func take() -> Message? {
        let bytes = buffer.bytes
        guard bytes.count >= 2 else { return nil }
        var (start, length) = (2, Int(bytes[1] & 0x7F))
        if length == 126 {
            guard bytes.count >= 4 else { return nil }
            (start, length) = (4, Int(bytes[2]) << 8 | Int(bytes[3]))
        } else if length == 127 {
            guard bytes.count >= 10 else { return nil }
            (start, length) = (10, bytes[2..<10].reduce(0) { $0 << 8 | Int($1) })
        }
        guard bytes.count >= start + length else { return nil }
        let payload = Array(bytes[start..<(start + length)])
        buffer.bytes.removeSubrange(..<(start + length))
        switch bytes[0] & 0x0F {
        case 8:
            let code = payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil
            return .close(code: code, reason: String(decoding: payload.dropFirst(2), as: UTF8.self))
        case 9: return .ping
        case 10: return .pong(payload)
        default: return .text(String(decoding: payload, as: UTF8.self))
        }
    }
}
