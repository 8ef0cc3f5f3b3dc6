public import NIOCore

/// Frames that a server sends (RFC 6455, section 5.2): whole and not masked.
///
/// They are bytes that can be sent to any number of clients: a message is encoded once, however many get it.
public enum WebSocketFrames {
    /// A text message.
    ///
    /// - Parameter pieces: Parts of the text, in UTF-8.
    public static func text(_ pieces: [UInt8]...) -> ByteBuffer {
        let length = pieces.reduce(0) { $0 + $1.count }
        var frame = ByteBuffer()
        frame.reserveCapacity(length + 10)
        frame.writeHead(0x81, length: length)
        for piece in pieces { frame.writeBytes(piece) }
        return frame
    }

    static let ping: ByteBuffer = ByteBuffer(bytes: [0x89, 0])

    static func pong(_ data: ByteBuffer) -> ByteBuffer {
        var frame = ByteBuffer()
        frame.writeHead(0x8A, length: data.readableBytes)
        frame.writeImmutableBuffer(data)
        return frame
    }

    /// - Parameter reason: What does not fit is cut off: a control frame has at most 125 bytes.
    static func close(_ code: UInt16?, _ reason: String) -> ByteBuffer {
        var content = ByteBuffer()
        if let code {
            content.writeInteger(code)
            content.writeString(reason.utf8.count <= 123 ? reason : String(reason.unicodeScalars.prefix(30)))
        }
        var frame = ByteBuffer()
        frame.writeHead(0x88, length: content.readableBytes)
        frame.writeBuffer(&content)
        return frame
    }
}

extension ByteBuffer {
    fileprivate mutating func writeHead(_ first: UInt8, length: Int) {
        writeInteger(first)
        switch length {
        case ..<126: writeInteger(UInt8(length))
        case ..<65_536:
            writeInteger(UInt8(126))
            writeInteger(UInt16(length))
        default:
            writeInteger(UInt8(127))
            writeInteger(UInt64(length))
        }
    }
}
