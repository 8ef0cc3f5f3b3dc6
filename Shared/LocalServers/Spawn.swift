import Foundation

/// Starts processes with posix_spawn. (Foundation's `Process` reads past the end of a directory entry while it looks for open
/// descriptors, and sometimes crashes because of that on Linux.)
enum Spawn {
    /// Starts a program; it inherits nothing but what is given: no other descriptor, no blocked or ignored signal.
    ///
    /// - Returns: Its process id; somebody has to wait for it.
    static func start(
        _ command: [String],
        environment: [String: String],
        input: Int32? = nil,
        output: Int32? = nil
    ) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        for target: Int32 in [1, 2] {
            if let output {
                posix_spawn_file_actions_adddup2(&actions, output, target)
            } else {
                posix_spawn_file_actions_addopen(&actions, target, "/dev/null", O_WRONLY, 0)
            }
        }
        // Open descriptors are not meant for our children unless they are given explicitly.
        for descriptor: Int32 in 3..<1024
        where fcntl(descriptor, F_GETFD) == 0 && descriptor != input && descriptor != output {
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
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, command[0], &actions, &attributes, &arguments, &variables)
        guard code == 0 else {
            throw LocalServerError("\(command[0]) can't be started: \(String(cString: strerror(code)))")
        }
        return pid
    }

    /// Waits for a process to end, on a thread of its own, and returns its status as a shell reports it.
    static func wait(for pid: Int32) async -> Int32 {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var status: Int32 = 0
                while waitpid(pid, &status, 0) < 0, errno == EINTR {}
                let signal = status & 0x7F
                continuation.resume(returning: signal == 0 ? (status >> 8) & 0xFF : 128 + signal)
            }
        }
    }
}
