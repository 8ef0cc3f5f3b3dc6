import Foundation
import LocalFleet

/// A connection to a NATS server, with blocking calls.
final class NATSConnection {
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 4 << 20)
    private var filled = 0
    /// The number of messages of other subscriptions that arrived while a call waited for its answer.
    private(set) var early = 0

    init(port: Int) throws {
        descriptor = try BlockingSocket.connect(port: port)
        try send(
            "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true}\r\nSUB _INBOX.api 1\r\n"
        )
    }

    func close() {
        Foundation.close(descriptor)
    }

    func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    func send(_ bytes: some Collection<UInt8>) throws {
        try BlockingSocket.send(bytes, to: descriptor)
    }

    /// Sends a request to JetStream and waits until it succeeds.
    func request(_ subject: String, _ body: String) throws {
        try send("PUB \(subject) _INBOX.api \(body.utf8.count)\r\n\(body)\r\n")
        var answer: String?
        while answer == nil {
            try receive { subscription, payload in
                if subscription == 1 { answer = String(decoding: payload, as: UTF8.self) } else { early += 1 }
            }
        }
        guard answer?.contains(#""error""#) == false else { throw Refusal("JetStream says \(answer ?? "")") }
    }

    /// Waits for messages and counts them.
    func receiveMessages(refusing text: String?) throws -> Int {
        var count = 0
        var refused: String?
        try receive { _, payload in
            count += 1
            // Checking the first message of each read is enough to notice a refusal.
            if count == 1, let text {
                let message = String(decoding: payload, as: UTF8.self)
                if message.contains(text) { refused = message }
            }
        }
        if let refused { throw Refusal("JetStream says \(refused)") }
        return count
    }

    /// Reads once, and passes each complete message to `body`: `MSG <subject> <sid> <bytes>\r\n<payload>\r\n`.
    private func receive(_ body: (_ subscription: Int, _ payload: Slice<UnsafeBufferPointer<UInt8>>) -> Void) throws {
        let got = buffer.withUnsafeMutableBytes {
            recv(descriptor, $0.baseAddress.map { $0 + filled }, $0.count - filled, 0)
        }
        guard got > 0 else { throw Refusal("NATS closed the connection") }
        filled += got
        let used = buffer.withUnsafeBufferPointer { Self.split(UnsafeBufferPointer(rebasing: $0[..<filled]), body) }
        let pings = used.pings
        buffer.withUnsafeMutableBytes { bytes in
            if let base = bytes.baseAddress { memmove(base, base + used.bytes, filled - used.bytes) }
        }
        filled -= used.bytes
        for _ in 0..<pings { try send("PONG\r\n") }
    }

    private static func split(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ body: (Int, Slice<UnsafeBufferPointer<UInt8>>) -> Void
    ) -> (bytes: Int, pings: Int) {
        var (position, pings) = (0, 0)
        while let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) {
            switch bytes[position] {
            case UInt8(ascii: "M"):
                // Parsed from the end of the line, because there can be a reply subject before the last number.
                var (cursor, size, scale) = (end - 2, 0, 1)
                while bytes[cursor] != UInt8(ascii: " ") {
                    size += Int(bytes[cursor] - UInt8(ascii: "0")) * scale
                    scale *= 10
                    cursor -= 1
                }
                guard end + 1 + size + 2 <= bytes.count else { return (position, pings) }
                var subject = position + 4
                while bytes[subject] != UInt8(ascii: " ") { subject += 1 }
                body(Int(bytes[subject + 1] - UInt8(ascii: "0")), bytes[(end + 1)..<(end + 1 + size)])
                position = end + 1 + size + 2
            case UInt8(ascii: "P"):
                if bytes[position + 1] == UInt8(ascii: "I") { pings += 1 }
                position = end + 1
            default:
                position = end + 1
            }
        }
        return (position, pings)
    }
}
