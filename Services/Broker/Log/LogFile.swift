import Foundation
import Synchronization

/// An open file: reads and writes at positions, so that any thread may read while one appends.
///
/// The descriptor is closed when the last reader releases the object. A reader that has found a segment can therefore read it
/// to its end, even after retention or compaction has removed it.
final class LogFile: Sendable {
    let path: String
    private let descriptor: Int32
    /// Its name is on the disk, as far as this process knows.
    private let hasLastingName: Atomic<Bool>

    struct Failure: Error, CustomStringConvertible {
        let operation: String
        let path: String
        let code: Int32

        var description: String { "\(operation) \(path): \(String(cString: strerror(code)))" }
    }

    init(_ path: String, flags: Int32 = O_RDWR | O_CREAT) throws {
        self.path = path
        hasLastingName = Atomic(flags & O_ACCMODE == O_RDONLY)
        descriptor = open(path, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Failure(operation: "open", path: path, code: errno) }
    }

    deinit {
        close(descriptor)
    }

    var size: Int {
        get throws { Int(try status.st_size) }
    }

    /// When the file was last written, in milliseconds.
    var writtenAt: Int64 {
        get throws { Int64(try status.st_mtim.tv_sec) * 1000 }
    }

    private var status: stat {
        get throws {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw failure("stat") }
            return status
        }
    }

    /// Fills `room` from `position` on and returns how many bytes there were; fewer than asked for only at the end.
    func read(into room: UnsafeMutableRawBufferPointer, at position: Int) throws -> Int {
        var done = 0
        while done < room.count, let start = room.baseAddress {
            let count = pread(descriptor, start + done, room.count - done, off_t(position + done))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw failure("read") }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Writes a batch as one system call: its rewritten head, then the rest as it came from the socket.
    func write(head: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer, at position: Int) throws {
        let parts = [
            iovec(iov_base: UnsafeMutableRawPointer(mutating: head.baseAddress), iov_len: head.count),
            iovec(iov_base: UnsafeMutableRawPointer(mutating: body.baseAddress), iov_len: body.count),
        ]
        let written = pwritev(descriptor, parts, 2, off_t(position))
        guard written < head.count + body.count else { return }
        // Rare: a full disk, or an interrupted write. Single writes write the rest, and return the error.
        let done = max(0, written)
        if done < head.count {
            try write(UnsafeRawBufferPointer(rebasing: head[done...]), at: position + done)
        }
        let bodyDone = max(0, done - head.count)
        try write(UnsafeRawBufferPointer(rebasing: body[bodyDone...]), at: position + head.count + bodyDone)
    }

    func write(_ bytes: UnsafeRawBufferPointer, at position: Int) throws {
        var done = 0
        while done < bytes.count, let start = bytes.baseAddress {
            let count = pwrite(descriptor, start + done, bytes.count - done, off_t(position + done))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw failure("write") }
            done += count
        }
    }

    func truncate(to size: Int) throws {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw failure("truncate") }
    }

    /// After this the file and its content survive a power cut.
    func sync() throws {
        try syncContent()
        guard !hasLastingName.load(ordering: .acquiring) else { return }
        try Folder.sync((path as NSString).deletingLastPathComponent)
        hasLastingName.store(true, ordering: .releasing)
    }

    /// As above, but for a file that will be renamed: syncs the content only.
    func syncContent() throws {
        guard fdatasync(descriptor) == 0 else { throw failure("sync") }
    }

    /// Locks the file for this object alone, among all processes, until it is unlocked or released.
    ///
    /// - Returns: false if another process has locked it.
    func lock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

    func unlock() { flock(descriptor, LOCK_UN) }

    private func failure(_ operation: String) -> Failure {
        Failure(operation: operation, path: path, code: errno)
    }
}
