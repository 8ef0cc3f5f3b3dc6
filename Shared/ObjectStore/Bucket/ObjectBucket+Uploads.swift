import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import SignedXML

/// Uploads in parts: "Uploading and copying objects using multipart upload", Amazon S3 User Guide.
extension ObjectBucket {
    func beginUpload(_ key: ObjectKey, as contentType: String) async throws -> ObjectUpload {
        let request = BucketRequest(
            method: .post,
            key: key,
            query: [("uploads", "")],
            headers: [("content-type", contentType)]
        )
        guard let id = try await client.ask(request)?.text(of: "UploadId"), !id.isEmpty else {
            throw ObjectStoreError.unavailable("the answer has no id of an upload")
        }
        return ObjectUpload(key: key, id: id)
    }

    func putPart(_ number: Int, of upload: ObjectUpload, _ bytes: ByteBuffer) async throws -> ObjectPart {
        let query = [("partNumber", "\(number)"), ("uploadId", upload.id)]
        let answer = try await client.send(
            BucketRequest(method: .put, key: upload.key, query: query, body: .bytes(bytes))
        )
        guard let tag = answer.headers.first(name: "etag") else {
            throw ObjectStoreError.unavailable("the answer has no tag of the part")
        }
        for try await _ in answer.body {}
        return ObjectPart(number: number, size: bytes.readableBytes, tag: tag)
    }

    func complete(_ upload: ObjectUpload, _ parts: [ObjectPart]) async throws {
        let list = parts.map {
            "<Part><PartNumber>\($0.number)</PartNumber><ETag>\(Self.escaped($0.tag))</ETag></Part>"
        }
        let text =
            #"<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">"# + list.joined()
            + "</CompleteMultipartUpload>"
        let request = BucketRequest(
            method: .post,
            key: upload.key,
            query: [("uploadId", upload.id)],
            headers: [("content-type", "application/xml")],
            body: .bytes(ByteBuffer(string: text))
        )
        let answer: XMLElement?
        do {
            answer = try await client.ask(request)
        } catch ObjectStoreError.notFound(let what) {
            // An answer may have been lost, and the upload is an object already.
            let size = parts.reduce(0) { $0 + $1.size }
            guard let found = try? await head(upload.key), found.size == size else {
                throw ObjectStoreError.notFound(what)
            }
            return
        }
        // The service may begin its answer with 200 before it knows: then the error is in the body.
        if let answer, answer.name == "Error" {
            let refusal = BucketRefusal(200, answer)
            throw refusal.kind == .again
                ? ObjectStoreError.unavailable(refusal.description) : .refused(refusal.description)
        }
    }

    func abort(_ upload: ObjectUpload) async throws {
        let query = [("uploadId", upload.id)]
        do {
            _ = try await client.ask(BucketRequest(method: .delete, key: upload.key, query: query))
        } catch ObjectStoreError.notFound {
            // What was wanted.
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
