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
/// (`attachments/<tenant>/<sha256>`): the same photo twice is stored once. Its thumbnails are beside it (`<sha256>-small`).
struct AttachmentFiles: Sendable {
    /// Says whether a file is clean.
    typealias Scan = @Sendable (ObjectStream) async throws -> ScanVerdict
    /// Takes the position out of a picture; `nil` if there is none.
    typealias Strip = @Sendable (ByteBuffer) async throws -> ByteBuffer?
    /// Says where a picture was taken.
    typealias Locate = @Sendable (ByteBuffer) async throws -> GeoPosition?
    /// Makes the thumbnails of a picture, or throws a ``ConfinedProgram/Failure``.
    typealias Draw = @Sendable (ByteBuffer, FileType) async throws -> [Thumbnail: ByteBuffer]

    private let objects: ObjectStore?
    /// Nil: no scanner is set, and files are served unscanned.
    private let scan: Scan?
    /// Nil: only pictures that may keep their position are taken in.
    private let strip: Strip?
    /// Nil: nobody is told where pictures were taken.
    private let locate: Locate?
    /// Nil: there are no thumbnails.
    private let draw: Draw?
    private let turns = Turns(2)
    private let logger: Logger

    init(
        _ objects: ObjectStore?,
        scan: Scan?,
        strip: Strip? = nil,
        locate: Locate? = nil,
        draw: Draw? = nil,
        logger: Logger
    ) {
        self.objects = objects
        self.scan = scan
        self.strip = strip
        self.locate = locate
        self.draw = draw
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
    /// - Parameter position: What the tenant wants to become of a picture's.
    /// - Throws: ``AttachmentRefusal``: parts are missing, have other bytes than were announced, or are a picture whose position can't be taken out.
    func check(_ attachment: Attachment, position: PhotoPosition) async throws -> CheckedContent {
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
            var content = CheckedContent(
                size: attachment.size,
                sha256: hash.text,
                type: finder.type,
                verdict: verdict
            )
            // Only what is clean is given to a program that reads all of it.
            if finder.type?.isImage == true, verdict == .clean {
                switch position {
                case .strip: content.stored = try await stripped(attachment, in: store)
                case .keep: content.position = await located(attachment, in: store)
                }
            }
            return content
        }
    }

    /// Takes its position out of a picture.
    ///
    /// - Returns: `nil` if it has none.
    private func stripped(_ attachment: Attachment, in store: ObjectStore) async throws -> CheckedContent.Stored? {
        guard let strip else { throw AttachmentRefusal.photosUnavailable }
        return try await turns.take {
            let picture = try await Self.bytes(of: Self.whole(attachment), in: store)
            guard let stripped = try await strip(picture) else { return nil }
            let body = ObjectBody(stripped)
            try await store.put(Self.stripped(attachment), body, as: "application/octet-stream")
            return CheckedContent.Stored(size: body.size, sha256: body.hash.text)
        }
    }

    /// Where a picture was taken. It is good to know, and no reason to refuse a picture.
    private func located(_ attachment: Attachment, in store: ObjectStore) async -> GeoPosition? {
        guard let locate else { return nil }
        do {
            return try await turns.take { try await locate(Self.bytes(of: Self.whole(attachment), in: store)) }
        } catch {
            logger.notice(
                "nobody knows where a picture was taken",
                metadata: ["attachment": "\(attachment.id)", "error": "\(error)"]
            )
            return nil
        }
    }

    private static func bytes(of key: ObjectKey, in store: ObjectStore) async throws -> ByteBuffer {
        var bytes = ByteBuffer()
        for try await piece in try await store.get(key).body { bytes.writeImmutableBuffer(piece) }
        return bytes
    }

    /// Keeps what was checked and is available now, under its hash, with its thumbnails.
    ///
    /// - Returns: Whether it has any; `nil`: not yet, or it is no picture.
    @discardableResult func keep(_ attachment: Attachment) async throws -> Bool? {
        try await keepBytes(of: attachment)
        guard drawsThumbnails, attachment.contentType?.isImage == true else { return nil }
        do {
            return try await makeThumbnails(of: attachment)
        } catch {
            // The file is what matters.
            logger.notice(
                "thumbnails are left for the upkeep",
                metadata: ["attachment": "\(attachment.id)", "error": "\(error)"]
            )
            return nil
        }
    }

