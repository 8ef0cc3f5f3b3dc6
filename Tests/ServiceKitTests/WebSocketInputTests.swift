import NIOCore
import NIOWebSocket
import Testing

@testable import ServiceKit

/// What a client's frames mean, and which are refused (RFC 6455, sections 5 and 7).
@Suite struct WebSocketInputTests {
    private static func frame(
        _ opcode: WebSocketOpcode,
        _ data: [UInt8],
        isLast: Bool = true,
        isMasked: Bool = true
    ) -> WebSocketFrame {
        var bytes = ByteBuffer(bytes: data)
        let mask: WebSocketMaskingKey = [1, 2, 3, 4]
        if isMasked { bytes.webSocketMask(mask) }
        return WebSocketFrame(fin: isLast, opcode: opcode, maskKey: isMasked ? mask : nil, data: bytes)
    }

    @Test func piecesBecomeOneMessageAndControlFramesComeInBetween() {
        var input = WebSocketInput()
        // The umlaut is divided.
        #expect(input.received(Self.frame(.text, [0x68, 0xC3], isLast: false)) == .nothing)
        #expect(input.received(Self.frame(.ping, [7])) == .pong(ByteBuffer(bytes: [7])))
        #expect(input.received(Self.frame(.pong, [])) == .alive)
        #expect(input.received(Self.frame(.continuation, [0xA4], isLast: false)) == .nothing)
        #expect(input.received(Self.frame(.continuation, [])) == .text("hä"))
        #expect(input.received(Self.frame(.text, [])) == .text(""))
        #expect(input.received(Self.frame(.connectionClose, [0x03, 0xE8])) == .closed(code: 1000))
        #expect(input.received(Self.frame(.connectionClose, [])) == .closed(code: nil))
    }

    private static let broken: [(WebSocketFrame, UInt16)] = [
        (Self.frame(.text, [0x68], isMasked: false), 1002), (Self.frame(.binary, [1]), 1003),
        (Self.frame(.text, [0xC3, 0x28]), 1007), (Self.frame(.text, [0xED, 0xA0, 0x80]), 1007),
        (Self.frame(.continuation, [1]), 1002), (Self.frame(WebSocketOpcode(encodedWebSocketOpcode: 3)!, []), 1002),
        (Self.frame(WebSocketOpcode(encodedWebSocketOpcode: 11)!, []), 1002),
        (Self.frame(.connectionClose, [3]), 1002), (Self.frame(.connectionClose, [0x03, 0xED]), 1002),
        (Self.frame(.connectionClose, [0x03, 0xE8, 0xFF]), 1002),
        (Self.frame(.text, [UInt8](repeating: 32, count: WebSocketInput.maximumLength + 1)), 1009),
    ]

    @Test(arguments: broken)
    func refuses(frame: WebSocketFrame, code: UInt16) {
        var input = WebSocketInput()
        guard case .refuse(code, _) = input.received(frame) else {
            Issue.record("\(frame) was accepted")
            return
        }
    }

    @Test func aMessageInPiecesIsBoundedToo() {
        var input = WebSocketInput()
        let piece = [UInt8](repeating: 32, count: WebSocketInput.maximumLength / 2)
        #expect(input.received(Self.frame(.text, piece, isLast: false)) == .nothing)
        #expect(input.received(Self.frame(.continuation, piece, isLast: false)) == .nothing)
        guard case .refuse(1009, _) = input.received(Self.frame(.continuation, [1])) else {
            Issue.record("a message that is too long was accepted")
            return
        }
        var other = WebSocketInput()
        #expect(other.received(Self.frame(.text, [1], isLast: false)) == .nothing)
        guard case .refuse(1002, _) = other.received(Self.frame(.text, [1])) else {
            Issue.record("a message within another was accepted")
            return
        }
    }

    @Test func extensionsAreRefused() {
        var input = WebSocketInput()
        var frame = Self.frame(.text, [0x68])
        frame.rsv1 = true
        guard case .refuse(1002, _) = input.received(frame) else {
            Issue.record("a compressed frame was accepted")
            return
        }
    }

    @Test func lengthsAreWrittenAsTheProtocolWantsThem() {
        #expect(Array(buffer: WebSocketFrames.text([0x61])) == [0x81, 1, 0x61])
        let (short, long) = ([UInt8](repeating: 1, count: 126), [UInt8](repeating: 1, count: 65_536))
        #expect(Array(buffer: WebSocketFrames.text(short)).prefix(4) == [0x81, 126, 0, 126])
        #expect(Array(buffer: WebSocketFrames.text(long)).prefix(10) == [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0])
        #expect(Array(buffer: WebSocketFrames.close(1012, "x")) == [0x88, 3, 0x03, 0xF4, 0x78])
    }
}
