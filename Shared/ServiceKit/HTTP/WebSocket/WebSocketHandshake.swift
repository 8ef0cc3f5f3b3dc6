import Crypto
import Foundation
import HTTPTypes
public import Hummingbird
import NIOCore

/// A client's request to go on with the WebSocket protocol (RFC 6455, section 4.2.1).
public struct WebSocketHandshake: Sendable {
    private static let version = "13"
    /// Shows that the server has understood the request; a constant of the RFC (section 1.3).
    private static let magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    private let key: String

    init(_ request: Request) throws {
        let headers = request.headers
        guard request.method == .get, headers.names("websocket", in: .upgrade),
            headers.names("upgrade", in: .connection)
        else { throw Self.required("this path speaks WebSocket: ask for it with Upgrade, over HTTP/1.1") }
        guard headers[.webSocketVersion] == Self.version else {
            throw Self.required("the only WebSocket version is \(Self.version)")
        }
        guard let key = headers[.webSocketKey], Data(base64Encoded: key)?.count == 16 else {
            throw Problem(.badRequest, "websocket_key", "Sec-WebSocket-Key must be 16 bytes in base64")
        }
        guard headers[.transferEncoding] == nil, (headers[.contentLength] ?? "0") == "0",
            !headers.names("close", in: .connection)
        else { throw Problem(.badRequest, "websocket_body", "a WebSocket's request has no body and does not close") }
        self.key = key
    }

    /// What the server answers. No extension and no subprotocol is agreed on.
    var response: Response {
        let hash = Insecure.SHA1.hash(data: Data((key + Self.magic).utf8))
        var response = Response(
            status: .switchingProtocols,
            headers: [
                .upgrade: "websocket", .connection: "Upgrade", .webSocketAccept: Data(hash).base64EncodedString(),
            ]
        )
        response.headers[.contentLength] = nil
        return response
    }

    fileprivate static func required(_ detail: String) -> Problem {
        Problem(.upgradeRequired, "upgrade_required", detail)
    }

    /// What a refusal says of itself (RFC 9110, section 15.5.22).
    fileprivate static let offer: HTTPFields = [
        .upgrade: "websocket", .connection: "Upgrade", .webSocketVersion: version,
    ]
}

extension DaemonContext {
    /// Reads a request for a WebSocket.
    ///
    /// - Throws: ``Problem`` 426 for a request that does not ask for one, asks for another version, or did not come over HTTP/1.1; 400 for
    ///   one that is malformed.
    public func handshake(_ request: Request) async throws -> WebSocketHandshake {
        let channel = channel
        let isHTTP1 = try await channel.eventLoop.submit { channel.connectionUpgrade != nil }.get()
        // HTTP/2 could carry WebSockets (RFC 8441), but no part of our stack speaks it; a client that was not offered it does not ask.
        guard isHTTP1 else { throw WebSocketHandshake.required("a WebSocket needs a connection with HTTP/1.1") }
        answerHeaders.append(contentsOf: WebSocketHandshake.offer)
        return try WebSocketHandshake(request)
    }

    /// The answer after which the connection is a WebSocket.
    ///
    /// - Parameter open: Called on the connection's event loop, after the answer.
    /// - Throws: ``Problem`` 400 when other requests of the connection are not answered yet.
    public func accept(
        _ handshake: WebSocketHandshake,
        _ open: @escaping @Sendable (WebSocket) -> WebSocket.Events
    ) async throws -> Response {
        let channel = channel
        let isReady = try await channel.eventLoop.submit { channel.connectionUpgrade?.prepare(open) ?? false }.get()
        guard isReady else {
            throw Problem(.badRequest, "websocket_pipelined", "a WebSocket's request must be the only one under way")
        }
        return handshake.response
    }
}

extension Channel {
    fileprivate var connectionUpgrade: ConnectionUpgrade? {
        try? pipeline.syncOperations.handler(type: ConnectionUpgrade.self)
    }
}

extension HTTPFields {
    /// Whether a header that is a list of words has this one.
    fileprivate func names(_ word: String, in name: HTTPField.Name) -> Bool {
        self[values: name].flatMap { $0.split(separator: ",") }
            .contains { $0.trimmingCharacters(in: .whitespaces).lowercased() == word }
    }
}

extension HTTPField.Name {
    static let webSocketVersion = HTTPField.Name("Sec-WebSocket-Version")!
    static let webSocketKey = HTTPField.Name("Sec-WebSocket-Key")!
    static let webSocketAccept = HTTPField.Name("Sec-WebSocket-Accept")!
}
