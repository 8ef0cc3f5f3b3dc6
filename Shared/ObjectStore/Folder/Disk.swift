import Foundation
import NIOCore
import NIOPosix

/// Calls of the system that can wait for a disk: on the threads for such work, never on those that tasks share.
enum Disk {
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await NIOThreadPool.singleton.runIfActive(body)
    }

    /// - Returns: What the call returned; it is made again if a signal ended it.
    /// - Throws: ``ObjectStoreError`` if it failed.
    @discardableResult
    static func call(_ path: String, _ body: () -> Int32) throws -> Int32 {
        while true {
            let result = body()
            guard result < 0 else { return result }
            let code = errno
            if code != EINTR { throw error(code, path) }
        }
    }

    static func error(_ code: Int32, _ path: String) -> ObjectStoreError {
        let text = "\(path): \(String(cString: strerror(code)))"
        return switch code {
        case ENOENT: .notFound(path)
        case EACCES, EPERM, EROFS, ENOTDIR, EISDIR, ELOOP: .refused(text)
        default: .unavailable(text)
        }
    }

    /// Makes a folder and those above it, down from `root`. What it makes is on the disk when it returns.
    static func makeFolder(_ path: String, below root: String) throws {
        guard try !hasMadeFolder(path) else { return }
        guard path.utf8.count > root.utf8.count else { throw error(ENOENT, path) }
        try makeFolder(parent(of: path), below: root)
        // In some folders nothing can be made, and they say that there is none.
        guard try hasMadeFolder(path) else { throw error(ENOENT, path) }
    }

    /// - Returns: False if the folder above it is not there.
    private static func hasMadeFolder(_ path: String) throws -> Bool {
        if mkdir(path, 0o750) == 0 {
            try sync(folder: parent(of: path))
            return true
        }
        let code = errno
        guard code == EEXIST || code == ENOENT else { throw error(code, path) }
        return code == EEXIST
    }

    /// What was renamed, made or deleted in a folder is only on the disk after this.
    static func sync(folder: String) throws {
        let file = OpenFile(try call(folder) { open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
        try call(folder) { fsync(file.descriptor) }
    }

    /// Nil if there is no such file.
    static func modificationTime(of path: String) -> Date? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
    }

    static func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }
}

/// A descriptor that is closed with the last one who has it.
final class OpenFile: Sendable {
    let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// At most `count` bytes from `offset`; none at the end.
    func read(_ count: Int, at offset: Int) throws -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
            while true {
                let read = pread(descriptor, bytes.baseAddress, count, off_t(offset))
                if read >= 0 { return read }
                if errno != EINTR { throw Disk.error(errno, "a file of the store") }
            }
        }
        return buffer
    }

    func write(_ buffer: ByteBuffer) throws {
        try buffer.withUnsafeReadableBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                let written = Foundation.write(descriptor, part.baseAddress, part.count)
                guard written >= 0 else {
                    if errno == EINTR { continue }
                    throw Disk.error(errno, "a file of the store")
                }
                rest = rest.dropFirst(written)
            }
        }
    }
}

/// A file that is being written. It goes away with the last one who has it, unless it was given its name before.
final class UnfinishedFile: Sendable {
    private let path: String
    private let file: OpenFile

    /// Makes the file; only on a thread for this (``Disk/run(_:)``).
    init(in folder: String) throws {
        let path = "\(folder)/\(UUID().uuidString)"
        self.path = path
        file = OpenFile(try Disk.call(path) { open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640) })
    }

    deinit {
        NIOThreadPool.singleton.submit { [path] _ in unlink(path) }
    }

    func write(_ bytes: ByteBuffer) throws { try file.write(bytes) }

    /// Puts what was written on the disk, and gives it its name, in place of a file that has it.
    func become(_ name: String, below root: String) throws {
        try Disk.call(path) { fsync(file.descriptor) }
        try Disk.makeFolder(Disk.parent(of: name), below: root)
        try Disk.call(name) { rename(path, name) }
        try Disk.sync(folder: Disk.parent(of: name))
    }
}