    private func keepBytes(of attachment: Attachment) async throws {
        guard let hash = ContentHash(attachment.sha256) else { throw AttachmentRefusal.otherBytes }
        try await asking { store in
            let key = Self.content(attachment)
            let source = attachment.uploadedSha256 == nil ? Self.whole(attachment) : Self.stripped(attachment)
            if let there = try? await store.head(key), there.size == attachment.size, there.hash == hash { return }
            let body = ObjectBody(size: attachment.size, hash: hash) {
                try await store.get(source).body
            }
            try await store.put(key, body, as: "application/octet-stream")
        }
    }

    // MARK: - Thumbnails

    /// Nothing makes any where no program is set.
    var drawsThumbnails: Bool { draw != nil && objects != nil }

    /// Makes the thumbnails of a picture that is kept, unless they are there.
    ///
    /// - Returns: Whether there are any: of a broken picture there never are.
    /// - Throws: ``ConfinedProgram/Failure`` and ``AttachmentRefusal``: they may be made later.
    func makeThumbnails(of attachment: Attachment) async throws -> Bool {
        guard let draw, let type = attachment.contentType else { return false }
        return try await asking { store in
            if try await Self.hasThumbnails(attachment, in: store) { return true }
            return try await turns.take {
                do {
                    let picture = try await Self.bytes(of: Self.content(attachment), in: store)
                    for (size, bytes) in try await draw(picture, type) {
                        try await store.put(Self.thumbnail(size, of: attachment), ObjectBody(bytes), as: "image/jpeg")
                    }
                    return true
                } catch ConfinedProgram.Failure.refused, ObjectStoreError.notFound, ObjectStoreError.corrupt {
                    return false
                }
            }
        }
    }

    private static func hasThumbnails(_ attachment: Attachment, in store: ObjectStore) async throws -> Bool {
        for size in Thumbnail.allCases {
            do {
                _ = try await store.head(thumbnail(size, of: attachment))
            } catch ObjectStoreError.notFound {
                return false
            }
        }
        return true
    }

    /// - Throws: ``AttachmentRefusal/noThumbnail``.
    func thumbnail(_ size: Thumbnail, of attachment: Attachment) async throws -> StoredObject {
        guard attachment.hasThumbnails == true else { throw AttachmentRefusal.noThumbnail }
        return try await asking { store in
            do {
                return try await store.get(Self.thumbnail(size, of: attachment))
            } catch ObjectStoreError.notFound {
                throw AttachmentRefusal.noThumbnail
            }
        }
    }

    // MARK: -

    func content(of attachment: Attachment, range: Range<Int>?) async throws -> StoredObject {
        try await asking { try await $0.get(Self.content(attachment), range: range) }
    }

    /// Removes what a tenant keeps under a hash, and what was made of it.
    func remove(_ tenant: TenantID, _ sha256: String) async throws {
        try await asking { store in
            for size in Thumbnail.allCases { try await store.delete(Self.thumbnail(size, tenant, sha256)) }
            try await store.delete(ObjectKey(parts: "attachments", "\(tenant)", sha256))
        }
    }

    /// What may have been kept of an upload whose outcome was never recorded, by its hashes.
    func unrecorded(_ attachment: Attachment) async throws -> [String] {
        try await asking { store in
            do {
                let stored = try await store.head(Self.stripped(attachment)).hash
                return [attachment.sha256] + [stored?.text].compactMap(\.self)
            } catch ObjectStoreError.notFound {
                return [attachment.sha256]
            }
        }
    }

    /// Ends an upload whose outcome is recorded.
    func end(_ attachment: Attachment) async throws {
        // Until it was recorded, nobody knew that these bytes had a user: another file with the same may have ended, and taken them with it.
        if attachment.state == .available, attachment.uploadedSha256 != nil { try await keep(attachment) }
        try await removeUpload(of: attachment)
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

    private static func stripped(_ attachment: Attachment) -> ObjectKey {
        ObjectKey(parts: "uploads", "\(attachment.tenant)", "\(attachment.id)", "stripped")
    }

    private static func content(_ attachment: Attachment) -> ObjectKey {
        ObjectKey(parts: "attachments", "\(attachment.tenant)", attachment.sha256)
    }

    private static func thumbnail(_ size: Thumbnail, of attachment: Attachment) -> ObjectKey {
        thumbnail(size, attachment.tenant, attachment.sha256)
    }

    /// Beside the file: the same photo twice has them once.
    private static func thumbnail(_ size: Thumbnail, _ tenant: TenantID, _ sha256: String) -> ObjectKey {
        ObjectKey(parts: "attachments", "\(tenant)", "\(sha256)-\(size.rawValue)")
    }
}

/// Some at once, and the others after them: a picture is in memory as a whole.
private actor Turns {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    func take<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
        defer { if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() } }
        return try await body()
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
