import Commands
import Foundation
import HTTPTypes
public import Hummingbird
import NIOCore

/// A body that is made while it is sent: however long it is, only a part of it is in memory. Only for routes that change nothing, since
/// such an answer can't be stored.
///
/// What fails before the first byte should fail in the handler, with a status. If ``write(to:)`` throws, the connection ends without the
/// body's end, so that no client takes the part for the whole.
public protocol StreamedAnswer: Answer {
    /// `Content-Type`, `Content-Disposition`.
    var headers: [String: String] { get }
    /// Writes the body, part by part.
    func write(to send: (_ part: [UInt8]) async throws -> Void) async throws
}

extension StreamedAnswer {
    public func encoded() throws -> EncodedAnswer {
        throw Problem(.internalServerError, "internal", "a streamed answer can't be stored")
    }

    public func response() throws -> Response {
        var head = EncodedAnswer(status: Self.status.code, headers: headers, body: []).response()
        // The head of an empty answer says that its length is 0: the client would take the body for the next answer.
        head.headers[.contentLength] = nil
        return Response(
            status: head.status,
            headers: head.headers,
            body: ResponseBody { writer in
                nonisolated(unsafe) var writer = writer
                try await write { try await writer.write(ByteBuffer(bytes: $0)) }
                try await writer.finish(nil)
            }
        )
    }
}
