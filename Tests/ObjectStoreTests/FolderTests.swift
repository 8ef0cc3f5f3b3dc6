import Foundation
import LocalServers
import NIOCore
import TestSupport
import Testing

@testable import ObjectStore

/// What only a folder has: its files.
@Suite struct FolderTests {
    private let folder = TestServers.directory.appending(path: "objects-\(UUID())")
    private var store: ObjectStore { ObjectStore(folder: folder.path) }

    @Test(arguments: [
        "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a/.b", ".a", "a b", "a\0b", "a\nb", "a@b",
        "a%2Fb", "ä", "a\\b",
        "a/" + String(repeating: "b", count: 201), String(repeating: "a/", count: 256) + "a",
    ])
    func aKeyCannotLeadAnywhereElse(_ text: String) {
        #expect(ObjectKey(text) == nil)
    }

    @Test func theIdOfAnUploadCannotLeadAnywhereElse() async throws {
        let outside = folder.deletingLastPathComponent().appending(path: "outside-\(UUID())")
        try FileManager.default.createDirectory(at: outside, withIntermediateDirectories: true)
        try Data("kept".utf8).write(to: outside.appending(path: "head"))
        try await store.check()
        let upload = ObjectUpload(key: named("a"), id: "../../\(outside.lastPathComponent)")
        await #expect(throws: ObjectStoreError.self) { try await store.putPart(1, of: upload, sample(3)) }
        await #expect(throws: ObjectStoreError.self) {
            try await store.complete(upload, [ObjectPart(number: 1, size: 3, tag: "")])
        }
        try await store.abort(upload)
        #expect(FileManager.default.fileExists(atPath: outside.appending(path: "head").path))
    }

    @Test func anUploadBelongsToItsKey() async throws {
        let upload = try await store.beginUpload(named("mine"), as: "text/plain")
        let other = ObjectUpload(key: named("another"), id: upload.id)
        await #expect(throws: ObjectStoreError.notFound("upload \(upload.id) of another")) {
            try await store.putPart(1, of: other, sample(3))
        }
    }

    @Test func aFileThatWasChangedIsNotTakenForTheObject() async throws {
        let key = named("a/b")
        let file = folder.appending(path: "a/b@object")
        for size in [10, 600_000] {
            try await store.put(key, ObjectBody(sample(size)), as: "text/plain")
            let whole = try Data(contentsOf: file)
            var flipped = whole
            flipped[whole.count - 1] ^= 1
            for wrong in [flipped, whole.dropLast(), whole.dropLast(size)] {
                try wrong.write(to: file)
                let object = try await store.get(key)
                let error = await #expect(throws: ObjectStoreError.self) { try await object.body.bytes(upTo: 1 << 20) }
                guard case .corrupt = error else { return #expect(Bool(false), "\(String(describing: error))") }
            }
            for wrong in [Data(), Data("dcmms".utf8), Data(repeating: 65, count: 5000)] {
                try wrong.write(to: file)
                let error = await #expect(throws: ObjectStoreError.self) { _ = try await store.get(key) }
                guard case .corrupt = error else { return #expect(Bool(false), "\(String(describing: error))") }
            }
        }
    }

    @Test func theBytesAreInTheFileAfterItsFirstLine() async throws {
        try await store.put(named("note"), ObjectBody(ByteBuffer(string: "one\ntwo\n")), as: "text/plain")
        let text = try String(contentsOf: folder.appending(path: "note@object"), encoding: .utf8)
        let hash = ContentHash(of: "one\ntwo\n".utf8)
        #expect(text == "dcmms-object 1 8 \(hash) text/plain\none\ntwo\n")
    }

    /// A process that was ended in the middle leaves files that no key leads to.
    @Test func whatWasNeverFinishedGoesAwayADayLater() async throws {
        try await store.check()
        let new = folder.appending(path: "@new")
        for (name, age) in [("old", 86_500.0), ("fresh", 60)] {
            let file = new.appending(path: name)
            try Data("half".utf8).write(to: file)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -age)],
                ofItemAtPath: file.path
            )
        }
        #expect(try await store.list("").entries.isEmpty)
        try await store.check()
        try await eventually("only the fresh file to be left") {
            try FileManager.default.contentsOfDirectory(atPath: new.path) == ["fresh"] ? true : nil
        }
    }

    @Test func aPutThatFailsOrIsCancelledLeavesNoFile() async throws {
        let bytes = sample(300_000)
        let broken = ObjectBody(size: 400_000, hash: ContentHash(of: bytes.readableBytesView)) { pieces(of: bytes) }
        await #expect(throws: ObjectStoreError.self) { try await store.put(named("a"), broken, as: "text/plain") }
        let endless = ObjectBody(size: 400_000, hash: ContentHash(of: bytes.readableBytesView)) {
            ObjectStream {
                var isFirst = true
                return {
                    defer { isFirst = false }
                    if !isFirst { try await Task.sleep(for: .seconds(3600)) }
                    return bytes
                }
            }
        }
        let task = Task { [store] in try await store.put(named("a"), endless, as: "text/plain") }
        let new = folder.appending(path: "@new").path
        try await eventually("the file to begin") {
            ((try? FileManager.default.contentsOfDirectory(atPath: new)) ?? []).isEmpty ? nil : true
        }
        task.cancel()
        await #expect(throws: (any Error).self) { try await task.value }
        try await eventually("the file to go") {
            try FileManager.default.contentsOfDirectory(atPath: new).isEmpty ? true : nil
        }
    }

    @Test func aFolderThatCannotBeUsedIsRefused() async throws {
        let file = TestServers.directory.appending(path: "file-\(UUID())")
        try Data().write(to: file)
        for path in [file.path, file.path + "/below", "/proc/nowhere", folder.path + "/not/there"] {
            await #expect(throws: ObjectStoreError.self) { try await ObjectStore(folder: path).check() }
        }
    }
}
