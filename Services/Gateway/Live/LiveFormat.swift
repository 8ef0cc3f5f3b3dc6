import Commands
import EventSchema
import Foundation
import NIOCore
import ServiceKit

/// How a message travels: as a frame of a WebSocket, or as a server-sent event.
enum LiveFormat: Sendable {
    case socket
    case stream

    /// - Parameters:
    ///   - body: JSON without its last bracket.
    ///   - cursor: Where the client is after the message; `nil` for one that says nothing about that.
    func frame(_ body: [UInt8], _ cursor: LiveCursor?) -> ByteBuffer {
        switch self {
        case .socket:
            guard let cursor else { return WebSocketFrames.text(body, Array("}".utf8)) }
            return WebSocketFrames.text(body, Array(",\"cursor\":\"\(cursor.text)\"}".utf8))
        case .stream:
            var event = ByteBuffer()
            if let cursor { event.writeString("id: \(cursor.text)\n") }
            event.writeString("data: ")
            event.writeBytes(body)
            event.writeString("}\n\n")
            return event
        }
    }

    /// Tells a client that has got nothing for a while where it is, so that it need not go back far.
    func beat(_ cursor: LiveCursor) -> ByteBuffer {
        switch self {
        case .socket: frame(LiveText.cursor, cursor)
        // Without data nobody is called; the browser only notes the id.
        case .stream: ByteBuffer(string: "id: \(cursor.text)\n\n")
        }
    }
}

/// The messages that are about no record, as JSON without the last bracket.
enum LiveText {
    static let cursor = Array(#"{"type":"cursor""#.utf8)

    static func subscribed(_ filter: LiveFilter) -> [UInt8] {
        var json = JSONText()
        json.literal("{")
        json.member("type", "subscribed")
        json.member("kinds", filter.kinds.map(\.rawValue).sorted())
        return json.bytes
    }

    /// The client can't be told everything that happened: it has to load what it shows anew.
    static func reset(_ reason: String) -> [UInt8] {
        var json = JSONText()
        json.literal("{")
        json.member("type", "reset")
        json.member("reason", reason)
        return json.bytes
    }

    static func closed(_ ending: LiveEnding) -> [UInt8] {
        var json = JSONText()
        json.literal("{")
        json.member("type", "closed")
        json.member("reason", ending.reason)
        json.member("code", Int64(ending.code))
        return json.bytes
    }

    /// A message of the client was refused; everything goes on as before.
    static func error(_ problem: Problem) -> [UInt8] {
        var json = JSONText()
        json.literal("{")
        json.member("type", "error")
        json.member("code", problem.code)
        json.member("detail", problem.detail)
        return json.bytes
    }

    static func token(until expiry: Date) -> [UInt8] {
        var json = JSONText()
        json.literal("{")
        json.member("type", "token")
        json.member("expiresAt", expiry)
        return json.bytes
    }
}
