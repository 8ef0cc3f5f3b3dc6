public import Foundation
import Synchronization

/// A server that runs as a process of its own.
public final class ServerProcess: Sendable {
    /// Whose life the server's is bound to.
    public enum Lifetime: Sendable {
        /// It ends with the process that started it, even if that is killed: a small shell beside it reads a pipe that only
        /// the starter holds open, and ends the server when the pipe closes. (PR_SET_PDEATHSIG would be bound to the thread.)
        case starter
        /// It goes on after the starter has ended, as the local stack's servers do.
        case detached
    }

    /// What it is called in messages, and its log and pid files.
    public let name: String
    /// The process id of the server itself.
    public let pid: Int32
    /// Where its output goes.
    public let log: URL
    private let stopSignal: Int32
    /// Open as long as the server shall live.
    private let lifeline: Lifeline?

    /// The writing end of a pipe that the server's watcher reads.
    private final class Lifeline: Sendable {
        private let descriptor: Mutex<Int32?>

        init(descriptor: Int32) {
            self.descriptor = Mutex(descriptor)
        }

        deinit { cut() }

        func cut() {
            descriptor.withLock { descriptor in
                if let open = descriptor { close(open) }
                descriptor = nil
            }
        }

        static func pipe() throws -> (read: Int32, write: Int32) {
            var ends: [Int32] = [0, 0]
            guard Glibc.pipe(&ends) == 0 else { throw LocalServerError("no pipe: \(String(cString: strerror(errno)))") }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            return (ends[0], ends[1])
        }
    }

    private init(name: String, pid: Int32, log: URL, stopSignal: Int32, lifeline: Lifeline?) {
        self.name = name
        self.pid = pid
        self.log = log
        self.stopSignal = stopSignal
        self.lifeline = lifeline
    }

    /// Starts a server; it is not yet ready to answer.
    ///
    /// - Parameters:
    ///   - directory: Where `<name>.log` and `<name>.pid` go.
    ///   - stopSignal: What asks the server to end in an orderly way.
    public static func start(
        _ name: String,
        _ command: [String],
        environment: [String: String] = [:],
        directory: URL,
        lifetime: Lifetime,
        stopSignal: Int32 = SIGTERM
    ) async throws -> ServerProcess {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let log = directory.appending(path: "\(name).log")
        let pidFile = directory.appending(path: "\(name).pid")
        try? FileManager.default.removeItem(at: pidFile)
        let command = [try Tool.find(command[0])] + command.dropFirst()
        let environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var lifeline: Lifeline?
        let shell: Int32
        switch lifetime {
        case .starter:
            let ends = try Lifeline.pipe()
            lifeline = Lifeline(descriptor: ends.write)
            shell = try Spawn.start(
                ["/bin/sh", "-c", watched, "sh", log.path, pidFile.path, "\(stopSignal)"] + command,
                environment: environment,
                input: ends.read
            )
            close(ends.read)
        case .detached:
            shell = try Spawn.start(
                [try Tool.find("setsid"), "--fork", "/bin/sh", "-c", free, "sh", log.path, pidFile.path] + command,
                environment: environment
            )
        }
        // Somebody has to wait for the shell, or it stays as a zombie.
        Task { _ = await Spawn.wait(for: shell) }
        let pid = try await eventually("\(name) to start", within: .seconds(10)) {
            (try? String(contentsOf: pidFile, encoding: .utf8)).flatMap {
                Int32($0.trimmingCharacters(in: .whitespacesAndNewlines))
            }
        }
        return ServerProcess(
            name: name,
            pid: pid,
            log: log,
            stopSignal: stopSignal,
            lifeline: lifeline
        )
    }

    /// The server in the background, its pid told, and beside it a reader of the lifeline.
    private static let watched = """
        log=$1 pid=$2 stop=$3; shift 3
        exec 3<&0 </dev/null
        "$@" >>"$log" 2>&1 3<&- & server=$!
        echo $server >"$pid.new" && mv "$pid.new" "$pid"
        ( cat <&3 >/dev/null; kill -"$stop" $server; sleep 3; kill -9 $server ) 2>/dev/null & watcher=$!
        exec 3<&-
        wait $server; status=$?
        kill $watcher 2>/dev/null
        exit $status
        """

    /// The server takes the shell's place, and so its process id.
    private static let free = """
        log=$1 pid=$2; shift 2
        echo $$ >"$pid.new" && mv "$pid.new" "$pid"
        exec "$@" >>"$log" 2>&1 </dev/null
        """

    /// Whether the process is there (and not a zombie that nobody has waited for).
    public var isRunning: Bool {
        Self.isRunning(pid)
    }

    /// Whether a process of that id is there and not a zombie.
    public static func isRunning(_ pid: Int32) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let state = stat.split(separator: ") ").last?.first
        else { return false }
        return state != "Z" && state != "X"
    }

    /// Asks the server to end and waits for it; after `patience` it is killed.
    public func stop(patience: Duration = .seconds(10)) async {
        Foundation.kill(pid, stopSignal)
        if (try? await gone(within: patience)) == nil { await kill() }
        lifeline?.cut()
    }

    /// Ends the server at once, as a power cut would: SIGKILL.
    public func kill() async {
        Foundation.kill(pid, SIGKILL)
        _ = try? await gone(within: .seconds(5))
    }

    private func gone(within limit: Duration) async throws -> Bool {
        try await eventually("\(name) to end", within: limit) { isRunning ? nil : true }
    }

    /// The last lines of the log, for an error message.
    public var lastWords: String {
        guard let text = try? String(contentsOf: log, encoding: .utf8) else { return "(no log)" }
        return text.split(separator: "\n").suffix(8).joined(separator: "\n")
    }

    /// Waits until `probe` says that the server answers; fails at once when the server has ended.
    func ready(within limit: Duration = .seconds(30), _ probe: () async -> Bool) async throws {
        _ = try await eventually("\(name) to answer; its last words:\n\(lastWords)", within: limit) {
            guard isRunning else { throw LocalServerError("\(name) ended while it started:\n\(lastWords)") }
            return await probe() ? true : nil
        }
    }
}

/// Asks again and again until there is an answer.
///
/// - Throws: ``LocalServerError`` naming `what` when there is none in time, and whatever `probe` throws.
public func eventually<Value>(
    _ what: @autoclosure () -> String,
    within limit: Duration = .seconds(10),
    every pause: Duration = .milliseconds(20),
    _ probe: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + limit
    while true {
        if let value = try await probe() { return value }
        guard ContinuousClock.now < deadline else { throw LocalServerError("waited \(limit) for \(what())") }
        try await Task.sleep(for: pause)
    }
}
