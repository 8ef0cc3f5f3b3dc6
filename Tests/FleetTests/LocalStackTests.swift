import Foundation
import LocalServers
import Testing

/// Tests `make demo`, `make up`, `make status` and `make down` in a folder and on ports of their own.
extension MainJobTests {
    @Test func theDemoShowsTheMainJobAndTheStackCanBeKilledRestartedAndStopped() async throws {
        let stack = try LocalStack()
        do {
            try await demonstrate(stack)
        } catch {
            // The stack outlives this process by design, so a failed test must stop it.
            _ = try? await stack.run("down")
            throw error
        }
        try? FileManager.default.removeItem(at: stack.folder)
    }

    private func demonstrate(_ stack: LocalStack) async throws {
        let story = try await stack.run("demo --simulate")
        let year = Calendar(identifier: .gregorian).component(.year, from: Date())
        for step in [
            "readings go in over MQTT with TLS", "validated, stored and aggregated", "critical alert",
            "emergency work order", "°C > 60 °C", "Subject: Critical alert", "WO-\(year)-000001 is completed",
            stack.gateway,
            "console      http://localhost:\(stack.port("gateway"))",
        ] {
            #expect(story.contains(step), "\(story)")
        }
        #expect(try await stack.running().count == 14)

        // As after a power cut, everything is gone at once. One command starts it again with its data.
        for pid in try await stack.running() { kill(pid, SIGKILL) }
        _ = try await eventually("everything to be gone") { try await stack.running().isEmpty ? true : nil }
        _ = try await stack.run("up")
        let before = try await stack.running()
        #expect(before.count == 14)
        #expect(try await stack.run("demo --simulate").contains("they went in earlier"))
        // Processes that already run are not restarted.
        #expect(try await stack.running() == before)

        _ = try await stack.run("down")
        #expect(try await stack.running().isEmpty)
        #expect(try await stack.run("down").contains("nothing of dCMMS runs any more"))
    }

    @Test(arguments: ["assets", "schema-registry"])
    func aTakenPortIsReportedAndNothingIsLeftRunning(_ name: String) async throws {
        let other = try await RedisServer.start(
            in: FileManager.default.temporaryDirectory.appending(path: "dcmms-other-\(UUID().uuidString)")
        )
        let stack = try LocalStack(ports: [name: other.port])
        let error = await #expect(throws: LocalServerError.self) { _ = try await stack.run("up") }
        #expect(error?.description.contains("port \(other.port) for \(name) is taken by process") == true)
        #expect(try await stack.running().isEmpty)
        await other.process.stop()
        try? FileManager.default.removeItem(at: stack.folder)
    }
}

/// A stack of `dcmms-local` in a folder and on ports of its own.
struct LocalStack {
    let folder = FileManager.default.temporaryDirectory.appending(path: "dcmms-stack-\(UUID().uuidString)")
    private var ports: [String: Int] = [:]

    init(ports chosen: [String: Int] = [:]) throws {
        // PostgreSQL does not run as root, and its user must be able to reach its folder.
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755]
        )
        for name in ["postgres", "redis", "mosquitto", "broker", "schema-registry", "smtp"] + Fleet.services {
            ports[name] = try chosen[name] ?? Port.free()
        }
    }

    func port(_ name: String) -> Int { ports[name] ?? 0 }
    var gateway: String { "http://127.0.0.1:\(port("gateway"))" }

    /// Runs `dcmms-local` until it ends and returns its output.
    func run(_ command: String) async throws -> String {
        var environment = ProcessInfo.processInfo.environment
        for (name, port) in ports { environment["DCMMS_\(name.variable)_PORT"] = "\(port)" }
        return try await Tool.run(
            ["/bin/sh", "-c", "cd '\(folder.path)' && exec '\(Executables.path("dcmms-local"))' \(command)"],
            environment: environment
        )
    }

    /// The process ids that `status` shows as running.
    func running() async throws -> [Int32] {
        try await run("status").split(separator: "\n").compactMap { line in
            line.contains("does not run") ? nil : line.split(separator: " ").last.flatMap { Int32($0) }
        }
    }
}
