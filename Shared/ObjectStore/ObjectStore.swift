public import NIOCore

/// Files of any size under keys: a folder of this machine, or a bucket of an S3 service.
///
/// Both do the same, and the same suite of tests runs against both. All functions throw ``ObjectStoreError``. An object appears as a whole,
/// or not at all, and is never changed: whoever reads it while it is put there once more gets all of the one or all of the other.
public struct ObjectStore: Sendable {
    private enum Place: Sendable {
        case folder(ObjectFolder)
        case bucket(ObjectBucket)
    }

    private let place: Place

    /// A store in a folder, which is made if it is not there. Several processes can use it.
    public init(folder: String) { place = .folder(ObjectFolder(folder)) }

    /// A store in a bucket.
    public init(bucket: BucketSettings) { place = .bucket(ObjectBucket(bucket)) }

    init(_ bucket: ObjectBucket) { place = .bucket(bucket) }

    /// Whether the store can be used at the moment, and as it is set: for a health check.
    public func check() async throws {
        switch place {
        case .folder(let folder): try await folder.check()
        case .bucket(let bucket): try await bucket.check()
        }
    }

    /// Puts an object there, in place of one that has the key. Bytes of another size or hash than announced are not stored.
    public func put(_ key: ObjectKey, _ body: ObjectBody, as contentType: String) async throws {
        try Self.require(contentType: contentType)
        switch place {
        case .folder(let folder): try await folder.put(key, body, as: contentType)
        case .bucket(let bucket): try await bucket.put(key, body, as: contentType)
        }
    }

    /// Reads an object.
    ///
    /// - Parameter range: Which of its bytes; all of them if there is none. What lies behind the end is left out, but it must begin
    ///   within the object.
    public func get(_ key: ObjectKey, range: Range<Int>? = nil) async throws -> StoredObject {
        if let range { try Self.require(range) }
        return switch place {
        case .folder(let folder): try await folder.get(key, range)
        case .bucket(let bucket): try await bucket.get(key, range)
        }
    }

    /// What the store knows of an object.
    public func head(_ key: ObjectKey) async throws -> ObjectInfo {
        switch place {
        case .folder(let folder): try await folder.head(key)
        case .bucket(let bucket): try await bucket.head(key)
        }
    }

    /// Deletes an object; that it is not there is no error.
    public func delete(_ key: ObjectKey) async throws {
        switch place {
        case .folder(let folder): try await folder.delete(key)
        case .bucket(let bucket): try await bucket.delete(key)
        }
    }

    /// The objects whose keys begin with `prefix`, a page at a time.
    ///
    /// - Parameters:
    ///   - prefix: Of the form of a key; it may end within a part, or with `/`. Empty: all objects.
    ///   - after: Only keys behind this one.
    ///   - limit: At most this many, from 1 to 1000.
    public func list(_ prefix: String, after: ObjectKey? = nil, limit: Int = 1000) async throws -> ObjectPage {
        guard ObjectKey.isPrefix(prefix) else {
            throw ObjectStoreError.refused("no key begins with \(prefix.debugDescription)")
        }
        let limit = min(max(limit, 1), 1000)
        return switch place {
        case .folder(let folder): try await folder.list(prefix, after: after, limit: limit)
        case .bucket(let bucket): try await bucket.list(prefix, after: after, limit: limit)
        }
    }

    // MARK: - In parts

    /// Begins an object of which the size and the hash are not known yet. Whoever begins one completes or aborts it; what was forgotten
    /// takes room (for a bucket, a rule of S3's life cycle can remove it).
    public func beginUpload(_ key: ObjectKey, as contentType: String) async throws -> ObjectUpload {
        try Self.require(contentType: contentType)
        return switch place {
        case .folder(let folder): try await folder.beginUpload(key, as: contentType)
        case .bucket(let bucket): try await bucket.beginUpload(key, as: contentType)
        }
    }

    /// Puts a part there, in place of one with the same number.
    ///
    /// - Parameter number: One of ``ObjectUpload/numbers``.
    public func putPart(_ number: Int, of upload: ObjectUpload, _ bytes: ByteBuffer) async throws -> ObjectPart {
        guard ObjectUpload.numbers.contains(number) else { throw ObjectStoreError.refused("part \(number)") }
        return switch place {
        case .folder(let folder): try await folder.putPart(number, of: upload, bytes)
        case .bucket(let bucket): try await bucket.putPart(number, of: upload, bytes)
        }
    }

    /// Makes the object of its parts.
    ///
    /// - Parameter parts: In the order of their numbers. All but the last one have at least ``ObjectUpload/smallestPart`` bytes.
    public func complete(_ upload: ObjectUpload, _ parts: [ObjectPart]) async throws {
        guard !parts.isEmpty, zip(parts, parts.dropFirst()).allSatisfy({ $0.number < $1.number }) else {
            throw ObjectStoreError.refused("the parts are not in the order of their numbers")
        }
        guard parts.dropLast().allSatisfy({ $0.size >= ObjectUpload.smallestPart }) else {
            throw ObjectStoreError.refused("a part before the last one is too small")
        }
        switch place {
        case .folder(let folder): try await folder.complete(upload, parts)
        case .bucket(let bucket): try await bucket.complete(upload, parts)
        }
    }

    /// Forgets an upload and its parts; that it is not there is no error.
    public func abort(_ upload: ObjectUpload) async throws {
        switch place {
        case .folder(let folder): try await folder.abort(upload)
        case .bucket(let bucket): try await bucket.abort(upload)
        }
    }

    // MARK: -

    /// It is a header of S3, and a word of the first line of a file.
    private static func require(contentType: String) throws {
        let isText = contentType.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isText, (1...200).contains(contentType.utf8.count) else {
            throw ObjectStoreError.refused("\(contentType.debugDescription) is no content type")
        }
    }

    private static func require(_ range: Range<Int>) throws {
        guard range.lowerBound >= 0, !range.isEmpty else { throw ObjectStoreError.refused("the range \(range)") }
    }
}
