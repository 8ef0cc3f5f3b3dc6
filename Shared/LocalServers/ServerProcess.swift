public import Foundation
import Synchronization

/// A server that runs as a process of its own.
public final class ServerProcess: Sendable {
    /// Whose life the server's is bound to.
    public enum Lifetime: Sendable {
        /// It ends with the process that started it, even if that is killed: a small shell beside it reads a socket whose
        /// other end only the starter holds, and ends the server when that closes. (PR_SET_PDEATHSIG would be bound to the thread.)
        case starter
        /// It goes on after the starter has ended, as the local stack's servers do.
        case detached
    }

    /// What it is called in messages, and its log and run file.
    public let name: String
    /// The process id of the server itself.
    public let pid: Int32
    /// Where its output goes.
    public let log: URL
    private let stopSignal: Int32
    /// Open as long as the server should live.
    private let lifeline: Lifeline?

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
    ///   - directory: Where `<name>.log` and the ``RunFile`` go.
    ///   - stopSignal: What asks the server to end in an orderly way.
    /// - Throws: ``LocalServerError`` when the program is missing or can't be started.
    public static func start(
        _ name: String,
        _ command: [String],
        environment: [String: String] = [:],
        directory: URL,
        lifetime: Lifetime,
        stopSignal: Int32 = SIGTERM
    ) async throws -> ServerProcess {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let log = ServerLog(name, in: directory).file
        let runFile = RunFile(name, in: directory)
        runFile.forget()
        let command = [try Tool.find(command[0])] + command.dropFirst()
        let environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var lifeline: Lifeline?
        let shell: Int32
        switch lifetime {
        case .starter:
            let (line, watched) = try Lifeline.make()
            defer { close(watched) }
            lifeline = line
            shell = try Spawn.start(
                ["/bin/sh", "-c", watching, "sh", free, log.path, runFile.path, "\(stopSignal)"] + command,
                environment: environment,
                input: watched
            )
        case .detached:
            shell = try Spawn.start(
                [try Tool.find("setsid"), "--fork", "/bin/sh", "-c", free, "sh", log.path, runFile.path] + command,
                environment: environment
            )
        }
        // The shell must be waited for, or it stays as a zombie.
        Task { _ = await Spawn.wait(for: shell) }
        let pid = try await eventually("\(name) to start") {
            runFile.writtenPID
        }
        return ServerProcess(name: name, pid: pid, log: log, stopSignal: stopSignal, lifeline: lifeline)
    }

    /// The server in the background, and beside it a reader of the lifeline.
    private static let watching = """
        free=$1 log=$2 run=$3 stop=$4; shift 4
        exec 3<&0 </dev/null
        /bin/sh -c "$free" sh "$log" "$run" "$@" 3<&- & server=$!
        ( cat <&3 >/dev/null; kill -"$stop" $server; sleep 3; kill -9 $server ) 2>/dev/null & watcher=$!
        exec 3<&-
        wait $server; status=$?
        kill $watcher 2>/dev/null
        exit $status
        """

    /// The run file is there before the server takes the shell's place: so no server runs unrecorded, whatever ends first.
    private static let free = """
        log=$1 run=$2; shift 2
        cut -d' ' -f1,22 "/proc/$$/stat" >"$run.new" && mv "$run.new" "$run" || exit 1
        exec "$@" >>"$log" 2>&1 </dev/null
        """

    /// Whether the process is there (and not a zombie that nobody has waited for).
    public var isRunning: Bool {
        Self.isRunning(pid)
    }

    /// Whether a process of that id is there and not a zombie that nobody has waited for.
    ///
    /// The first thread of a killed process is a zombie while the others still hold its ports and files: such a process
    /// runs until it is alone.
    public static func isRunning(_ pid: Int32) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let state = stat.split(separator: ") ").last?.first
        else { return false }
        guard state == "Z" || state == "X" else { return true }
        return ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []).count > 1
    }

    /// Asks the server to end and waits for it; after `patience` it is killed.
    public func stop(patience: Duration = .seconds(60)) async {
        Foundation.kill(pid, stopSignal)
        if (try? await gone(within: patience)) == nil { await kill() }
        lifeline?.cut()
    }

    /// Ends the server at once, as a power cut would: SIGKILL.
    public func kill() async {
        Foundation.kill(pid, SIGKILL)
        _ = try? await gone(within: .seconds(60))
    }

    private func gone(within limit: Duration) async throws -> Bool {
        try await eventually("\(name) to end", within: limit) { isRunning ? nil : true }
    }

    /// The last lines of the log, for an error message.
    public var lastWords: String {
        ServerLog(name, in: log.deletingLastPathComponent()).lastWords
    }

    /// Waits until `probe` says that the server answers. Fails at once when the server has ended, and ends it when it does
    /// not answer in time: nobody would know of it. A server that can't start ends, so the time is for slow machines.
    public func ready(within limit: Duration = .seconds(120), _ probe: () async -> Bool) async throws {
        do {
            _ = try await eventually("\(name) to answer; its last words:\n\(lastWords)", within: limit) {
                guard isRunning else { throw LocalServerError("\(name) ended while it started:\n\(lastWords)") }
                return await probe() ? true : nil
            }
        } catch {
            await kill()
            throw error
        }
    }
}
