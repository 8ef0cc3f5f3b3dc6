import Foundation
import LocalServers
import TestSupport
import Testing

/// What people do with the console, in a real browser, against a stack of its own that has shown the demo: the proofs of `Tests/Console`.
/// `make test-console` runs all of them against the stack of `make demo`.
@Suite(.timeLimit(.minutes(30))) struct ConsoleTests {
    @Test func peopleDoTheirWork() async throws {
        let python = Python.path(".local/venv/bin/python")
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium"),
            FileManager.default.isExecutableFile(atPath: python)
        else {
            print("SKIPPED: the console's tests need Chromium, and playwright and pytest in .local/venv")
            return
        }
        let data = URL(filePath: Python.path(".local/data"))
        guard FileManager.default.fileExists(atPath: data.appending(path: "la_haute_borne.csv").path) else {
            print("SKIPPED: the console's tests need the wind farm's measurements in .local/data")
            return
        }
        let stack = try LocalStack()
        defer { try? FileManager.default.removeItem(at: stack.folder) }
        do {
            let own = stack.folder.appending(path: ".local")
            try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(at: own.appending(path: "data"), withDestinationURL: data)
            _ = try await stack.run("demo")
            try await Tool.run(
                [
                    python, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", "-m", "proof",
                    Python.path("Tests/Console"),
                ],
                environment: ProcessInfo.processInfo.environment.merging(
                    [
                        "CONSOLE_URL": "http://localhost:\(stack.port("gateway"))",
                        "CONSOLE_STACK": stack.folder.path,
                        // Two cores that also compile for somebody else are slow.
                        "CONSOLE_PATIENCE": "60",
                    ]
                ) { $1 }
            )
        } catch {
            // The stack outlives this process by design, so a failed test must stop it.
            _ = try? await stack.run("down")
            throw error
        }
        _ = try await stack.run("down")
    }
}
