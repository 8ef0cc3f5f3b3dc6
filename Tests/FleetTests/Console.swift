import Foundation
import LocalServers
import TestSupport

/// What people do with the console, in a real browser: `Tests/Console`, against a stack with the demo's data.
enum Console {
    static func check(at url: String) async throws {
        let python = Python.path(".local/venv/bin/python")
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium"),
            FileManager.default.isExecutableFile(atPath: python)
        else {
            print("SKIPPED: the console's tests need Chromium, and playwright and pytest in .local/venv")
            return
        }
        try await Tool.run(
            [python, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", Python.path("Tests/Console")],
            environment: ProcessInfo.processInfo.environment.merging(["CONSOLE_URL": url]) { $1 }
        )
    }
}
