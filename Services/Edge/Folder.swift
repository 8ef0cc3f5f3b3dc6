import Foundation

/// The agent's folder. Files written to it survive a power cut, and no second agent can use it at the same time.
///
/// A file is safe when its bytes are synced before it is renamed, and its folder is synced after that (fsync(2)). This costs one
/// fdatasync and one fsync per file, which take milliseconds on a disk. A site publishes only a few times per second.
final class Folder {
    let path: String
    private let descriptor: CInt
    private let lock: CInt

    struct Failure: Error, CustomStringConvertible {
        let operation: String
        let path: String
        let code: CInt
        var description: String { "\(operation) \(path): \(String(cString: strerror(code)))" }
    }

    struct Taken: Error, CustomStringConvertible {
        let path: String
        var description: String { "the folder \(path) is in use by another agent" }
    }

    init(_ path: String) throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let descriptor = try Self.open(path, O_RDONLY | O_DIRECTORY)
        do {
            let lock = try Self.open("\(path)/lock", O_RDWR | O_CREAT)
            // The system releases the lock when the process ends, also after a crash.
            guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
                close(lock)
                throw Taken(path: path)
            }
            (self.descriptor, self.lock) = (descriptor, lock)
        } catch {
            close(descriptor)
            throw error
        }
        // Files that were being written when the power failed. Their publishes were never sent.
        for name in try names() where name.hasSuffix(".new") { try remove(name) }
    }

    deinit {
        // Closing it is not enough: a program that another thread is just starting has the file, too, until it runs.
        flock(lock, LOCK_UN)
        close(lock)
        close(descriptor)
    }

    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path)
    }

    /// The bytes of a file; `nil` when it does not exist.
    func read(_ name: String) throws -> [UInt8]? {
        do {
            return Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile {
            return nil
        }
    }

    /// Writes a whole file; it is on the disk when this returns.
    func write(_ bytes: [UInt8], to name: String) throws {
        let new = "\(path)/\(name).new"
        let file = try Self.open(new, O_WRONLY | O_CREAT | O_TRUNC)
        do {
            defer { close(file) }
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                try Self.check(count >= 0, "write", new)
                rest = rest.dropFirst(count)
            }
            try Self.check(fdatasync(file) == 0, "fdatasync", new)
        }
        try Self.check(rename(new, "\(path)/\(name)") == 0, "rename", new)
        try Self.check(fsync(descriptor) == 0, "fsync", path)
    }

    /// Removes a file, if it is there. After a power cut it may be there again.
    func remove(_ name: String) throws {
        let file = "\(path)/\(name)"
        try Self.check(unlink(file) == 0 || errno == ENOENT, "unlink", file)
    }

    private static func open(_ path: String, _ flags: CInt) throws -> CInt {
        let file = Foundation.open(path, flags | O_CLOEXEC, 0o600)
        try check(file >= 0, "open", path)
        return file
    }

    private static func check(_ isGood: Bool, _ operation: String, _ path: String) throws {
        // Read first, because any other call can change it.
        let code = errno
        guard isGood else { throw Failure(operation: operation, path: path, code: code) }
    }
}
