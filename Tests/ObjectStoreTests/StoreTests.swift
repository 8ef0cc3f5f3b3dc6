import Crypto
import Foundation
import NIOCore
import TestSupport
import Testing

@testable import ObjectStore

/// The same for a folder and for a bucket.
enum Place: String, CaseIterable {
    case folder, bucket

    /// An empty store that no other test uses; nil if there is no S3 service.
    func store(_ what: String = #function) async throws -> ObjectStore? {
        switch self {
        case .folder: ObjectStore(folder: TestServers.directory.appending(path: "objects-\(UUID())").path)
        case .bucket: try await S3Server.found(for: what).asyncMap { ObjectStore(bucket: try await $0.newBucket()) }
        }
    }
}

extension Optional {
    fileprivate func asyncMap<Value>(_ body: (Wrapped) async throws -> Value) async rethrows -> Value? {
        guard let self else { return nil }
        return try await body(self)
    }
}

/// What every store does.
@Suite struct StoreTests {
    @Test(arguments: Place.allCases) func whatIsPutThereIsFoundThere(_ place: Place) async throws {
        guard let store = try await place.store() else { return }
        try await store.check()
        for size in [0, 1, 300, 256 << 10, (1 << 20) + 7] {
            let bytes = sample(size)
            let key = named("photos/size-\(size)")
            try await store.put(key, ObjectBody(bytes), as: "image/jpeg")
            let info = ObjectInfo(size: size, contentType: "image/jpeg", hash: ContentHash(of: bytes.readableBytesView))
            #expect(try await store.head(key) == info)
            let found = try await store.get(key)
            #expect(found.info == info)
            #expect(try await found.body.bytes(upTo: 2 << 20) == bytes)
        }
    }

    @Test(arguments: Place.allCases) func aStreamIsStoredInPieces(_ place: Place) async throws {
        guard let store = try await place.store() else { return }
        let bytes = sample(700_001)
        try await store.put(named("stream"), streamed(bytes), as: "video/mp4")
        #expect(try await store.get(named("stream")).body.bytes(upTo: 1 << 20) == bytes)
    }

    @Test(arguments: Place.allCases) func otherBytesThanAnnouncedAreNotStored(_ place: Place) async throws {
        guard let store = try await place.store() else { return }
        let (bytes, key) = (sample(700_001), named("kept"))
        try await store.put(key, ObjectBody(bytes), as: "image/png")
        let other = sample(700_001, seed: 9)
        let hash = ContentHash(of: bytes.readableBytesView)
        for (announced, sent) in [(700_001, other), (700_002, bytes), (700_000, bytes), (700_001, ByteBuffer())] {
            let body = ObjectBody(size: announced, hash: hash) { pieces(of: sent) }
            await #expect(throws: ObjectStoreError.self) { try await store.put(key, body, as: "image/png") }
            await #expect(throws: ObjectStoreError.self) { try await store.put(named("new"), body, as: "image/png") }
        }
        #expect(try await store.get(key).body.bytes(upTo: 1 << 20) == bytes)
        #expect(try await store.list("").entries.map(\.key.text) == ["kept"])
    }

    @Test(arguments: Place.allCases) func aPutReplacesAnObject(_ place: Place) async throws {
        guard let store = try await place.store() else { return }
        let key = named("same")
        try await store.put(key, ObjectBody(sample(100)), as: "text/plain")
        let reader = try await store.get(key)
        try await store.put(key, ObjectBody(sample(50, seed: 2)), as: "text/csv")
        // Who began to read it before reads all of what it was.
        #expect(try await reader.body.bytes(upTo: 1000) == sample(100))
        #expect(try await store.head(key).contentType == "text/csv")
        #expect(try await store.get(key).body.bytes(upTo: 1000) == sample(50, seed: 2))
    }

    @Test(arguments: Place.allCases) func aRangeIsPartOfAnObject(_ place: Place) async throws {
        guard let store = try await place.store() else { return }
        let (bytes, key) = (sample(600_000), named("film"))
        try await store.put(key, ObjectBody(bytes), as: "video/mp4")
        for range in [0..<1, 0..<600_000, 5..<300_005, 599_999..<600_000, 599_990..<900_000, 0..<9_000_000] {
            let found = try await store.get(key, range: range)
            let wanted = range.clamped(to: 0..<600_000)
            #expect(found.info.size == 600_000)
            #expect(
                try await found.body.bytes(upTo: 1 << 20) == bytes.getSlice(at: wanted.lowerBound, length: wanted.count)
            )
        }
        for range in [600_000..<600_001, 700_000..<700_010, 5..<5, -1..<5] {
            let error = await #expect(throws: ObjectStoreError.self) { _ = try await store.get(key, range: range) }
            guard case .refused = error else { return #expect(Bool(false), "\(range): \(String(describing: error))") }
        }
    }

