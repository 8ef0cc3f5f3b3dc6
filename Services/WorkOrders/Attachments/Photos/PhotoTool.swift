import Foundation
import NIOCore

/// ExifTool, which takes the position out of pictures. It reads what strangers have sent: it runs as a process of its own, with limits of
/// time, memory and space, and sees a folder with that one file, under a name of ours.
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
    func withoutPosition(_ picture: ByteBuffer, _ type: FileType) async throws -> ByteBuffer? {
        try await inFolder { folder in
            let name = "picture.\(Self.ending(of: type))"
            try Data(picture.readableBytesView).write(to: folder.appending(path: name))
            // `-z`: no padding, so that a file never grows.
            try run(["-q", "-q", "-z", "-gps:all=", "-xmp:*gps*=", "-o", "stripped-\(name)", name], in: folder)
            // Some makers keep a second position where nobody can take it out.
            guard try !hasPosition("stripped-\(name)", in: folder) else { throw AttachmentRefusal.photoUnreadable }
            let stripped = try Data(contentsOf: folder.appending(path: "stripped-\(name)"))
            // It is always rewritten, and not only where a position is found: what can't be read is refused.
            guard stripped != Data(picture.readableBytesView) else { return nil }
            guard (1...Attachment.maximumSize).contains(stripped.count) else { throw AttachmentRefusal.photoUnreadable }
            return ByteBuffer(bytes: stripped)
        }
    }

    /// - Throws: if it can't run.
    func check() async throws { try await inFolder { folder in _ = try run(["-ver"], in: folder) } }

    // MARK: -

    private func inFolder<Value: Sendable>(_ body: @escaping @Sendable (URL) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
            Self.queue.addOperation {
                continuation.resume(
                    with: Result {
                        let files = FileManager.default
                        let folder = files.temporaryDirectory.appending(path: "dcmms-photo-\(UUID())")
                        try files.createDirectory(
                            at: folder,
                            withIntermediateDirectories: false,
                            attributes: [.posixPermissions: 0o700]
                        )
                        defer { try? files.removeItem(at: folder) }
                        return try body(folder)
                    }
                )
            }
        }
    }

    private func hasPosition(_ name: String, in folder: URL) throws -> Bool {
        let answer = try run(["-q", "-q", "-n", "-j", "-G1", "-ee", "-*GPS*", name], in: folder)
        guard let found = try? JSONSerialization.jsonObject(with: answer) as? [[String: Any]], found.count == 1 else {
            throw AttachmentRefusal.photoUnreadable
        }
        // Some cameras write the version of what they have not.
        return found[0].keys.contains { $0 != "SourceFile" && !$0.hasSuffix("GPSVersionID") }
    }

    /// - Returns: What it has written to its output.
    @discardableResult private func run(_ arguments: [String], in folder: URL) throws -> Data {
        let output = folder.appending(path: "output")
        // No configuration of whoever runs the daemon: it could be a program.
        let command =
            ["/usr/bin/env", "--chdir=\(folder.path)", "/usr/bin/timeout", "--signal=KILL", "\(patience)"]
            + ["/usr/bin/prlimit", "--as=1073741824", "--fsize=\(4 * Attachment.maximumSize)", "--core=0"]
            + [path, "-config", ""] + arguments
        switch try ChildProcess.run(command, in: folder.path, output: output.path) {
        case 0: return try Data(contentsOf: output)
        case 1: throw AttachmentRefusal.photoUnreadable
        // Killed, or not there.
        default: throw AttachmentRefusal.photosUnavailable
        }
    }

    private static func ending(of type: FileType) -> String {
        switch type {
        case .png: "png"
        case .webp: "webp"
        case .heic: "heic"
        case .jpeg, .pdf, .mp4, .quickTime, .text, .word, .excel: "jpg"
        }
    }
}

/// A program that runs until it ends, on the thread that waits for it. (Foundation's `Process` reads past the end of a directory entry while it
/// looks for open descriptors, and sometimes crashes because of that on Linux.)
private enum ChildProcess {
    /// - Returns: Its status, as a shell reports it.
    static func run(_ command: [String], in folder: String, output: String) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
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
        let environment: [String] = ["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "HOME=\(folder)"]
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
