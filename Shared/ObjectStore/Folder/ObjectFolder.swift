import Crypto
import Foundation
import NIOCore

/// Objects as files in a folder: `photos/7` is the file `photos/7@object`. No key has an `@`, so no object can have the name of a folder.
///
/// A file is written elsewhere on the same disk (`@new`), is on the disk with all of its bytes, and only then gets its name. So a process, or
/// the machine, can end at any moment. Files that were never given a name are removed when the next process opens the folder a day later.
struct ObjectFolder: Sendable {
    let root: String
    static let suffix = "@object"
    private static let piece = 256 << 10

    init(_ root: String) {
        self.root = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
    }

    func path(_ key: ObjectKey) -> String { "\(root)/\(key.text)\(Self.suffix)" }

    /// Where files are written that have no name yet.
    private var new: String { "\(root)/@new" }

    func check() async throws {
        try await Disk.run {
            try Disk.makeFolder(new, below: Disk.parent(of: root))
            removeForgotten()
            _ = try UnfinishedFile(in: new)
        }
    }

    func put(_ key: ObjectKey, _ body: ObjectBody, as contentType: String) async throws {
        let head = FileHead(size: body.size, hash: body.hash, contentType: contentType)
        let file = try await begin(head)
        for try await piece in try await body.stream(for: key) { try await Disk.run { try file.write(piece) } }
        try await Disk.run { try file.become(path(key), below: root) }
    }

    func get(_ key: ObjectKey, _ range: Range<Int>?) async throws -> StoredObject {
        let (file, head, start) = try await open(key)
        var wanted = 0..<head.size
        if let range {
            guard range.lowerBound < head.size else {
                throw ObjectStoreError.refused("\(key) has no byte \(range.lowerBound)")
            }
            wanted = range.clamped(to: wanted)
        }
        let pieces = ObjectStream { [wanted] in
            var rest = wanted
            return {
                guard !rest.isEmpty else { return nil }
                let (count, offset) = (min(rest.count, Self.piece), start + rest.lowerBound)
                let piece = try await Disk.run { try file.read(count, at: offset) }
                // The file is shorter than its head says: the check of the size tells.
                guard piece.readableBytes > 0 else { return nil }
                rest = rest.dropFirst(piece.readableBytes)
                return piece
            }
        }
        let hash = range == nil ? head.hash : nil
        return StoredObject(info: head.info, body: pieces.checked(key.text, size: wanted.count, hash: hash))
    }

    func head(_ key: ObjectKey) async throws -> ObjectInfo { try await open(key).head.info }

    func delete(_ key: ObjectKey) async throws {
        let path = path(key)
        try await Disk.run {
            guard unlink(path) == 0 else {
                guard errno != ENOENT else { return }
                throw Disk.error(errno, path)
            }
            try Disk.sync(folder: Disk.parent(of: path))
        }
    }

    // MARK: -

    /// A file with a head, which has no name yet.
    func begin(_ head: FileHead) async throws -> UnfinishedFile {
        try await Disk.run {
            try Disk.makeFolder(new, below: Disk.parent(of: root))
            let file = try UnfinishedFile(in: new)
            try file.write(ByteBuffer(string: head.line))
            return file
        }
    }

    private func open(_ key: ObjectKey) async throws -> (file: OpenFile, head: FileHead, start: Int) {
        let path = path(key)
        return try await Disk.run {
            let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else {
                throw errno == ENOENT || errno == ENOTDIR ? .notFound(key.text) : Disk.error(errno, path)
            }
            let file = OpenFile(descriptor)
            guard let (head, start) = FileHead.read(try file.read(FileHead.longest, at: 0)) else {
                throw ObjectStoreError.corrupt("\(path) does not begin as an object does")
            }
            return (file, head, start)
        }
    }

    /// What processes that were ended have left behind, a day ago.
    private func removeForgotten() {
        let before = Date(timeIntervalSinceNow: -86_400)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: new)) ?? [] {
            let path = "\(new)/\(name)"
            if let time = Disk.modificationTime(of: path), time < before { unlink(path) }
        }
    }
}