    @Test(arguments: Place.allCases) func whatIsNotThereIsNotFound(_ place: Place) async throws {
        guard let store = try await place.store() else { return }
        let (key, upload) = (named("none/here"), ObjectUpload(key: named("none"), id: UUID().uuidString))
        try await store.delete(key)
        try await store.put(named("was"), ObjectBody(sample(3)), as: "text/plain")
        try await store.delete(named("was"))
        try await store.abort(upload)
        for key in [key, named("was"), named("was/below")] {
            await expectNotFound { _ = try await store.get(key) }
            await expectNotFound { _ = try await store.get(key, range: 0..<3) }
            await expectNotFound { _ = try await store.head(key) }
        }
        await expectNotFound { _ = try await store.putPart(1, of: upload, sample(3)) }
        await expectNotFound { try await store.complete(upload, [ObjectPart(number: 1, size: 3, tag: "x")]) }
        #expect(try await store.list("").entries.isEmpty)
        #expect(try await store.list("none/").entries.isEmpty)
    }

    @Test(arguments: Place.allCases) func aListHasTheOrderOfTheBytesAndPages(_ place: Place) async throws {
        guard let store = try await place.store() else { return }
        // A slash is behind the hyphen and the dot, and before the digits: folders and files take turns.
        let names = ["a", "a-b", "a.b", "a/0", "a/b", "a/b/c", "a/b-c", "a0", "a/b/d.e", "A", "b/1", "b/2", "z_"]
        for name in names.shuffled() {
            try await store.put(try #require(ObjectKey(name)), ObjectBody(sample(name.count)), as: "text/plain")
        }
        let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        for prefix in ["", "a", "a/", "a/b", "a/b/", "b", "b/1", "a-", "c", "c/d/", "z"] {
            let wanted = sorted.filter { $0.hasPrefix(prefix) }
            #expect(try await store.list(prefix).entries.map(\.key.text) == wanted, "\(prefix)")
            for limit in [1, 2, 5] {
                #expect(
                    try await pages(store, prefix, limit).map(\.key.text) == wanted,
                    "\(prefix), \(limit) at a time"
                )
            }
        }
        for after in ["a-c", "a/", "0", "zz", "a/b"].compactMap(ObjectKey.init) {
            #expect(try await store.list("", after: after).entries.map(\.key.text) == sorted.filter { after.text < $0 })
        }
        let entry = try #require(try await store.list("a/b/d").entries.first)
        #expect(entry.size == 7)
        #expect(abs(entry.modifiedAt.timeIntervalSinceNow) < 3600)
        await #expect(throws: ObjectStoreError.self) { try await store.list("../") }
        await #expect(throws: ObjectStoreError.self) { try await store.list("/a") }
    }

    @Test(arguments: Place.allCases) func anUploadInPartsBecomesOneObject(_ place: Place) async throws {
        guard let store = try await place.store() else { return }
        let key = named("reports/large")
        let pieces = [
            sample(ObjectUpload.smallestPart), sample(ObjectUpload.smallestPart + 3, seed: 2), sample(11, seed: 3),
        ]
        let upload = try await store.beginUpload(key, as: "application/pdf")
        // In any order, and one of them twice.
        _ = try await store.putPart(2, of: upload, sample(20))
        var parts: [ObjectPart] = []
        for number in [3, 1, 2] { parts.append(try await store.putPart(number, of: upload, pieces[number - 1])) }
        await expectNotFound { _ = try await store.head(key) }
        #expect(try await store.list("").entries.isEmpty)
        parts.sort { $0.number < $1.number }
        try await store.complete(upload, parts)
        var whole = ByteBuffer()
        for piece in pieces { whole.writeImmutableBuffer(piece) }
        let found = try await store.get(key)
        #expect(found.info == ObjectInfo(size: whole.readableBytes, contentType: "application/pdf", hash: nil))
        #expect(try await found.body.bytes(upTo: 20 << 20) == whole)
        await expectNotFound { _ = try await store.putPart(4, of: upload, pieces[2]) }
    }

