import NIOCore
import NIOWebSocket

/// What a client's frames mean (RFC 6455, sections 5 and 7): messages are put together, and what is not allowed ends the connection.
///
/// The library's decoder checks the form of a frame: its length, and that control frames are short and whole.
struct WebSocketInput {
    /// What is to be done.
    enum Action: Equatable {
        case nothing
        /// A whole message.
        case text(String)
        case pong(ByteBuffer)
        /// The client has answered a ping, or has said that it lives.
        case alive
        /// The client closes, or answers our closing.
        case closed(code: UInt16?)
        /// The client did what is not allowed.
        case refuse(code: UInt16, reason: String)
    }

    /// The longest message of a client, in bytes, and of how many frames.
    static let maximumLength = 16 << 10
    private static let maximumFrames = 64

    /// The beginning of a message whose end is still to come.
    private var beginning: ByteBuffer?
    private var frames = 0

    mutating func received(_ frame: WebSocketFrame) -> Action {
        guard frame.maskKey != nil else { return .refuse(code: 1002, reason: "a client's frames must be masked") }
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
            return .refuse(code: 1002, reason: "no extension was agreed on")
        }
        let data = frame.unmaskedData
        switch frame.opcode {
        case .text:
            guard beginning == nil else { return .refuse(code: 1002, reason: "a message began within another") }
            frames = 0
            return take(data, isLast: frame.fin)
        case .continuation:
            guard beginning != nil else { return .refuse(code: 1002, reason: "there is no message to continue") }
            return take(data, isLast: frame.fin)
        case .binary: return .refuse(code: 1003, reason: "messages must be text")
        case .ping: return .pong(data)
        case .pong: return .alive
        case .connectionClose: return closing(data)
        default: return .refuse(code: 1002, reason: "the opcode is not known")
        }
    }

    private mutating func take(_ data: ByteBuffer, isLast: Bool) -> Action {
        var message = beginning ?? ByteBuffer()
        frames += 1
        guard message.readableBytes + data.readableBytes <= Self.maximumLength, frames <= Self.maximumFrames else {
            return .refuse(code: 1009, reason: "a message has at most \(Self.maximumLength) bytes")
        }
        if message.readableBytes == 0 { message = data } else { message.writeImmutableBuffer(data) }
        guard isLast else {
            beginning = message
            return .nothing
        }
        beginning = nil
        guard let text = String(validating: message.readableBytesView, as: UTF8.self) else {
            return .refuse(code: 1007, reason: "a text must be UTF-8")
        }
        return .text(text)
    }

    private func closing(_ data: ByteBuffer) -> Action {
        var data = data
        guard data.readableBytes > 0 else { return .closed(code: nil) }
        guard let code = data.readInteger(as: UInt16.self), Self.mayBeSent(code),
            String(validating: data.readableBytesView, as: UTF8.self) != nil
        else { return .refuse(code: 1002, reason: "the close frame is malformed") }
        return .closed(code: code)
    }

    /// 1004 to 1006 and 1015 never travel (section 7.4.1).
    private static func mayBeSent(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
