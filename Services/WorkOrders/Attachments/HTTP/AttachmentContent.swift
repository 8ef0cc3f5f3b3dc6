import Commands
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ObjectStore
import ServiceKit

/// The bytes of a file, or a range of them, or a thumbnail of it.
///
/// Whatever the file holds, a browser runs nothing of it on our origin: it does not guess the type, shows only images and PDF in place, and
/// those without scripts, forms and requests.
struct AttachmentContent: Answer {
    static func content() -> AnswerContent { .text("application/octet-stream") }

    /// What people call it.
    let name: String
    let type: FileType
    /// Of all of it.
    let size: Int
    /// Changes with its bytes.
    let tag: String
    /// Nil: all of it.
    let range: Range<Int>?
    let bytes: ObjectStream

    init(_ attachment: Attachment, _ type: FileType, range: Range<Int>? = nil, _ object: StoredObject) {
        (name, self.type, size, tag) = (attachment.name, type, attachment.size, attachment.sha256)
        (self.range, bytes) = (range, object.body)
    }

    init(_ thumbnail: Thumbnail, of attachment: Attachment, _ object: StoredObject) {
        (name, type, size) = ("\(attachment.name).jpg", .jpeg, object.info.size)
        tag = "\(attachment.sha256)-\(thumbnail.rawValue)"
        (range, bytes) = (nil, object.body)
    }

    func encoded() throws -> EncodedAnswer {
        throw Problem(.internalServerError, "internal", "a file can't be stored as an answer")
    }

    func response() throws -> Response {
        var headers = HTTPFields()
        headers[.contentType] = type == .text ? "text/plain; charset=utf-8" : type.rawValue
        headers[.contentDisposition] = Self.disposition(name, isShown: type.canBeShown)
        headers[.xContentTypeOptions] = "nosniff"
        headers[.contentSecurityPolicy] = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:"
        headers[.cacheControl] = "private, no-cache"
        headers[.acceptRanges] = "bytes"
        headers[.eTag] = "\"\(tag)\""
        if let range {
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
        }
        let length = range?.count ?? size
        return Response(
            status: range == nil ? .ok : .partialContent,
            headers: headers,
            body: ResponseBody(contentLength: length) { writer in
                for try await piece in bytes { try await writer.write(piece) }
                try await writer.finish(nil)
            }
        )
    }

    /// The name in ASCII, and as it is (RFC 6266).
    static func disposition(_ name: String, isShown: Bool) -> String {
        let plain = String(
            name.unicodeScalars.map {
                (0x20...0x7E).contains($0.value) && !"\"\\/".unicodeScalars.contains($0) ? Character($0) : "_"
            }
        )
        let encoded = name.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
        return "\(isShown ? "inline" : "attachment"); filename=\"\(plain)\"; filename*=UTF-8''\(encoded)"
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    )
}

extension HTTPField.Name {
    fileprivate static let xContentTypeOptions = HTTPField.Name("X-Content-Type-Options")!
}
