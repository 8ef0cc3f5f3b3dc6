import Foundation
import LocalServers

/// The Python tools of the tests: independent implementations of what we do ourselves, to be measured against.
public enum Python {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The folder of a file or folder of this repository.
    public static func path(_ name: String) -> String { root.appending(path: name).path }

    /// Runs a script; says so, out loud, when the tools are not installed.
    ///
    /// - Parameters:
    ///   - script: Its path in the repository.
    ///   - needs: The modules without which it can't run.
    /// - Returns: Whether it could run.
    /// - Throws: ``LocalServerError`` with what it printed, when it failed.
    public static func run(_ script: String, _ arguments: [String], needs modules: String) async throws -> Bool {
        let python = path(".local/venv/bin/python")
        guard (try? await Tool.run([python, "-c", "import \(modules)"])) != nil else {
            print("SKIPPED: \(script) needs \(modules) in .local/venv; deploy/local/setup.sh installs them")
            return false
        }
        try await Tool.run([python, path(script)] + arguments)
        return true
    }
}
