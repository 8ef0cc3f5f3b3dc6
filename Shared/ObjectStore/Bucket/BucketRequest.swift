import Foundation
import NIOCore

/// A request to a bucket, before it is signed.
struct BucketRequest: Sendable {
    enum Method: String {
        case get = "GET"
        case head = "HEAD"
        case put = "PUT"
        case post = "POST"
        case delete = "DELETE"
    }

    enum Body: Sendable {
        case none
        case bytes(ByteBuffer)
        case object(ObjectBody)
    }

    var method: Method
    /// The object; `nil`: the bucket itself.
    var key: ObjectKey?
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var body = Body.none

    /// The SHA-256 of the body, which the signature covers: other bytes are refused by the service, too.
    var payload: String {
        switch body {
        case .none: Self.emptyHash
        case .bytes(let bytes): ContentHash(of: bytes.readableBytesView).text
        case .object(let object): object.hash.text
        }
    }

    private static let emptyHash = ContentHash(of: []).text

    var size: Int {
        switch body {
        case .none: 0
        case .bytes(let bytes): bytes.readableBytes
        case .object(let object): object.size
        }
    }

    var what: String { "\(method.rawValue) \(key?.text ?? "the bucket")" }
}

/// A request as it is sent.
struct SignedRequest {
    let url: String
    let headers: [(name: String, value: String)]

    init(_ request: BucketRequest, _ settings: BucketSettings, at date: Date) throws {
        guard let place = BucketSettings.place(of: settings.endpoint) else {
            throw ObjectStoreError.refused("\(settings.endpoint) is no endpoint")
        }
        let object = request.key.map { "/\($0.text)" } ?? ""
        let (host, path) =
            switch settings.style {
            case .path: (place.host, "/\(settings.bucket)\(object)")
            case .host: ("\(settings.bucket).\(place.host)", object.isEmpty ? "/" : object)
            }
        let time = SigningTime(date)
        var headers =
            request.headers + [
                ("host", host), ("x-amz-content-sha256", request.payload), ("x-amz-date", time.text),
            ]
        let signature = SignatureV4(
            accessKey: settings.accessKey,
            secretKey: settings.secretKey,
            region: settings.region
        )
        let signed = SignatureV4.Request(
            method: request.method.rawValue,
            path: path,
            query: request.query,
            headers: headers,
            payload: request.payload
        )
        headers.append(("authorization", signature.authorization(for: signed, at: time)))
        self.headers = headers
        let query = request.query.isEmpty ? "" : "?\(SignatureV4.query(request.query))"
        url = "\(place.scheme)://\(host)\(SignatureV4.encoded(path, keeping: "/"))\(query)"
    }
}