    @Test(arguments: Place.allCases) func anUploadIsRefusedWithOtherPartsThanTheStoreHas(_ place: Place) async throws {
        guard let store = try await place.store() else { return }
        let upload = try await store.beginUpload(named("x"), as: "text/plain")
        let (one, two) = (
            try await store.putPart(1, of: upload, sample(ObjectUpload.smallestPart)),
            try await store.putPart(2, of: upload, sample(20))
        )
        let other = ObjectPart(number: 2, size: 20, tag: ContentHash(of: [1]).text)
        let small = ObjectPart(number: 1, size: 20, tag: two.tag)
        let missing = ObjectPart(number: 3, size: 20, tag: two.tag)
        for wrong in [[two, one], [one, one], [], [one, other], [small, two], [one, missing]] {
            await #expect(throws: ObjectStoreError.self) { try await store.complete(upload, wrong) }
        }
        for number in [0, -1, 10_001] {
            await #expect(throws: ObjectStoreError.self) { try await store.putPart(number, of: upload, sample(1)) }
        }
        try await store.complete(upload, [one, two])
        #expect(try await store.head(named("x")).size == ObjectUpload.smallestPart + 20)
    }

    @Test(arguments: Place.allCases) func anUploadThatIsAbortedLeavesNothing(_ place: Place) async throws {
        guard let store = try await place.store() else { return }
        let upload = try await store.beginUpload(named("x"), as: "text/plain")
        let part = try await store.putPart(1, of: upload, sample(20))
        try await store.abort(upload)
        try await store.abort(upload)
        await expectNotFound { _ = try await store.putPart(2, of: upload, sample(20)) }
        await expectNotFound { try await store.complete(upload, [part]) }
        #expect(try await store.list("").entries.isEmpty)
    }

    @Test(arguments: Place.allCases) func manyWritersOfOneKeyLeaveOneOfTheirObjects(_ place: Place) async throws {
        guard let store = try await place.store() else { return }
        let key = named("contended")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seed in 0..<8 {
                group.addTask {
                    try await store.put(key, streamed(sample(300_000, seed: UInt8(seed))), as: "text/plain")
                }
                group.addTask {
                    do {
                        // Whole, whoever's it is.
                        _ = try await store.get(key).body.bytes(upTo: 1 << 20)
                    } catch ObjectStoreError.notFound {
                        // Nobody was first yet.
                    }
                }
            }
            try await group.waitForAll()
        }
        let found = try await store.get(key).body.bytes(upTo: 1 << 20)
        #expect((0..<8).contains { found == sample(300_000, seed: UInt8($0)) })
    }

    @Test(arguments: Place.allCases) func contentTypesAreOneWord(_ place: Place) async throws {
        guard let store = try await place.store() else { return }
        for wrong in ["", "text/plain\nx", "text/plain; charset=utf-8", "tëxt", String(repeating: "a", count: 201)] {
            await #expect(throws: ObjectStoreError.self) {
                try await store.put(named("a"), ObjectBody(sample(1)), as: wrong)
            }
            await #expect(throws: ObjectStoreError.self) { try await store.beginUpload(named("a"), as: wrong) }
        }
    }
}

/// Bytes that differ from those of other seeds.
func sample(_ count: Int, seed: UInt8 = 1) -> ByteBuffer {
    ByteBuffer(bytes: (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ ($0 >> 8) &* 7 &+ Int(seed)) })
}

/// A key.
func named(_ text: String) -> ObjectKey { ObjectKey(text)! }

/// A body that comes in pieces.
func streamed(_ bytes: ByteBuffer) -> ObjectBody {
    ObjectBody(size: bytes.readableBytes, hash: ContentHash(of: bytes.readableBytesView)) { pieces(of: bytes) }
}

func pieces(of bytes: ByteBuffer) -> ObjectStream {
    ObjectStream {
        var rest = bytes
        return { rest.readableBytes == 0 ? nil : rest.readSlice(length: min(100_000, rest.readableBytes)) }
    }
}

private func pages(_ store: ObjectStore, _ prefix: String, _ limit: Int) async throws -> [ObjectPage.Entry] {
    var (all, after): ([ObjectPage.Entry], ObjectKey?) = ([], nil)
    repeat {
        let page = try await store.list(prefix, after: after, limit: limit)
        #expect(page.entries.count <= limit)
        #expect(page.next == nil || !page.entries.isEmpty)
        all += page.entries
        after = page.next
    } while after != nil
    return all
}

private func expectNotFound(
    _ body: () async throws -> Void,
    at location: SourceLocation = #_sourceLocation
) async {
    let error = await #expect(throws: ObjectStoreError.self, sourceLocation: location) { try await body() }
    guard case .notFound = error else {
        return #expect(Bool(false), "\(String(describing: error))", sourceLocation: location)
    }
}
