import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import SignedXML

/// Objects in a bucket of an S3 service (Amazon S3 API Reference, 2006-03-01).
struct ObjectBucket: Sendable {
    let client: BucketClient
    /// The SHA-256 travels as metadata: not every service knows the checksums of S3's own.
    private static let hashHeader = "x-amz-meta-sha256"

    init(_ settings: BucketSettings, http: HTTPClient? = nil) { client = BucketClient(settings, http: http) }

    func check() async throws {
        // A list of nothing: HEAD would not say why it is refused.
        _ = try await client.ask(BucketRequest(method: .get, query: [("list-type", "2"), ("max-keys", "0")]))
    }

    func put(_ key: ObjectKey, _ body: ObjectBody, as contentType: String) async throws {
        let headers = [("content-type", contentType), (Self.hashHeader, body.hash.text)]
        _ = try await client.ask(BucketRequest(method: .put, key: key, headers: headers, body: .object(body)))
    }

    func get(_ key: ObjectKey, _ range: Range<Int>?) async throws -> StoredObject {
        let headers = range.map { [("range", "bytes=\($0.lowerBound)-\($0.upperBound - 1)")] } ?? []
        let answer = try await client.send(BucketRequest(method: .get, key: key, headers: headers))
        let length = answer.headers.first(name: "content-length").flatMap { Int($0) }
        let whole = answer.headers.first(name: "content-range")?.split(separator: "/").last.flatMap { Int($0) }
        guard let length, (range == nil) == (whole == nil) else {
            throw ObjectStoreError.unavailable("GET \(key): the answer does not say which bytes it has")
        }
        let info = Self.info(answer.headers, size: whole ?? length)
        let body = ObjectStream {
            var pieces = answer.body.makeAsyncIterator()
            return {
                do {
                    return try await pieces.next(isolation: #isolation)
                } catch is CancellationError {
                    throw CancellationError()
                } catch {
                    throw ObjectStoreError.unavailable("GET \(key) broke off: \(error)")
                }
            }
        }
        let hash = range == nil ? info.hash : nil
        return StoredObject(info: info, body: body.checked(key.text, size: length, hash: hash))
    }

    func head(_ key: ObjectKey) async throws -> ObjectInfo {
        let answer = try await client.send(BucketRequest(method: .head, key: key))
        guard let size = answer.headers.first(name: "content-length").flatMap({ Int($0) }) else {
            throw ObjectStoreError.unavailable("HEAD \(key): the answer does not say how large it is")
        }
        return Self.info(answer.headers, size: size)
    }

    func delete(_ key: ObjectKey) async throws {
        do {
            _ = try await client.ask(BucketRequest(method: .delete, key: key))
        } catch ObjectStoreError.notFound {
            // What was wanted.
        }
    }

    func list(_ prefix: String, after: ObjectKey?, limit: Int) async throws -> ObjectPage {
        var query = [("list-type", "2"), ("max-keys", "\(limit)"), ("prefix", prefix)]
        if let after { query.append(("start-after", after.text)) }
        guard let list = try await client.ask(BucketRequest(method: .get, query: query)) else {
            throw ObjectStoreError.unavailable("the list has no content")
        }
        // What has no key of ours was not put there by us.
        let entries = list.children.filter { $0.name == "Contents" }.compactMap { entry -> ObjectPage.Entry? in
            guard let key = entry.text(of: "Key").flatMap(ObjectKey.init),
                let size = entry.text(of: "Size").flatMap({ Int($0) }),
                let modified = entry.text(of: "LastModified").flatMap(Self.time)
            else { return nil }
            return ObjectPage.Entry(key: key, size: size, modifiedAt: modified)
        }
        return ObjectPage(entries: entries, next: list.text(of: "IsTruncated") == "true" ? entries.last?.key : nil)
    }

    private static func info(_ headers: HTTPHeaders, size: Int) -> ObjectInfo {
        ObjectInfo(
            size: size,
            contentType: headers.first(name: "content-type") ?? "application/octet-stream",
            hash: headers.first(name: hashHeader).flatMap { ContentHash($0) }
        )
    }

    private static func time(_ text: String) -> Date? {
        (try? Date(text, strategy: .iso8601.year().month().day().time(includingFractionalSeconds: true)))
            ?? (try? Date(text, strategy: .iso8601))
    }
}
