import Foundation
import LocalServers
import Testing

/// How long servers live, tested with real processes. The starters are child processes (exit tests) that are killed, as in a power
/// cut.
struct LifetimeTests {
    @Test func aServerEndsWhenItsStarterIsKilled() async throws {
        let directory = try scratch()
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = directory.path as String] in
            let directory = URL(fileURLWithPath: path)
            _ = try await PostgresServer.start(in: directory)
            _ = try await RedisServer.start(in: directory)
            kill(getpid(), SIGKILL)
        }
        #expect(FileManager.default.fileExists(atPath: directory.appending(path: "postgres.run").path))
        try await eventually("both servers to end") {
            RunFile("postgres", in: directory).runningPID == nil && RunFile("redis", in: directory).runningPID == nil
                ? true : nil
        }
    }

    @Test func aServerThatIgnoresSIGTERMIsKilled() async throws {
        let directory = try scratch()
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = directory.path as String] in
            _ = try await ServerProcess.start(
                "stubborn",
                ["/bin/sh", "-c", "trap '' TERM; while true; do sleep 1; done"],
                directory: URL(fileURLWithPath: path),
                lifetime: .starter
            )
            kill(getpid(), SIGKILL)
        }
        try await eventually("the stubborn server to be killed") {
            RunFile("stubborn", in: directory).runningPID == nil ? true : nil
        }
    }

    @Test func aDetachedServerOutlivesItsStarterUntilItIsStopped() async throws {
        let directory = try scratch()
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = directory.path as String] in
            _ = try await ServerProcess.start(
                "sleeper",
                ["sleep", "600"],
                directory: URL(fileURLWithPath: path),
                lifetime: .detached
            )
            kill(getpid(), SIGKILL)
        }
        let file = RunFile("sleeper", in: directory)
        let pid = try #require(file.runningPID)
        await file.stop()
        #expect(!ServerProcess.isRunning(pid))
        #expect(file.runningPID == nil)
    }

    @Test func aProcessThatReusesTheIDIsNotStopped() async throws {
        let directory = try scratch()
        let process = try await ServerProcess.start(
            "sleeper",
            ["sleep", "600"],
            directory: directory,
            lifetime: .starter
        )
        let file = RunFile("sleeper", in: directory)
        #expect(file.runningPID == process.pid)

        // The same process id, but another start time.
        try "\(process.pid) 1".write(to: directory.appending(path: "sleeper.run"), atomically: true, encoding: .utf8)
        #expect(file.runningPID == nil)
        await file.stop()
        #expect(process.isRunning)
        await process.stop()
        #expect(!process.isRunning)
    }

    @Test func aReplacedProgramIsNoticed() async throws {
        let directory = try scratch()
        let program = directory.appending(path: "program")
        try FileManager.default.copyItem(atPath: "/bin/sleep", toPath: program.path)
        let process = try await ServerProcess.start(
            "program",
            [program.path, "600"],
            directory: directory,
            lifetime: .starter
        )
        let file = RunFile("program", in: directory)
        #expect(!file.isOutdated)
        try FileManager.default.removeItem(at: program)
        #expect(file.isOutdated)
        await process.stop()
    }
}
