import Foundation
import NIOCore

/// ExifTool, which takes the position out of pictures. It reads what strangers have sent: it runs as a process of its own, with limits of
/// time, memory and space, and gets nothing but the bytes of that one file.
struct PhotoTool: Sendable {
    /// Where ExifTool is.
    let path: String
    /// In seconds.
    var patience = 20

    /// It blocks, so it has threads of its own; two pictures at once.
    private static let queue: OperationQueue = {
        let queue = OperationQueue()
        queue.name = "dcmms.photos"
        queue.maxConcurrentOperationCount = 2
        return queue
    }()

    /// What becomes of a picture without its position; `nil` if it has none, and stays as it is.
    ///
    /// - Throws: ``AttachmentRefusal/photoUnreadable`` and ``AttachmentRefusal/photosUnavailable``.
    func withoutPosition(_ picture: ByteBuffer) async throws -> ByteBuffer? {
        try await onItsThread {
            let whole = try MemoryFile(picture)
            // `-z`: no padding, so that a file never grows. It is always rewritten, and not only where a position is found: what can't be read is
            // refused.
            let stripped = try run(["-q", "-q", "-z", "-gps:all=", "-xmp:*gps*=", "-o", "-", "-"], reading: whole)
            // Some makers keep a second position where nobody can take it out.
            guard try !hasPosition(stripped) else { throw AttachmentRefusal.photoUnreadable }
            guard try (1...Attachment.maximumSize).contains(stripped.size) else {
                throw AttachmentRefusal.photoUnreadable
            }
            let bytes = try stripped.bytes()
            return bytes == picture ? nil : bytes
        }
    }

    /// - Throws: if it can't run.
    func check() async throws { try await onItsThread { _ = try run(["-ver"], reading: MemoryFile(ByteBuffer())) } }

    // MARK: -

    private func onItsThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
            Self.queue.addOperation { continuation.resume(with: Result { try body() }) }
        }
    }

    private func hasPosition(_ picture: MemoryFile) throws -> Bool {
        let answer = try run(["-q", "-q", "-n", "-j", "-G1", "-ee", "-*GPS*", "-"], reading: picture).bytes()
        let said = Data(answer.readableBytesView)
        guard let found = try? JSONSerialization.jsonObject(with: said) as? [[String: Any]], found.count == 1 else {
            throw AttachmentRefusal.photoUnreadable
        }
        // Some cameras write the version of what they have not.
        return found[0].keys.contains { $0 != "SourceFile" && !$0.hasSuffix("GPSVersionID") }
    }

    /// - Returns: What it has written.
    private func run(_ arguments: [String], reading input: MemoryFile) throws -> MemoryFile {
        let output = try MemoryFile(ByteBuffer())
        let command =
            ["/usr/bin/timeout", "--signal=KILL", "\(patience)"]
            + ["/usr/bin/prlimit", "--as=1073741824", "--fsize=\(4 * Attachment.maximumSize)", "--core=0"]
            // No configuration of whoever runs the daemon: it could be a program.
            + [path, "-config", ""] + arguments
        switch ChildProcess.run(command, input: input.descriptor, output: output.descriptor) {
        case 0: return output
        case 1: throw AttachmentRefusal.photoUnreadable
        // Killed, or not there.
        default: throw AttachmentRefusal.photosUnavailable
        }
    }
}

/// A file in memory, without a name: a daemon has no folder that it may write to.
private final class MemoryFile {
    let descriptor: Int32

    /// Glibc's header hides it from Swift.
    private static let create = dlsym(nil, "memfd_create").map {
        unsafeBitCast($0, to: (@convention(c) (UnsafePointer<CChar>, UInt32) -> Int32).self)
    }

    /// It is not meant for other programs that the daemon starts.
    private static let closesOnExec: UInt32 = 1

    init(_ bytes: ByteBuffer) throws {
        let made = Self.create?("picture", Self.closesOnExec) ?? -1
        guard made >= 0 else { throw AttachmentRefusal.photosUnavailable }
        descriptor = made
        var rest = bytes.readableBytesView[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(made, $0.baseAddress, $0.count) }
            guard count > 0 else { throw AttachmentRefusal.photosUnavailable }
            rest = rest.dropFirst(count)
        }
    }

    deinit { close(descriptor) }

    var size: Int {
        get throws {
            let end = lseek(descriptor, 0, SEEK_END)
            guard end >= 0 else { throw AttachmentRefusal.photosUnavailable }
            return Int(end)
        }
    }

    func bytes() throws -> ByteBuffer {
        let size = try size
        var bytes = ByteBuffer()
        while bytes.readableBytes < size {
            let there = bytes.readableBytes
            let count = bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: size - there) {
                max(0, pread(descriptor, $0.baseAddress, size - there, off_t(there)))
            }
            guard count > 0 else { throw AttachmentRefusal.photosUnavailable }
        }
        return bytes
    }
}

/// A program that runs until it ends, on the thread that waits for it. (Foundation's `Process` reads past the end of a directory entry while it
/// looks for open descriptors, and sometimes crashes because of that on Linux.)
private enum ChildProcess {
    /// - Returns: Its status, as a shell reports it.
    static func run(_ command: [String], input: Int32, output: Int32) -> Int32 {
        lseek(input, 0, SEEK_SET)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        // Neither connections nor files of the daemon are meant for it.
        for descriptor: Int32 in 3..<4096 where fcntl(descriptor, F_GETFD) == 0 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Dispatch's threads block every signal, and a child would inherit that.
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var arguments = command.map { strdup($0) } + [nil]
        // Nothing of the daemon's environment, which has secrets.
        let environment: [String] = ["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "HOME=/nonexistent"]
        var variables = environment.map { strdup($0) } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var pid: pid_t = 0
        guard posix_spawn(&pid, command[0], &actions, &attributes, &arguments, &variables) == 0 else { return 127 }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 { guard errno == EINTR else { return 127 } }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}
