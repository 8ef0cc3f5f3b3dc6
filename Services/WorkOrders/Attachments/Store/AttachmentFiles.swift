import Crypto
import Foundation
import Identifiers
import Logging
import MalwareScan
import NIOCore
import ObjectStore

/// The bytes of attachments.
///
/// A part is an object of its own (`uploads/<tenant>/<attachment>/parts/01`): S3 refuses parts of less than 5 MiB in its own uploads, and ours
/// have the size of a request. When all are there, they become one object, which is checked, and then an object that is named after its content
/// (`attachments/<tenant>/<sha256>`): the same photo twice is stored once.
struct AttachmentFiles: Sendable {
    /// Says whether a file is clean.
    typealias Scan = @Sendable (ObjectStream) async throws -> ScanVerdict

    private let objects: ObjectStore?
    /// Nil: no scanner is set, and files are served unscanned.
    private let scan: Scan?
    private let logger: Logger

    init(_ objects: ObjectStore?, scan: Scan?, logger: Logger) {
        self.objects = objects
        self.scan = scan
        self.logger = logger
    }

    /// - Throws: ``AttachmentRefusal/noStore``.
    func requireStore() throws { guard objects != nil else { throw AttachmentRefusal.noStore } }

    func put(_ bytes: ByteBuffer, asPart number: Int, of attachment: Attachment) async throws {
        try await asking { store in
            try await store.put(Self.part(number, of: attachment), ObjectBody(bytes), as: "application/octet-stream")
        }
    }

    /// The numbers of the parts that have come.
    func parts(of attachment: Attachment) async throws -> [Int] {
        let page = try await asking { try await $0.list(Self.uploads(attachment) + "parts/") }
        return page.entries.compactMap { entry in
            guard let number = entry.key.text.split(separator: "/").last.flatMap({ Int($0) }) else { return nil }
            return entry.size == attachment.size(ofPart: number) ? number : nil
        }
    }

    /// Makes one object of the parts, and finds out what it is.
    ///
    /// - Throws: ``AttachmentRefusal``: parts are missing, or have other bytes than were announced.
    func check(_ attachment: Attachment) async throws -> CheckedContent {
        let there = Set(try await parts(of: attachment))
        let missing = (1...attachment.partCount).filter { !there.contains($0) }
        guard missing.isEmpty else { throw AttachmentRefusal.partsMissing(missing) }
        guard let hash = ContentHash(attachment.sha256) else { throw AttachmentRefusal.otherBytes }
        return try await asking { store in
            let keys = (1...attachment.partCount).map { Self.part($0, of: attachment) }
            let body = ObjectBody(size: attachment.size, hash: hash) {
                ObjectStream(JoinedParts(store: store, keys: keys))
            }
            do {
                try await store.put(Self.whole(attachment), body, as: "application/octet-stream")
            } catch ObjectStoreError.corrupt {
                throw AttachmentRefusal.otherBytes
            }
            var finder = FileTypeFinder()
            for try await piece in try await store.get(Self.whole(attachment)).body {
                finder.add(piece.readableBytesView)
            }
            var verdict = CheckedContent.Verdict.clean
            // What is none of our types is refused anyway.
            if let scan, finder.type != nil {
                switch try await scan(try await store.get(Self.whole(attachment)).body) {
                case .clean: verdict = .clean
                case .infected(let name): verdict = .infected(name)
                case .unscanned(let reason): verdict = .unscanned(reason)
                }
            }
            return CheckedContent(size: attachment.size, sha256: hash.text, type: finder.type, verdict: verdict)
        }
    }

    /// Keeps what was checked, under its hash.
    func keep(_ attachment: Attachment) async throws {
        guard let hash = ContentHash(attachment.sha256) else { throw AttachmentRefusal.otherBytes }
        try await asking { store in
            let key = Self.content(attachment)
            if let there = try? await store.head(key), there.size == attachment.size, there.hash == hash { return }
            let body = ObjectBody(size: attachment.size, hash: hash) {
                try await store.get(Self.whole(attachment)).body
            }
            try await store.put(key, body, as: "application/octet-stream")
        }
    }

    func content(of attachment: Attachment, range: Range<Int>?) async throws -> StoredObject {
        try await asking { try await $0.get(Self.content(attachment), range: range) }
    }

    /// Removes what a tenant keeps under a hash.
    func remove(_ tenant: TenantID, _ sha256: String) async throws {
        try await asking { try await $0.delete(ObjectKey(parts: "attachments", "\(tenant)", sha256)) }
    }

    /// Removes what came of an upload.
    func removeUpload(of attachment: Attachment) async throws {
        try await asking { store in
            // At most a page: a file has few parts.
            for entry in try await store.list(Self.uploads(attachment)).entries { try await store.delete(entry.key) }
        }
    }

    // MARK: -

    private func asking<Value>(_ body: (ObjectStore) async throws -> Value) async throws -> Value {
        guard let objects else { throw AttachmentRefusal.noStore }
        do {
            return try await body(objects)
        } catch let error as ObjectStoreError {
            logger.warning("the object store does not do what it should", metadata: ["error": "\(error)"])
            throw AttachmentRefusal.storeUnavailable
        }
    }

    private static func uploads(_ attachment: Attachment) -> String {
        "uploads/\(attachment.tenant)/\(attachment.id)/"
    }

    private static func part(_ number: Int, of attachment: Attachment) -> ObjectKey {
        ObjectKey(
            parts: "uploads",
            "\(attachment.tenant)",
            "\(attachment.id)",
            "parts",
            number < 10 ? "0\(number)" : "\(number)"
        )
    }

    private static func whole(_ attachment: Attachment) -> ObjectKey {
        ObjectKey(parts: "uploads", "\(attachment.tenant)", "\(attachment.id)", "whole")
    }

    private static func content(_ attachment: Attachment) -> ObjectKey {
        ObjectKey(parts: "attachments", "\(attachment.tenant)", attachment.sha256)
    }
}

/// The bytes of several objects, one after the other.
private struct JoinedParts: AsyncSequence, Sendable {
    let store: ObjectStore
    let keys: [ObjectKey]

    struct AsyncIterator: AsyncIteratorProtocol {
        let store: ObjectStore
        var rest: ArraySlice<ObjectKey>
        var current: ObjectStream.AsyncIterator?

        mutating func next() async throws -> ByteBuffer? {
            while true {
                if let piece = try await current?.next() { return piece }
                guard let key = rest.popFirst() else { return nil }
                current = try await store.get(key).body.makeAsyncIterator()
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(store: store, rest: keys[...]) }
}
