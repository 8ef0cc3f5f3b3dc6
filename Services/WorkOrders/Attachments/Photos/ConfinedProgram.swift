import Foundation
import NIOCore

/// A program of others that reads what strangers have sent: it runs as a process of its own, with limits of time, memory and space, and gets
/// nothing but the bytes of that one file.
struct ConfinedProgram: Sendable {
    enum Failure: Error, Hashable, Sendable {
        /// It says that this file is nothing for it.
        case refused
        /// It took too long, or crashed.
        case killed
        /// It is not there, or can't be started.
        case unavailable
    }

    var path: String
    /// In seconds.
    var patience = 20
    /// The most of it, in bytes.
    var memory: Int
    /// The most that it writes, in bytes.
    var output: Int
    /// What it exits with when a file is nothing for it.
    var refusal: Int32
    /// Of its environment, besides what every program needs: `NAME=value`.
    var variables: [String] = []
    /// It blocks, so it has threads of its own; the queue says how many run at once.
    var queue: OperationQueue

    static func queue(_ name: String, atOnce: Int) -> OperationQueue {
        let queue = OperationQueue()
        queue.name = name
        queue.maxConcurrentOperationCount = atOnce
        return queue
    }

    /// Another program with the same limits.
    func at(_ path: String) -> ConfinedProgram {
        var other = self
        other.path = path
        return other
    }

    func onItsThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
            queue.addOperation { continuation.resume(with: Result { try body() }) }
        }
    }

    /// Runs it, on one of its threads.
    ///
    /// - Returns: What it has written.
    /// - Throws: ``Failure``.
    func run(_ arguments: [String], reading input: MemoryFile) throws -> MemoryFile {
        let written = try MemoryFile(ByteBuffer())
        let command =
            ["/usr/bin/timeout", "--signal=KILL", "\(patience)"]
            + ["/usr/bin/prlimit", "--as=\(memory)", "--fsize=\(output)", "--core=0"]
            + Self.unconnected + [path] + arguments
        switch ChildProcess.run(command, variables, input: input.descriptor, output: written.descriptor) {
        case 0: return written
        case refusal: throw Failure.refused
        case 126, 127: throw Failure.unavailable
        default: throw Failure.killed
        }
    }

    /// Takes the network away, where the system lets everybody do that. Many containers do not; they forbid connections to the daemon as well.
    private static let unconnected: [String] = {
        let command = ["/usr/bin/unshare", "--user", "--net"]
        guard let none = try? MemoryFile(ByteBuffer()) else { return [] }
        let status = ChildProcess.run(command + ["/usr/bin/true"], input: none.descriptor, output: none.descriptor)
        return status == 0 ? command : []
    }()
}

/// A program that runs until it ends, on the thread that waits for it. (Foundation's `Process` reads past the end of a directory entry while it
/// looks for open descriptors, and sometimes crashes because of that on Linux.)
private enum ChildProcess {
    /// - Returns: Its status, as a shell reports it.
    static func run(
        _ command: [String],
        _ variables: [String] = [],
        input: Int32,
        output: Int32
    ) -> Int32 {
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
        let environment = ["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "HOME=/nonexistent"] + variables
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
